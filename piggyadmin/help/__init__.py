"""Help: short pages for what people want to do."""
