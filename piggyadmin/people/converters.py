"""How a person stands in an address: by the name they sign in with."""

from django.http import Http404
from django.urls import register_converter
from django.urls.converters import StringConverter

from piggyadmin.accounts.models import PeopleQuerySet, User

# Names that mean something else there; whoever bears one is found by their number.
RESERVED = frozenset({"new", ".", ".."})
# Stands before a number; no name has it.
NUMBERED = "~"


class PersonConverter(StringConverter):
    """The name somebody signs in with, or their number."""

    regex = r"~[0-9]{1,18}|[\w.@+-]{1,150}"

    def to_url(self, value: User) -> str:  # type: ignore[override]
        """Write whose page it is."""
        is_reserved = value.username in RESERVED
        return f"{NUMBERED}{value.pk}" if is_reserved else value.username


def find_person(name: str, people: PeopleQuerySet) -> User:
    """Find whose page it is.

    Raises:
        Http404: nobody's.
    """
    if name.startswith(NUMBERED):
        found = people.filter(pk=int(name.removeprefix(NUMBERED))).first()
    else:
        found = people.called(name)
    if found is None:
        raise Http404
    return found


register_converter(PersonConverter, "person")
