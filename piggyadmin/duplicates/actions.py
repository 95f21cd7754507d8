"""What people can do with duplicates."""

from piggyadmin.duplicates.certain import operations  # noqa: F401  (to import it is to register it)
from piggyadmin.duplicates.merging import actions  # noqa: F401  (to import them is to register them)
from piggyadmin.duplicates.repairing import operations as _operations  # noqa: F401  (so here)
