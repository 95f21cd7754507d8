"""Tags of the pages of contacts."""
