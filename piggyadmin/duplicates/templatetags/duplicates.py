"""What the pages of duplicates show of pairs and people; `{% load duplicates %}`."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.contacts.types import LONGEST_NAME
from piggyadmin.duplicates.merging.checks import pair_of
from piggyadmin.duplicates.models import Decision, MirroredContact, Pair
from piggyadmin.duplicates.review import decisions
from piggyadmin.duplicates.review.evidence import mirrored
from piggyadmin.duplicates.review.forms import PairDecisionForm
from piggyadmin.duplicates.review.rows import rows_of
from piggyadmin.duplicates.review.wording import (
    bar_length,
    certainty_words,
    for_and_against,
    per_cent,
    weight_words,
)
from piggyadmin.ui.templatetags.ui import badge

register = template.Library()
register.filter(per_cent)
register.filter(weight_words)
register.filter(bar_length)
register.filter(for_and_against)

# So many decisions about a pair are listed; a pair with more is a quarrel.
MOST_DECISIONS = 5
# Texts of which less is the same are two texts, not one with a slip.
ALIKE = 0.8


@register.filter
def certainty(probability: float) -> SafeString:
    """Show how sure it is, in words and per cent."""
    words, tone = certainty_words(probability)
    return format_html("{} {}", badge(words, tone), per_cent(probability))


@register.filter
def certainty_in_short(probability: float) -> SafeString:
    """Show how sure it is in per cent, in a table; the words are read aloud."""
    words, tone = certainty_words(probability)
    return format_html(
        '<span class="badge {}" title="{}">{}<span class="visually-hidden"> {}</span></span>',
        tone,
        words,
        per_cent(probability),
        words,
    )


@register.filter
def who(contact: MirroredContact | None, uuid: str) -> SafeString:
    """Show who a contact is: what it is called, and how it is reached; a UUID where nothing is."""
    name, reached = _called(contact, uuid)
    if not reached:
        return format_html("<b>{}</b>", name)
    return format_html('<b>{}</b> <span class="muted">{}</span>', name, _breakable(reached))


@register.simple_tag
def who_beside(
    contact: MirroredContact | None, uuid: str, other: MirroredContact | None, other_uuid: str
) -> SafeString:
    """Show who a contact is, with the letters marked in which it differs from another."""
    (name, reached), beside = _called(contact, uuid), _called(other, other_uuid)
    marked = differing(name, beside[0]), differing(reached, beside[1])
    return format_html('<b>{}</b> <span class="muted">{}</span>', *marked)


# The same pairs are shown again and again.
@lru_cache(maxsize=1024)
def differing(text: str, other: str) -> SafeString:
    """Mark the letters that another text has not; texts with little in common are left."""
    if text == other:
        return _breakable(text)
    matcher = SequenceMatcher(None, other, text, autojunk=False)
    # The first two are quickly told, and never less than the third.
    shares = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    if any(share() < ALIKE for share in shares):
        return _breakable(text)
    parts = (
        (_marked(text[begin:end]) if kind != "equal" else _breakable(text[begin:end]),)
        for kind, _begin, _end, begin, end in matcher.get_opcodes()
        if end > begin
    )
    return format_html_join("", "{}", parts)


def _marked(text: str) -> SafeString:
    return format_html("<mark>{}</mark>", _breakable(text))


def _breakable(text: str) -> SafeString:
    """Let an address that is too long for its line go on in the next one after its @."""
    before, at, after = text.partition("@")
    return format_html("{}@<wbr>{}", before, after) if at else conditional_escape(text)


def _called(contact: MirroredContact | None, uuid: str) -> tuple[str, str]:
    """Give what a contact is called, and how it is reached."""
    if contact is None:
        return uuid, ""
    name = _full_name(contact)
    if contact.is_anonymous:
        name, reached = name or gettext("Anonymous customer"), contact.identifier
    else:
        name, reached = name or gettext("Without a name"), contact.email
    return name, reached or uuid


@register.filter
def whom(decision: Decision) -> str:
    """Name the two of whom something was decided, as far as the mirror knows them."""
    known = mirrored(decision.contacts)
    return " · ".join(_name(known.get(uuid), uuid) for uuid in decision.contacts)


def _name(contact: MirroredContact | None, uuid: str) -> str:
    if contact is None:
        return uuid
    name = _full_name(contact)
    return name or (contact.identifier if contact.is_anonymous else contact.email) or uuid


def _full_name(contact: MirroredContact) -> str:
    name = contact.full_name
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


@register.filter
def holder(pair: Pair, person: User) -> str:
    """Name who looks at a pair, unless it is the person themselves."""
    return pair.holder_beside(person.pk)


@register.filter
def decided(pair: Pair) -> Iterable[Decision]:
    """List what was decided about a pair, the newest first."""
    return decisions.about(pair)[:MOST_DECISIONS]


@register.simple_tag
def merge_role(at: int, sides: Sequence[Any]) -> str:
    """Say what becomes of one of those side by side, the survivor being the first.

    On a phone it stands before each value: people who are there twice are called the same.
    """
    if at == 0:
        return gettext("Survives")
    words = gettext("Ceases to exist")
    return f"{words} {at}" if len(sides) > 2 else words  # noqa: PLR2004  (then there are several)


@register.simple_tag(takes_context=True)
def decide_form(context: Context, pair: Pair) -> PairDecisionForm:
    """Give the form to decide, as it was sent if it has to be corrected."""
    sent: Any = context.get("decide_form")
    kept = context["request"].GET.urlencode()
    return sent or PairDecisionForm(initial={"seen": pair.seen, "kept": kept})


@register.simple_tag(takes_context=True)
def just_decided(context: Context) -> Decision | None:
    """Give what the person has just decided and can take back."""
    return decisions.last_of(context["user"])


@register.inclusion_tag("duplicates/_pairs_between.html", takes_context=True)
def pairs_between(context: Context, uuids: Sequence[str]) -> dict[str, Any]:
    """Show how sure it is that the first of these contacts is one person with each other one."""
    pairs = [pair_of(uuids[0], uuid) for uuid in uuids[1:]]
    return {"rows": rows_of(pairs), "user": context["user"]}
