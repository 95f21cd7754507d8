"""People who work in the console, and their roles: who they are, what they may do, and changes."""
