"""What contacts have besides their own values, side by side in words, and what comes of it."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext

from piggyadmin.duplicates.merging.candidates import VOUCHERS_READ, Candidate
from piggyadmin.ui.templatetags.ui import NOTHING, cents, credits, local, number  # noqa: A004


class Fact(NamedTuple):
    """One line: what each has, the survivor first, and what the survivor will have."""

    label: str
    values: tuple[tuple[Candidate, Any], ...]
    result: Any = ""

    @property
    def differs(self) -> bool:
        """Whether not all of them have the same."""
        return len({str(value) for _candidate, value in self.values}) > 1


def address_of(candidates: Sequence[Candidate]) -> Fact:
    """Compare the addresses; a merge keeps the survivor's."""
    return _fact(gettext("E-mail"), candidates, _address, _address(candidates[0]))


def facts_of(candidates: Sequence[Candidate]) -> list[Fact]:
    """Compare all the rest."""
    piggys = gettext("Piggy decides")
    identifiers = sum(len(candidate.identifiers) for candidate in candidates)
    return [
        _fact(
            gettext("Credits"),
            candidates,
            lambda candidate: number(candidate.credits),
            credits(sum(candidate.credits for candidate in candidates)),
        ),
        _fact(
            gettext("Prepaid"),
            candidates,
            lambda candidate: cents(candidate.prepaid_cents),
            cents(sum(candidate.prepaid_cents for candidate in candidates)),
        ),
        _fact(gettext("Identifiers"), candidates, _identifiers, number(identifiers)),
        _fact(
            gettext("Vouchers"),
            candidates,
            _vouchers,
            number(sum(candidate.vouchers or 0 for candidate in candidates)),
        ),
        _fact(gettext("Tier"), candidates, _tier, piggys),
        _fact(
            gettext("Subscriptions"),
            candidates,
            lambda candidate: _listed(candidate.subscriptions),
            piggys,
        ),
        _fact(
            gettext("Last active"),
            candidates,
            lambda candidate: local(candidate.contact.last_transaction_at),
        ),
        _fact(
            gettext("Transactions"),
            candidates,
            lambda candidate: number(candidate.contact.transactions),
        ),
        _fact(gettext("Since"), candidates, lambda candidate: local(candidate.contact.created_at)),
    ]


def _fact(
    label: str, candidates: Sequence[Candidate], value: Callable[[Candidate], Any], result: Any = ""
) -> Fact:
    return Fact(label, tuple((candidate, value(candidate)) for candidate in candidates), result)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or NOTHING


def _address(candidate: Candidate) -> str:
    if candidate.contact.is_anonymous:
        return gettext("none: the customer is anonymous")
    return candidate.contact.email or NOTHING


def _tier(candidate: Candidate) -> str:
    return (candidate.contact.tier and candidate.contact.tier.name) or NOTHING


def _identifiers(candidate: Candidate) -> str:
    off = gettext("switched off")
    return _listed(
        [
            f"{each.value} ({off})" if each.active is False else each.value or ""
            for each in candidate.identifiers
        ]
    )


def _vouchers(candidate: Candidate) -> str:
    """Count them, and name codes that can be used."""
    if not candidate.vouchers:
        return number(candidate.vouchers)
    words = gettext("%(all)s: %(active)s active, %(redeemed)s redeemed")
    if candidate.vouchers > VOUCHERS_READ:
        words = gettext("%(all)s; of the newest, %(active)s active, %(redeemed)s redeemed")
    status = candidate.vouchers_by_status
    counted = words % {
        "all": number(candidate.vouchers),
        "active": status.get("ACTIVE", 0),
        "redeemed": status.get("REDEEMED", 0),
    }
    return ", ".join([counted, *candidate.codes])
