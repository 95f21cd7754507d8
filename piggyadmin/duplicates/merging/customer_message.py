"""What the customer is told of a merge: a few friendly lines in their own language."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext, override

from piggyadmin.contacts.types import LONGEST_NAME
from piggyadmin.duplicates.merging.balances import Balances
from piggyadmin.duplicates.merging.plan import MergePlan
from piggyadmin.ui.templatetags.ui import cents, credits  # noqa: A004  (Piggy's word)


class CustomerMessage(NamedTuple):
    """A mail to be sent by hand; `to` is empty where no address is known."""

    to: str
    subject: str
    text: str
    language: str

    @property
    def mailto(self) -> str:
        """An address that opens the mail program with all of it filled in."""
        query = f"subject={quote(self.subject)}&body={quote(self.text)}"
        return f"mailto:{quote(self.to, safe='@')}?{query}"


def customer_message(plan: MergePlan, balances: Balances, *, language: str = "") -> CustomerMessage:
    """Write to the survivor, in the language wanted, else in the contact's own, else in ours."""
    contact = plan.survivor.contact
    known = [code for code, _name in settings.LANGUAGES]
    wanted = (language, str(plan.survivor.values.get("locale") or ""), get_language() or "")
    chosen = next((code for code in wanted if code in known), known[0])
    with override(chosen):
        return CustomerMessage(
            to=contact.own_email,
            subject=gettext("Your accounts are one now"),
            text="\n\n".join(_paragraphs(plan, balances)),
            language=chosen,
        )


def _paragraphs(plan: MergePlan, balances: Balances) -> Iterator[str]:
    name = plan.kept_values.get("firstname") or plan.survivor.contact.firstname
    # Nobody is addressed by more than that.
    is_name = name and len(str(name)) <= LONGEST_NAME
    yield gettext("Dear %(name)s,") % {"name": name} if is_name else gettext("Dear customer,")
    words = gettext(
        "You had %(number)s accounts with us. We have joined them into one, so that everything "
        "you saved is in one place."
    )
    if balances.agrees:
        words = gettext(
            "You had %(number)s accounts with us. We have joined them into one, so that "
            "everything you saved is in one place. Nothing got lost."
        )
    yield words % {"number": len(balances.sources) + 1}
    yield "\n".join(_what_is_there(plan, balances))
    yield gettext(
        "You need not do anything: all your cards work as before. If something is not as you "
        "expect it, please tell us."
    )
    yield gettext("Kind regards")


def _what_is_there(plan: MergePlan, balances: Balances) -> Iterator[str]:
    after = balances.after
    if after is None:
        return
    yield gettext("Your balance: %(credits)s") % {"credits": credits(after.credits)}
    if after.prepaid_cents:
        yield gettext("Prepaid: %(amount)s") % {"amount": cents(after.prepaid_cents)}
    cards = [
        each.value for candidate in plan.candidates for each in candidate.identifiers if each.value
    ]
    if cards:
        words = ngettext("Your card: %(cards)s", "Your cards: %(cards)s", len(cards))
        yield words % {"cards": ", ".join(cards)}
    usable = sum(candidate.vouchers_by_status.get("ACTIVE", 0) for candidate in plan.candidates)
    if usable:
        words = ngettext(
            "You can use %(number)s voucher.", "You can use %(number)s vouchers.", usable
        )
        yield words % {"number": usable}
