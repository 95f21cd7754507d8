"""What the ledger keeps of an entry, for people: keys as words, and UUIDs with what they name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Operation, Words
from piggyadmin.ledger.subjects import directory
from piggyadmin.piggy.types import UUID

# What is kept is called so, by its key; apps add what they keep. A key that nobody knows, such as
# that of an attribute of a shop's own, is written as it is.
LABELS: dict[str, Words] = {
    "account": _("Account"),
    "active": pgettext_lazy("status", "Active"),
    "additional_data": _("More of the answer"),
    "advice": _("What was advised"),
    "after": _("Afterwards"),
    "agreed": _("What was agreed to"),
    "anonymous": _("Anonymous customer"),
    "approval": _("Approval"),
    "asked_at": _("Asked at"),
    "at": _("At"),
    "attributes": _("Attributes"),
    "balance": _("Balance before"),
    "booking": _("Booking"),
    "by": _("By"),
    "by_name": _("Name"),
    "candidates": _("Customers"),
    "changed": _("What was changed"),
    "checks": _("What was checked"),
    "code": _("Error code"),
    "comment": _("Comment"),
    "contact": _("Customer"),
    "contacts": _("Customers"),
    "credits": _("Credits"),
    "data_type": _("Type"),
    "description": _("Description"),
    "destination": _("Survives"),
    "email": _("E-mail"),
    "error": _("Error"),
    "evidence": _("What was found at Piggy"),
    "external_identifier": _("External identifier"),
    "fields": _("Fields"),
    "fits": _("It fits"),
    "gives": _("Credits given"),
    "identifiers": _("Identifiers"),
    "is_anonymous": _("Anonymous"),
    "is_calculated": _("Calculated by Piggy"),
    "is_erased": _("Everything personal goes"),
    "is_subscribed": _("Gets it"),
    "keep": _("Values to keep"),
    "label": _("Label"),
    "labels": _("What attributes are called"),
    "last_sent_at": _("Last mail sent at"),
    "last_sent_by": _("Last mail sent by"),
    "message": _("Message"),
    "name": _("Name"),
    "note": _("Note"),
    "options": _("Options"),
    "owner": _("Who has the address"),
    "part_of": _("Step of"),
    "prepaid_cents": _("Prepaid, in cents"),
    "product": _("Product"),
    "promotion_name": _("Promotion"),
    "proposed": _("Proposed to survive"),
    "quantity": _("Number"),
    "reason": _("Reason"),
    "reasons": _("Reasons"),
    "reference": _("The console's reference"),
    "result": _("Answer"),
    "shop": _("Shop"),
    "shop_name": _("Shop"),
    "source": _("Ceases to exist"),
    "sources": _("Cease to exist"),
    "status": _("Status"),
    "subscription_type": _("Messages"),
    "subscriptions": _("Messages"),
    "survivor": _("Survives"),
    "trace_id": _("Trace id"),
    "type": _("Type"),
    "type_label": _("Type"),
    "unit": _("Unit"),
    "unit_label": _("Unit"),
    "unit_value": _("Amount"),
    "uuid": _("UUID"),
    "value": _("Value"),
    "values": _("Values"),
    "verdict": _("Verdict"),
    "vouchers": _("Vouchers"),
    "vouchers_before": _("Vouchers before"),
    "voucher_limit": _("Most vouchers"),
    "was_made": _("It was new"),
    "what": _("What"),
    "why": _("How it is known"),
    "words": _("In words"),
}


class KeptFact(NamedTuple):
    """One thing that is kept: what it is, and its value, with a name where that is a UUID."""

    label: str
    value: str
    name: str = ""

    @property
    def is_uuid(self) -> bool:
        """Whether the value names something, and is good for nothing but to be copied."""
        return UUID.fullmatch(self.value) is not None


def facts(data: Any, operation: Operation[Any, Any] | None = None) -> list[KeptFact]:
    """List what nested data hold, leaving out what is empty; Piggy is not asked for names."""
    held = [(path, _said(value)) for path, value in _flat(data, ()) if value not in {None, ""}]
    names = _names_of(value for _path, value in held)
    return [KeptFact(_label(path, operation), value, names.get(value, "")) for path, value in held]


def _flat(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _flat(value, (*path, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data, start=1):
            yield from _flat(value, (*path, str(number)))
    else:
        yield path, data


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return str(value)


def _names_of(values: Iterable[str]) -> Mapping[str, str]:
    uuids = {value for value in values if UUID.fullmatch(value)}
    return {**directory().things(), **directory().names(uuids)} if uuids else {}


def _label(path: tuple[str, ...], operation: Operation[Any, Any] | None) -> str:
    """Write a way into nested data as words, such as "Source", "Identifiers 2" and "Name"."""
    words = [label_of(key) for key in path]
    if operation and path:
        words[0] = str(operation.field_label(path[0]) or words[0])
    written: list[str] = []
    for key, word in zip(path, words, strict=True):
        if key.isdecimal() and written:
            written[-1] += f" {key}"
        else:
            written.append(word)
    return " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(written)


def label_of(key: str) -> str:
    """Give what a key is called."""
    return str(LABELS.get(key) or key.replace("_", " ").capitalize())
