"""Sentences of very many entries: of all that read alike, one is worked out, and names are put in.

Which fields a sentence reads is seen when it is worked out. Another entry of the same action with
the same values there has the same sentence, but for who did it and what the customers are called:
those are put in as they are, and nothing else in a sentence depends on them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from json import JSONDecoder
from typing import Any, NamedTuple, Protocol

from piggyadmin.ledger.rows import Followed, sentence_about, so_far
from piggyadmin.ledger.sentences import Matter

# More kinds of sentences than this are not remembered: then it begins anew.
MOST_KNOWN = 20_000
# Where a name is put in; these characters are nobody's, and stand in no name.
_BEGIN, _END = "\ue000", "\ue001"
_PLACE = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_WHO = f"who{_BEGIN}"  # no customer is this
# Values that are compared as they are.
_PLAIN = frozenset({str, int, type(None), object})
_MISSING = object()
# Of JSON as a database has it, without blanks around it: three times as fast as `loads`.
raw_decode = JSONDecoder().raw_decode


class ToldRow(Followed, Protocol):
    """What of an entry a sentence is made of; what was asked and shown, as JSON."""

    @property
    def action(self) -> str:
        """The slug of its action."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def data(self) -> str:
        """What was asked."""

    @property
    def preview(self) -> str | None:
        """What was shown before, where something was."""

    @property
    def person_name(self) -> str:
        """Who asked."""


class _NotedMapping(Mapping[str, Any]):
    """Values, with the names of those that were read."""

    def __init__(self, values: Mapping[str, Any], names: dict[str, None]) -> None:
        self.values_given = values
        self.names = names

    def __getitem__(self, name: str) -> Any:
        self.names[name] = None
        return self.values_given[name]

    def __iter__(self) -> Iterator[str]:
        self.names |= dict.fromkeys(self.values_given)
        return iter(self.values_given)

    def __len__(self) -> int:
        return len(self.values_given)


class _FieldsRead(NamedTuple):
    """Which fields sentences of an action have read so far."""

    data: dict[str, None]
    preview: dict[str, None]


_NOTHING_READ = _FieldsRead({}, {})


class ToldSentences:
    """Tells the sentences of many entries in the language that is on."""

    def __init__(self) -> None:
        self.things: Mapping[str, str] = {}
        self._known: dict[tuple[Any, ...], list[str]] = {}
        self._read: dict[str, _FieldsRead] = {}

    def name_things(self, things: Mapping[str, str]) -> None:
        """Tell what shops and the like are called; where that has changed, it begins anew."""
        if things != self.things:
            self._known.clear()
        self.things = things

    def told(self, row: ToldRow, customers: Mapping[str, str]) -> str:
        """Tell of one entry; customers are named by what they are there."""
        read = self._read.get(row.action, _NOTHING_READ)
        data = raw_decode(row.data)[0] if read.data else {}
        preview = (raw_decode(row.preview)[0] or {}) if row.preview and read.preview else {}
        parts = self._known.get(_kind(row, customers, read, data, preview))
        if parts is None:
            parts = self._work_out(row, customers)
        return _put_in(parts, row.person_name, customers)

    def _work_out(self, row: ToldRow, customers: Mapping[str, str]) -> list[str]:
        """Have the action say it, with places for names; gives text and names by turns."""
        data, preview = (
            raw_decode(row.data)[0],
            (raw_decode(row.preview)[0] if row.preview else None) or {},
        )
        read = self._read.setdefault(row.action, _FieldsRead({}, {}))
        matter = Matter(
            _NotedMapping(data, read.data),
            _NotedMapping(preview, read.preview),
            {role: name and _place(role) for role, name in customers.items()},
            self.things,
        )
        told = sentence_about(row.action, matter).told
        parts = _PLACE.split(told(_place(_WHO), row.state, so_far=so_far(row)))
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        # Which fields are read is only known by now.
        self._known[_kind(row, customers, read, data, preview)] = parts
        return parts


def _kind(
    row: ToldRow,
    customers: Mapping[str, str],
    read: _FieldsRead,
    data: Mapping[str, Any],
    preview: Mapping[str, Any],
) -> tuple[Any, ...]:
    """Give what entries have in common whose sentences are the same, but for names."""
    return (
        row.action,
        row.state,
        row.is_followed,
        row.is_flagged,
        tuple([role if name else (role,) for role, name in customers.items()]),
        _values(read.data, data),
        _values(read.preview, preview),
    )


def _place(name: str) -> str:
    return f"{_BEGIN}{name}{_END}"


def _put_in(parts: list[str], who: str, customers: Mapping[str, str]) -> str:
    written = parts.copy()
    for at in range(1, len(parts), 2):
        role = parts[at]
        written[at] = who if role == _WHO else customers[role]
    return "".join(written)


def _values(names: Iterable[str], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give what stands under some names, so that it can be compared: 1 is not True."""
    found = [values.get(name, _MISSING) for name in names]
    return tuple([each if type(each) in _PLAIN else (repr(each),) for each in found])
