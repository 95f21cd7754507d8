"""Tags and filters that make figures, times and states readable; `{% load ui %}`."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import (
    get_language,
    ngettext,
    npgettext_lazy,
    pgettext,
)
from django.utils.translation import gettext as _

from piggyadmin.piggy.types import in_calendar
from piggyadmin.ui import icons, links, tables
from piggyadmin.ui.forms import focus_first, takes_one_code
from piggyadmin.ui.piggy_words import in_shop_words as words_for
from piggyadmin.ui.states import state_of, status_word

register = template.Library()
tables.register_with(register)

NOTHING = tables.NOTHING

CENTS_PER_EURO = 100


# --- Icons -----------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 20) -> SafeString:
    """Draw an icon that screen readers skip; the words stand beside it."""
    return mark_safe(icons.svg(str(name), size))  # noqa: S308  (from the icon set, not from people)


# --- Forms -----------------------------------------------------------------------------------


@register.filter
def doubt(field: BoundField) -> Any:
    """Give what the form of an action wants a yes to, about this field; None where nothing."""
    return getattr(field.form, "doubts", {}).get(field.name)


# --- Times -----------------------------------------------------------------------------------


def as_moment(value: Any) -> datetime | date | None:
    """Read a date or a time from what the API or a model gives; None when it is neither.

    Times without a zone are taken as UTC, in which Piggy stores them.
    """
    if isinstance(value, str):
        value = _parse(value.strip())
    if isinstance(value, datetime):
        return in_calendar(value)
    return value if isinstance(value, date) else None


def _parse(text: str) -> datetime | date | None:
    try:
        return parse_date(text) or parse_datetime(text)
    except ValueError:
        return None


@register.filter
def local(value: Any) -> SafeString | str:
    """Show a date or time in the shop's own time zone: 3 Dec 2026 14:02."""
    moment = as_moment(value)
    if moment is None:
        return str(value) if value else NOTHING
    return _shown(moment, timezone.get_current_timezone(), get_language())


# Lists show the same moments again and again, and Django takes long to write one.
@lru_cache(maxsize=4096)
def _shown(moment: datetime | date, zone: tzinfo, _language: str | None) -> SafeString:
    """Show it in a zone, in the language that is spoken."""
    if not isinstance(moment, datetime):
        words = date_format(moment, pgettext("date", "j M Y"))
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)
    here = timezone.localtime(moment, zone)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        here.isoformat(timespec="seconds"),
        date_format(here, pgettext("date and time", "l j F Y H:i:s T")),
        in_words(moment),
    )


def in_words(moment: datetime) -> str:
    """Write a moment into a sentence, in the shop's own time zone."""
    return date_format(timezone.localtime(moment), pgettext("date and time", "j M Y H:i"))


@register.filter
def ago(value: Any) -> str:
    """Say how long ago or how soon in words: "3 days ago", "in 2 hours", "just now"."""
    moment = as_moment(value)
    if moment is None:
        return str(value) if value else NOTHING
    if not isinstance(moment, datetime):
        return _days_from_today(moment)
    now = timezone.now()
    minute = 60  # seconds
    if abs((now - moment).total_seconds()) < minute:
        return _("just now")
    if moment < now:
        return _passed(timesince(moment, now, time_strings=_SPANS, depth=1))
    return _to_come(timeuntil(moment, now, time_strings=_SPANS, depth=1))


# After "ago" and "in" a language may have other forms than a span has by itself: "vor 3 Tagen".
_SPANS: dict[str, Any] = {
    "year": npgettext_lazy("ago or to come", "%(num)d year", "%(num)d years", "num"),
    "month": npgettext_lazy("ago or to come", "%(num)d month", "%(num)d months", "num"),
    "week": npgettext_lazy("ago or to come", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("ago or to come", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("ago or to come", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("ago or to come", "%(num)d minute", "%(num)d minutes", "num"),
}


def _passed(time: str) -> str:
    """Put plain spaces where Django does not let lines break, so that it is found when searched."""
    return (_("%(time)s ago") % {"time": time}).replace("\xa0", " ")


def _to_come(time: str) -> str:
    return (_("in %(time)s") % {"time": time}).replace("\xa0", " ")


def _days_from_today(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("today")
    if day < today:
        return _passed(timesince(day, today, time_strings=_SPANS, depth=1))
    return _to_come(timeuntil(day, today, time_strings=_SPANS, depth=1))


# --- Figures ---------------------------------------------------------------------------------


@register.filter
def in_shop_words(code: Any) -> str:
    """Say what a code of Piggy's means: "the till" for REGISTER_API."""
    return words_for(str(code)) if code else NOTHING


@register.filter
def number(value: Any) -> str:
    """Group the thousands of a number as the reader's language does: 1,234."""
    if value is None or value == "":
        return NOTHING
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def credits(value: Any) -> str:  # noqa: A001  (Piggy's word)
    """Show credits: "1,234 credits", "1 credit"."""
    if value is None or value == "":
        return NOTHING
    count = int(value)
    return ngettext("%(count)s credit", "%(count)s credits", count) % {"count": number(count)}


@register.filter
def cents(value: Any) -> str:
    """Show an amount that is given in cents as euros: € 12.50."""
    if value is None or value == "":
        return NOTHING
    return euros(Decimal(int(value)) / CENTS_PER_EURO)


@register.filter
def euros(value: Any) -> str:
    """Show an amount that is given in euros: € 12.50."""
    if value is None or value == "":
        return NOTHING
    amount = Decimal(str(value))
    figures = number_format(abs(amount), decimal_pos=2, use_l10n=True, force_grouping=True)
    sign = "−" if amount < 0 else ""  # noqa: RUF001  (a real minus)
    return f"{sign}€\N{NO-BREAK SPACE}{figures}"


# --- States ----------------------------------------------------------------------------------


@register.filter
def status_badge(status: Any) -> SafeString | str:
    """Show a status as a badge of colour, icon and word; an unknown one keeps its own word."""
    if status is None or status == "":
        return NOTHING
    state = state_of(status)
    return badge(state.label, state.tone, state.icon)


register.filter("status_word", status_word)


@register.simple_tag
def badge(label: str | Promise, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """Show a few words as a badge: neutral, info, success, warning, danger or accent."""
    drawn = icon(icon_name, 14) if icon_name else ""
    return format_html('<span class="badge {}">{}{}</span>', tone, drawn, label)


# --- Links -----------------------------------------------------------------------------------


@register.filter
def may_open(person: Any, url: str) -> bool:
    """Tell whether an address leads somewhere for a person: `{% if user|may_open:url %}`."""
    return links.may_open(person, url)


@register.simple_block_tag(takes_context=True)
def linked(context: Context, content: str, url: str, **query: Any) -> str:
    """Make what stands inside a link, for whom it leads somewhere; for others it is plain."""
    if not links.may_open(context.get("user"), url):
        return content
    asked = f"?{urlencode(query)}" if query else ""
    return format_html('<a href="{}{}">{}</a>', url, asked, content)


# --- Components ------------------------------------------------------------------------------


@register.simple_tag
def copy_button(text: Any, label: str = "") -> SafeString:
    """Offer to copy a text; without JavaScript the button is not there."""
    context = {"text": text, "label": label}
    return mark_safe(render_to_string("ui/_copy_button.html", context))  # noqa: S308  (a template)


@register.simple_block_tag
def card(content: str, title: str = "", icon_name: str = "", tone: str = "") -> SafeString:
    """Put what stands between `{% card %}` and `{% endcard %}` on a card."""
    context = {"content": content, "title": title, "icon_name": icon_name, "tone": tone}
    return mark_safe(render_to_string("ui/_card.html", context))  # noqa: S308  (a template)


@register.simple_block_tag
def facts(content: SafeString) -> SafeString:
    """List what is known of something; inside stands a `{% fact _("E-mail") %}` for each thing."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: SafeString, label: str | Promise) -> SafeString:
    """Tell one thing that is known, or that it is not."""
    known = content if content.strip() else NOTHING
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, known)


# Why there is nothing: nobody began, the filter leaves nothing, the reader may not, it failed.
EMPTY = {"first": "sprout", "nothing": "search-x", "permission": "lock", "failed": "unplug"}


@register.simple_block_tag
def blankslate(content: SafeString, kind: str, title: str | Promise) -> SafeString:
    """Say what is not here and why; what stands inside is the one next step."""
    return format_html(
        '<div class="empty {}">{}<p class="empty-title">{}</p>{}</div>',
        kind,
        icon(EMPTY[kind], 24),
        title,
        content,
    )


@register.simple_tag
def drawn_once(template_name: str, **values: Hashable) -> SafeString:
    """Include a template that shows nothing but `values`, in the reader's language.

    It is drawn the first time and then kept by this process, for what is the same on every page.
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template_name, get_language(), tuple(values.items()))


@lru_cache(maxsize=1024)
def _drawn(
    template_name: str,
    language: str,  # noqa: ARG001  (part of the key)
    values: tuple[tuple[str, Hashable], ...],
) -> SafeString:
    return mark_safe(render_to_string(template_name, dict(values)))  # noqa: S308  (a template)


_NO_ATTRIBUTES = flatatt({})


@register.simple_tag
def options(groups: Iterable[tuple[Any, Iterable[Mapping[str, Any]], int]]) -> SafeString:
    """Draw what a list offers: a template for each of a hundred would take longest of a page."""
    drawn = ((_group(name, offered),) for name, offered in _by_heading(groups))
    return format_html_join("", "{}", drawn)


def _by_heading(
    groups: Iterable[tuple[Any, Iterable[Mapping[str, Any]], int]],
) -> Iterator[tuple[Any, Iterable[Mapping[str, Any]]]]:
    """Put together what follows each other without a heading: Django has a group for each."""
    for name, alike in groupby(groups, key=itemgetter(0)):
        yield name, chain.from_iterable(offered for _name, offered, _at in alike)


def _group(name: Any, offered: Iterable[Mapping[str, Any]]) -> SafeString:
    drawn = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (
                each["value"],
                flatatt(each["attrs"]) if each["attrs"] else _NO_ATTRIBUTES,
                each["label"],
            )
            for each in offered
        ),
    )
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


@register.filter
def focus_id(field: BoundField) -> str:
    """Find the id of the control that a link in the error summary should go to."""
    return field.id_for_label or f"{field.auto_id}_0"


register.filter(focus_first)
register.filter(takes_one_code)


@register.filter
def widget_kind(field: BoundField) -> str:
    """Tell the field template which kind of control it has: checkbox, choices, or any other."""
    kinds = {
        "checkbox": "checkbox",
        "radioselect": "choices",
        "checkboxselectmultiple": "choices",
        "severalchoices": "choices",
        "optionrows": "rows",
    }
    return kinds.get(field.widget_type, "control")
