"""What people can do with duplicates."""

from piggyadmin.duplicates.merging import actions  # noqa: F401  (to import them is to register them)
