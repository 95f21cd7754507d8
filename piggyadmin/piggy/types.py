"""What all typed answers have in common: they survive what Piggy should not send.

Unknown keys are left out, missing ones are None, and a value of the wrong kind counts as missing:
a page must not break over a field that nobody looks at. All of that is decided here, once.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

T = TypeVar("T")

# No list is read further than this.
MOST_PAGES = 1000
# What Piggy mostly knows a record by; in any capitals it is the same one.
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# The clocks of the earth are less than a day apart.
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def _or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Read a value; one of the wrong kind counts as missing."""
    try:
        return handler(value)
    except ValidationError:
        return None


def _or_empty(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Read a list, leaving out what is no item of it; anything but a list counts as empty."""
    items = []
    for item in listed(value):
        try:
            items += handler([item])
        except ValidationError:
            continue
    return items


def listed(value: object) -> list[Any]:
    """Read a list; PHP writes some as objects with numbers for keys, and empty ones as null."""
    if isinstance(value, dict) and all(str(key).isdigit() for key in value):
        return list(value.values())
    return value if isinstance(value, list) else []


def _text(value: Any) -> Any:
    """Take numbers for texts, as codes and ids sometimes are, and the values of a yes or no."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def in_calendar(moment: datetime) -> datetime:
    """Give a moment, in UTC where it has no offset, that the clocks of all zones can show.

    What never ends is often written as the last second there is, which is none to the east.
    """
    known = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max(known, FIRST_MOMENT), LAST_MOMENT)


def _moment(value: Any) -> Any:
    """Read a batch's `YYYY-MM-DD, HH:MM` too, which like all others is in UTC (inferred)."""
    if not isinstance(value, str):
        return in_calendar(value) if isinstance(value, datetime) else None
    text = value.replace(", ", "T") if ", " in value else value
    return in_calendar(datetime.fromisoformat(text)) if _is_iso(text) else None


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


Lenient = WrapValidator(_or_none)
Text = Annotated[str | None, BeforeValidator(_text), Lenient]
# Beyond this a float holds no whole figures any more; and no shop has so many of anything.
_MOST = 2**53
Whole = Annotated[int | None, Field(ge=-_MOST, le=_MOST), Lenient]
Decimalish = Annotated[float | None, Field(allow_inf_nan=False, ge=-_MOST, le=_MOST), Lenient]
YesNo = Annotated[bool | None, Lenient]
Moment = Annotated[datetime | None, BeforeValidator(_moment), Lenient]
Many = WrapValidator(_or_empty)


class Answer(BaseModel):
    """Part of an answer of Piggy's; subclasses say which keys they read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # Keys without which an answer as a whole is none of these; nested ones may lack them.
    essential: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def read(cls, data: Any) -> Self | None:
        """Read the object that is a whole answer; None where `data` is something else."""
        if not isinstance(data, dict):
            return None
        answer = cls.model_validate(data)
        return answer if all(getattr(answer, key) for key in cls.essential) else None


class Option(Answer):
    """One option of a select or a perk."""

    label: Text = None
    value: Text = None
    default: YesNo = None


class PersonRecord(Answer):
    """What says who a person is: whoever looks it up is noted, and the ledger knows it by UUID."""

    @property
    def person_uuid(self) -> str:
        """By what Piggy knows the person; empty where it does not tell."""
        raise NotImplementedError

    def figures(self) -> dict[str, Any]:
        """Give what is not personal in it, and may be kept for ever."""
        raise NotImplementedError


def _options(value: Any) -> Any:
    """Read `{label, value}`, `{name, value}`, a map of value to label, or plain texts."""
    if isinstance(value, dict) and not any(isinstance(label, dict) for label in value.values()):
        return [{"value": key, "label": label} for key, label in value.items()]
    return [_option(option) for option in listed(value)]


def _option(option: Any) -> Any:
    if not isinstance(option, dict):
        return {"label": option, "value": option}
    label = option.get("label", option.get("name"))
    return {**option, "label": label, "value": option.get("value", label)}


Options = Annotated[list[Option], Many, BeforeValidator(_options)]


class Page(Answer, Generic[T]):
    """One page of a list, in whichever of the four shapes Piggy told about it (docs).

    `last_page` and `total` are None where Piggy does not tell.
    """

    items: list[T]
    page: int
    last_page: int | None = None
    total: int | None = None
    has_more: bool = False


class PageFacts(Answer):
    """What `meta` tells about a page, whose numbers may be strings (docs)."""

    last_page: Whole = None
    total: Whole = None

    def page_of(self, items: list[T], *, page: int, limit: int | None) -> Page[T]:
        """Make a page; where the last one is not told, a full page may be followed by more."""
        if self.last_page is not None:
            has_more = page < self.last_page
        else:
            has_more = bool(limit) and len(items) >= (limit or 0)
        return Page(
            items=items, page=page, last_page=self.last_page, total=self.total, has_more=has_more
        )


def every_item(read_page: Callable[[int], Page[T]]) -> Iterator[T]:
    """Go through a list page by page, one call each, until there is no more."""
    before: list[T] = []
    for number in range(1, MOST_PAGES + 1):
        page = read_page(number)
        if page.items == before:
            return  # the same again, for `page` is ignored, or nothing at all
        yield from page.items
        if not page.has_more:
            return
        before = page.items


def without_none(**parameters: Any) -> dict[str, Any]:
    """Leave out what is None: Piggy does not say what it makes of an explicit null."""
    return {name: _as_sent(value) for name, value in parameters.items() if value is not None}


def _as_sent(value: Any) -> Any:
    """Write moments with their offset, and amounts as the JSON numbers that the API wants."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
