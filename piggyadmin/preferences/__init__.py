"""Settings: what each person chooses for themselves, and how the console is set."""
