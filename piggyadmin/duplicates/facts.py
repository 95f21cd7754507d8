"""What contacts have besides their own values, side by side in words, and what comes of it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext

from piggyadmin.duplicates.sides import VOUCHERS_READ, Side
from piggyadmin.ui.templatetags.ui import NOTHING, cents, credits, local, number  # noqa: A004


class Fact(NamedTuple):
    """One line: what each has, the survivor first, and what the survivor will have."""

    label: str
    values: tuple[tuple[Side, Any], ...]
    result: Any = ""

    @property
    def differs(self) -> bool:
        """Whether not all of them have the same."""
        return len({str(value) for _side, value in self.values}) > 1


def address_of(sides: Sequence[Side]) -> Fact:
    """Compare the addresses; a merge keeps the survivor's."""
    return _fact(gettext("E-mail"), sides, _address, _address(sides[0]))


def facts_of(sides: Sequence[Side]) -> list[Fact]:
    """Compare all the rest."""
    piggys = gettext("Piggy decides")
    identifiers = sum(len(side.identifiers) for side in sides)
    return [
        _fact(
            gettext("Credits"),
            sides,
            lambda side: number(side.credits),
            credits(sum(side.credits for side in sides)),
        ),
        _fact(
            gettext("Prepaid"),
            sides,
            lambda side: cents(side.prepaid_cents),
            cents(sum(side.prepaid_cents for side in sides)),
        ),
        _fact(gettext("Identifiers"), sides, _identifiers, number(identifiers)),
        _fact(
            gettext("Vouchers"),
            sides,
            _vouchers,
            number(sum(side.vouchers or 0 for side in sides)),
        ),
        _fact(gettext("Tier"), sides, _tier, piggys),
        _fact(gettext("Subscriptions"), sides, lambda side: _listed(side.subscriptions), piggys),
        _fact(gettext("Last active"), sides, lambda side: local(side.contact.last_transaction_at)),
        _fact(gettext("Transactions"), sides, lambda side: number(side.contact.transactions)),
        _fact(gettext("Since"), sides, lambda side: local(side.contact.created_at)),
    ]


def _fact(
    label: str, sides: Sequence[Side], value: Callable[[Side], Any], result: Any = ""
) -> Fact:
    return Fact(label, tuple((side, value(side)) for side in sides), result)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or NOTHING


def _address(side: Side) -> str:
    if side.contact.is_anonymous:
        return gettext("none: the contact is anonymous")
    return side.contact.email or NOTHING


def _tier(side: Side) -> str:
    return (side.contact.tier and side.contact.tier.name) or NOTHING


def _identifiers(side: Side) -> str:
    off = gettext("switched off")
    return _listed(
        [
            f"{each.value} ({off})" if each.active is False else each.value or ""
            for each in side.identifiers
        ]
    )


def _vouchers(side: Side) -> str:
    """Count them, and name codes that can be used."""
    if not side.vouchers:
        return number(side.vouchers)
    words = gettext("%(all)s: %(active)s active, %(redeemed)s redeemed")
    if side.vouchers > VOUCHERS_READ:
        words = gettext("%(all)s; of the newest, %(active)s active, %(redeemed)s redeemed")
    status = side.vouchers_by_status
    counted = words % {
        "all": number(side.vouchers),
        "active": status.get("ACTIVE", 0),
        "redeemed": status.get("REDEEMED", 0),
    }
    return ", ".join([counted, *side.codes])
