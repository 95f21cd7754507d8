"""What all typed answers have in common: they survive what Piggy should not send.

Unknown keys are left out, missing ones are None, and a value of the wrong kind counts as missing:
a page must not break over a field that nobody looks at. All of that is decided here, once.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

T = TypeVar("T")
M = TypeVar("M", bound="Answer")


def _or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Read a value; one of the wrong kind counts as missing."""
    try:
        return handler(value)
    except ValidationError:
        return None


def _or_empty(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Read a list, leaving out what is no item of it; anything but a list counts as empty."""
    if not isinstance(value, list):
        return []
    items = []
    for item in value:
        try:
            items += handler([item])
        except ValidationError:
            continue
    return items


def _text(value: Any) -> Any:
    """Take numbers for texts, as codes and ids sometimes are."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _moment(value: Any) -> Any:
    """Read a batch's `YYYY-MM-DD, HH:MM` too, which like all others is in UTC (inferred)."""
    if not isinstance(value, str):
        return value if isinstance(value, datetime) else None
    text = value.replace(", ", "T") if ", " in value else value
    moment = datetime.fromisoformat(text) if _is_iso(text) else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


Lenient = WrapValidator(_or_none)
Text = Annotated[str | None, BeforeValidator(_text), Lenient]
Whole = Annotated[int | None, Lenient]
Decimalish = Annotated[float | None, Lenient]
YesNo = Annotated[bool | None, Lenient]
Moment = Annotated[datetime | None, BeforeValidator(_moment), Lenient]
Many = WrapValidator(_or_empty)


class Answer(BaseModel):
    """Part of an answer of Piggy's; subclasses say which keys they read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, data: Any) -> Self | None:
        """Read an object; None where `data` is something else."""
        return cls.model_validate(data) if isinstance(data, dict) else None


class Option(Answer):
    """One option of a select or a perk."""

    label: Text = None
    value: Text = None
    default: YesNo = None


def _options(value: Any) -> Any:
    """Read `{label, value}`, `{name, value}`, a map of value to label, or plain texts."""
    if isinstance(value, dict):
        return [{"value": key, "label": label} for key, label in value.items()]
    if not isinstance(value, list):
        return []
    return [_option(option) for option in value]


def _option(option: Any) -> Any:
    if isinstance(option, dict):
        return {"label": option.get("name"), **option}
    return {"label": _text(option), "value": _text(option)}


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


def given(**parameters: Any) -> dict[str, Any]:
    """Leave out what is None: Piggy does not say what it makes of an explicit null."""
    return {name: _as_sent(value) for name, value in parameters.items() if value is not None}


def _as_sent(value: Any) -> Any:
    """Write moments with their offset."""
    return value.isoformat() if isinstance(value, datetime) else value
