"""Whom entries are about: the ledger knows them by UUID alone, and asks whoever knows more.

The app that knows them sets its directory in a module `ledger_subjects`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class SubjectDirectory:
    """Tells of those whom entries are about; this one knows nobody."""

    def resolve(self, query: str) -> str:
        """Give the UUID of whom a person means by what they typed.

        Raises:
            ValidationError: nobody is called so; it may ask whether somebody else is meant.
        """
        return query

    def names(self, uuids: Iterable[str]) -> Mapping[str, str]:  # noqa: ARG002
        """Give what they are called, by UUID, as far as that is known without asking Piggy."""
        return {}

    def name_in(self, kept: Any) -> str:  # noqa: ARG002
        """Give what one is called of whom the ledger keeps this, if that says so."""
        return ""

    def things(self) -> Mapping[str, str]:
        """Give what shops, promotions and the like are called, by UUID, without asking Piggy."""
        return {}

    def departures(self, uuid: str) -> Sequence[object]:  # noqa: ARG002
        """Tell what became of one that is no more, for the page that shows it."""
        return ()


_directory = SubjectDirectory()


def set_directory(directory: SubjectDirectory) -> None:
    """Have the ledger ask this one."""
    global _directory  # noqa: PLW0603  (set once, when the apps are ready)
    _directory = directory


def directory() -> SubjectDirectory:
    """Give the one that is asked."""
    return _directory
