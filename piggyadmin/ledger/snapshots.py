"""What is personal in what was typed, in previews and in answers, kept apart from the ledger.

The ledger can never be changed, so nothing goes into it that must be removable. What it keeps is
parted: persons stand in the ledger by their UUID and their figures, addresses not at all, and both
in full in `Snapshot` rows, which `retention.py` removes when it is time. As long as they are
there, `whole` puts both together again.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel

from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.models import Entry, Snapshot
from piggyadmin.piggy.types import PersonRecord

# Marks a text of a preview or an answer that says who somebody is.
PERSONAL = "personal"
PersonalText = Annotated[str, PERSONAL]


class Personal(NamedTuple):
    """A personal part: whose, where that is known, where it stood, and all of it."""

    contact_uuid: str
    place: str
    data: Any


def part(value: BaseModel | None) -> tuple[Any, list[Personal]]:
    """Take what is personal out of a preview or an answer."""
    if value is None:
        return None, []
    found: list[Personal] = []
    return _bare(value, "", found), found


def _bare(value: Any, place: str, found: list[Personal]) -> Any:
    if isinstance(value, PersonRecord):
        found.append(Personal(value.person_uuid, place, value.model_dump(mode="json")))
        return value.figures()
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json")
        for name, field in type(value).model_fields.items():
            inner, there = getattr(value, name), f"{place}.{name}"
            if PERSONAL in field.metadata and inner:
                found.append(Personal("", there, inner))
                dumped[name] = ""
            elif _may_hold_persons(inner):
                dumped[name] = _bare(inner, there, found)
        return dumped
    return [_bare(item, f"{place}.{number}", found) for number, item in enumerate(value)]


def _may_hold_persons(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, BaseModel) for item in value)
    return isinstance(value, BaseModel)


def whole(bare: Any, snapshots: Iterable[Snapshot]) -> Any:
    """Put personal parts, as far as they are still there, back where they stood."""
    result = deepcopy(bare)
    for snapshot in snapshots:
        steps = [step for step in snapshot.place.split(".") if step]
        if not steps:
            return snapshot.data
        _put(result, steps, snapshot.data)
    return result


def _put(tree: Any, steps: list[str], value: Any) -> None:
    *way, last = steps
    try:
        for step in way:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        if isinstance(tree, list):
            tree[int(last)] = value
        else:
            tree[last] = value
    except (KeyError, IndexError, ValueError, TypeError):
        return  # What it belonged to is no longer there.


def rows(entry: Entry, moment: Snapshot.Moment, personal: Iterable[Personal]) -> list[Snapshot]:
    """Make the rows that keep personal parts beside an entry; an event has to bring them in."""
    return [
        Snapshot(
            entry=entry,
            contact_uuid=each.contact_uuid,
            moment=moment,
            place=each.place,
            data=hash_chain.plain(each.data),
        )
        for each in personal
    ]


def seals(kept: Iterable[Snapshot]) -> dict[str, Any]:
    """Give what the event that brings snapshots in says of them."""
    sealed = [{"taken_at": each.taken_at, "seal": hash_chain.seal_of(each)} for each in kept]
    return {"snapshots": sealed} if sealed else {}


def part_data(
    data: Mapping[str, Any], private: Iterable[str], subjects: Mapping[str, str]
) -> tuple[dict[str, Any], list[Personal]]:
    """Take what is private out of what was asked; of a mapping its keys stay."""
    values = {name: data[name] for name in private if data.get(name)}
    whose = next(iter(subjects.values()), "")
    bare = {
        name: sorted(value) if isinstance(value, dict) else True for name, value in values.items()
    }
    return {**data, **bare}, [Personal(whose, "", values)] if values else []


def data_of(entry: Entry) -> dict[str, Any]:
    """Give what was asked, whole as far as that is still possible."""
    asked: dict[str, Any] = dict(entry.data)
    for snapshot in _of(entry, Snapshot.Moment.ASKED):
        asked |= snapshot.data
    return asked


def preview_of(entry: Entry) -> Any:
    """Give what was shown before, whole as far as that is still possible."""
    return whole(entry.preview, _of(entry, Snapshot.Moment.BEFORE))


def answer_of(entry: Entry, detail: Mapping[str, Any]) -> Any:
    """Give Piggy's answer, whole as far as that is still possible; None where there is none."""
    if detail.get("result") is None:
        return None
    return whole(detail["result"], _of(entry, Snapshot.Moment.ANSWER))


def _of(entry: Entry, moment: Snapshot.Moment) -> list[Snapshot]:
    return [each for each in entry.snapshots.all() if each.moment == moment]
