"""Days and moments that people enter: which years they can be in, and which hour is meant.

What kind of date it is says from when to when it can be (anything else is a slip and refused), and
when it is unusual, which forms of actions ask about. A moment without an offset is in the shop's
time zone; in the hour that comes twice people choose which one they mean. A field that shows what
is stored gives it back exactly as it was where nobody touched it.
"""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.ui.forms import wrong_elsewhere

YEAR = timedelta(days=365.25)
DAY = timedelta(days=1)


class DateKind(NamedTuple):
    """From when to when a date of some kind can be, and how far from today it is usual.

    A timedelta is counted from today.
    """

    earliest: timedelta | date
    latest: timedelta | date
    usual_back: timedelta | None = None
    usual_ahead: timedelta | None = None

    def refuse(self, value: date) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValidationError: it is too far from today.
        """
        earliest, latest = _bound(self.earliest), _bound(self.latest)
        if not earliest <= _day_of(value) <= latest:
            words = _("This cannot be right: enter a date from %(earliest)s to %(latest)s.")
            bounds = {"earliest": _in_words(earliest), "latest": _in_words(latest)}
            raise ValidationError(words, code="date_out_of_range", params=bounds)

    def doubt(self, value: date) -> str:
        """Say what is unusual about a date; empty where nothing is."""
        distance, shown = _day_of(value) - timezone.localdate(), {"day": _in_words(_day_of(value))}
        if self.usual_back is not None and distance < -self.usual_back:
            return gettext("This is in the past: %(day)s.") % shown
        if self.usual_ahead is not None and distance > self.usual_ahead:
            return gettext("This is years ahead: %(day)s.") % shown
        return ""


BIRTH = DateKind(earliest=-130 * YEAR, latest=0 * DAY)
# A day of a contact or of whatever an account keeps.
RECORD = DateKind(earliest=-200 * YEAR, latest=200 * YEAR)
BOOKING = DateKind(earliest=-20 * YEAR, latest=20 * YEAR, usual_back=DAY, usual_ahead=10 * YEAR)
# From when or until when something is good; "for ever" is often written as a year far ahead.
VALIDITY = DateKind(
    earliest=-20 * YEAR, latest=100 * YEAR, usual_back=31 * DAY, usual_ahead=20 * YEAR
)
# That the end is not past already, forms see to.
EXPIRATION = VALIDITY._replace(usual_back=None)
# What a list is narrowed down to.
FILTER = DateKind(earliest=date(1900, 1, 1), latest=date(2999, 12, 31))


def _bound(bound: timedelta | date) -> date:
    return timezone.localdate() + bound if isinstance(bound, timedelta) else bound


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _in_words(day: date) -> str:
    return date_words(day, pgettext("date", "j M Y"))


class AsShown(str):
    """What is stored, where it came back as it was shown."""

    __slots__ = ()


class StoredInput:
    """A widget that gives back what is stored exactly as it was, where nobody touched it."""

    # Whether what it is drawn with is stored, and comes back beside it as `initial-…`.
    is_stored = False

    def untouched(self: Any, text: str, data: Any, name: str) -> AsShown | None:
        """Give what is stored, if the same came back that was shown of it."""
        stored = data.get(f"initial-{name}") if self.is_stored else None
        if not stored or text != (self.format_value(stored) or ""):
            return None
        return AsShown(stored)


class DayInput(StoredInput, forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """Write the day as browsers take it; what is none is shown as nothing by them."""
        day = value if isinstance(value, date) else _parsed(parse_date, value)
        return day.isoformat() if day else ("" if self.is_stored else value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read what was typed."""
        text = super().value_from_datadict(data, files, name)
        return text if text is None else self.untouched(text, data, name) or text


class DateKindField(forms.Field):
    """What days and moments have in common."""

    def __init__(self, *, kind: DateKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def show_stored(self) -> None:
        """Say that what is shown is stored: only what is touched is then looked at."""
        self.show_hidden_initial = self.widget.is_stored = True

    def clean(self, value: Any) -> Any:
        """Refuse what cannot be meant; what is stored and was not touched is as it is.

        Raises:
            ValidationError: it is no date, or not one that can be meant.
        """
        if isinstance(value, AsShown):
            return self._stored(value)
        cleaned = super().clean(value)
        if cleaned:
            self.kind.refuse(cleaned)
        return cleaned

    def doubt(self, value: Any) -> str:
        """Say what is unusual about what was entered; empty where nothing is."""
        return self.kind.doubt(value) if isinstance(value, date) else ""

    def _stored(self, value: AsShown) -> Any:
        try:
            return super().clean(value)
        except ValidationError:
            return str(value)

    def strptime(self, value: str, format: str) -> Any:  # noqa: A002  (Django's name)
        """Read years of four figures, and months before days in letters alone.

        03-04-26 can be three dates, and 03/04/2026 two.
        """
        if "%y" in format or format.startswith("%m"):
            raise ValueError
        return super().strptime(value, format)  # type: ignore[misc]


class DayField(DateKindField, forms.DateField):
    """A day."""

    widget = DayInput


# --- Moments ---------------------------------------------------------------------------------


def _parsed(parse: Any, text: Any) -> Any:
    """Read a text, or give None where it is nothing of the kind."""
    try:
        return parse(str(text or "").strip())
    except ValueError:
        return None


def _local(value: Any) -> datetime | None:
    """Give a moment in the shop's time zone; one without an offset as it stands."""
    moment = value if isinstance(value, datetime) else _parsed(parse_datetime, value)
    try:
        return timezone.localtime(moment) if moment and timezone.is_aware(moment) else moment
    except OverflowError:  # in the first or the last hours that there are
        return None


def _both(moment: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give what a time of the clock can mean: two moments where it comes twice, or not at all."""
    return moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)


def comes_twice(moment: datetime) -> bool:
    """Tell whether the clock shows this time twice."""
    first, second = _both(moment, timezone.get_current_timezone())
    return (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())


def never_comes(moment: datetime) -> bool:
    """Tell whether the clock leaves this time out."""
    first, second = _both(moment, timezone.get_current_timezone())
    return (first.utcoffset() or timedelta()) < (second.utcoffset() or timedelta())


class MomentInput(StoredInput, forms.DateTimeInput):
    """A day and a time; beside it the two that it can mean, where the clock shows it twice."""

    input_type = "datetime-local"
    template_name = "ui/widgets/moment.html"

    def format_value(self, value: Any) -> str | None:
        """Write the time of the clock, to the minute, as browsers take it."""
        moment = _local(value)
        if moment is None:
            return "" if self.is_stored else value
        return moment.replace(tzinfo=None).isoformat(timespec="minutes")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read what was typed, and which of two it is."""
        text = super().value_from_datadict(data, files, name)
        if text is None:
            return None
        fold, stored = data.get(f"{name}_fold"), self.untouched(text, data, name)
        if stored is not None and fold in {None, _fold_of(stored)}:
            return stored
        return _with_fold(text, fold)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Offer both where it comes twice."""
        context = super().get_context(name, value, attrs)
        moment = _local(value)
        if moment and comes_twice(moment):
            chosen = moment.fold if timezone.is_aware(moment) else None
            both = _both(moment, timezone.get_current_timezone())
            context["widget"]["folds"] = [
                {"value": each.fold, "words": _which(each), "is_chosen": each.fold == chosen}
                for each in both
            ]
            if chosen is None:
                context["widget"]["fold_attrs"] = wrong_elsewhere(context["widget"]["attrs"])
        return context


def _which(moment: datetime) -> str:
    shown = {"time": f"{moment:%H:%M}", "offset": moment.isoformat()[-6:]}
    if moment.fold:
        return gettext("the second %(time)s (UTC%(offset)s)") % shown
    return gettext("the first %(time)s (UTC%(offset)s)") % shown


def _fold_of(stored: str) -> str | None:
    """Give which of two a stored moment is; None where there is one alone."""
    moment = _local(stored)
    return str(moment.fold) if moment and comes_twice(moment) else None


def _with_fold(text: str, fold: str | None) -> str:
    """Add the offset of the one that was chosen."""
    moment = _local(text)
    if fold not in {"0", "1"} or not moment or timezone.is_aware(moment) or not comes_twice(moment):
        return text
    return _both(moment, timezone.get_current_timezone())[int(fold)].isoformat()


class MomentField(DateKindField, forms.DateTimeField):
    """A moment; without an offset it is in the shop's time zone, which the page names."""

    widget = MomentInput

    def __init__(self, *, kind: DateKind, **kwargs: Any) -> None:
        zone = format_lazy(_("Time in {zone}."), zone=settings.TIME_ZONE.replace("_", " "))
        if hint := kwargs.pop("help_text", ""):
            zone = format_lazy("{hint} {zone}", hint=hint, zone=zone)
        super().__init__(kind=kind, help_text=zone, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Keep the offset, without which nobody knows which of two it is."""
        return value

    def to_python(self, value: Any) -> datetime | None:
        """Read the moment.

        Raises:
            ValidationError: it is none, the clock leaves it out, or shows it twice.
        """
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise self._refusal(value) from None
            raise

    def _refusal(self, value: Any) -> ValidationError:
        moment = _local(value)
        if moment and never_comes(moment):
            words = _("The clock leaves this time out that night. Enter an earlier or later one.")
            return ValidationError(words, code="no_such_time")
        if moment and comes_twice(moment):
            words = _("The clock shows this time twice that night. Choose which one is meant.")
            return ValidationError(words, code="twice")
        return ValidationError(self.error_messages["invalid"], code="invalid")
