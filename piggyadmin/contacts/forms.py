"""The fields in which contacts are typed: by e-mail, identifier or UUID."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, ResolvedField
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.traces import find_departed
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.forms import CleanTextField, CodeBoundField


class ContactField(ResolvedField):
    """A contact by e-mail, identifier or UUID; cleans to a `Contact` that exists at Piggy."""

    # Whose it is is shown in a line below it, as soon as the field is left.
    is_peeked = True
    # What was typed in vain can be looked for with the search box, which knows names.
    is_searched = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Customer"))
        kwargs.setdefault("help_text", _("E-mail, identifier (card number) or UUID."))
        kwargs.setdefault("max_length", 255)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Have the script ask whose it is."""
        return {**super().widget_attrs(widget), "data-peek": True}

    def resolve(self, piggy: PiggyClient, value: str) -> Contact:
        """Find the contact."""
        return resolve_contact(piggy, query=value)

    def none_like(self, value: str) -> str:
        """Say that there is none."""
        return nobody_like(value)


class ContactsField(CleanTextField):
    """Several contacts, one a line; cleans to the list of what was typed, each once."""

    bound_field_class = CodeBoundField
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, *, max_length: int = 4000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        """Take off each line what cannot be seen."""
        return "\n".join(map(as_seen, (super().to_python(value) or "").splitlines()))

    def clean(self, value: Any) -> list[str]:
        """Take the lines apart; the JSON that the ledger keeps of a list is understood as well.

        What stands in one line with spaces may be one identifier; addresses and UUIDs have none.
        """
        lines = [line.strip() for line in re.split(r'[\n\r,;"\[\]]+', super().clean(value))]
        words = (_contacts_in(line) for line in lines)
        return list(dict.fromkeys(word for several in words for word in several if word))


def _contacts_in(line: str) -> list[str]:
    """Take addresses and UUIDs that follow each other apart; anything else is one identifier."""
    words = line.split()
    return words if all("@" in word[1:-1] or UUID.fullmatch(word) for word in words) else [line]


def nobody_like(query: str) -> str:
    """Say that Piggy knows nobody like that, and what became of whoever was called so."""
    words = gettext("No customer with this e-mail, identifier or UUID at Piggy.")
    return " ".join(filter(None, [words, hint_at_search(query), *what_became_of(query)]))


def hint_at_search(query: str) -> str:
    """Say how to go on from a name, by which Piggy knows nobody; empty for what is none."""
    words = gettext("If this is a name, search for it, and type the e-mail that you find.")
    return words if may_be_name(query) else ""


def may_be_name(query: str) -> bool:
    """Tell whether a text may be somebody's name: no address, card or UUID is without figures."""
    return not re.search(r"[\d@]", query)


def what_became_of(query: str) -> list[str]:
    """Tell into whom a contact went that is no more, by the UUID, address or card that it had."""
    return [each.words for each in find_departed(query)]


class ContactForm(ActionForm):
    """Whom."""

    contact_uuid = ContactField()


def as_choice(answer: bool | None) -> str:
    """Write a yes or no as forms offer it; empty where it is not known."""
    return "" if answer is None else str(answer).lower()
