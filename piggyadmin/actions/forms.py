"""The form of an action, and the fields that several entities' forms share.

People choose by name, e-mail or code; what a service gets is what Piggy knows it by.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.services import UUID, resolve_contact
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.ui.codes import as_seen
from piggyadmin.ui.dates import AsShown, DateKindField
from piggyadmin.ui.forms import (
    CleanTextField,
    CodeBoundField,
    CodeField,
)

if TYPE_CHECKING:
    from piggyadmin.contacts.types import Contact

Choices = list[tuple[str, str]]


class ContactField(CodeField):
    """A contact by e-mail, identifier or UUID; cleans to a `Contact` that exists at Piggy."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Contact"))
        kwargs.setdefault("help_text", _("E-mail, identifier (card number) or UUID."))
        kwargs.setdefault("max_length", 255)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Show whose it is as soon as the field is left."""
        return {
            **super().widget_attrs(widget),
            "data-peek": True,
        }


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


def offered(choices: Callable[[PiggyClient], Choices]) -> Choices:
    """List choices from Piggy; none when it can't be reached, as a UUID can still be pasted."""
    try:
        return choices(piggy_client())
    except PiggyError:
        return []


MOST_CHOICES = 500


class InPreview(forms.HiddenInput):
    """What is chosen in the preview: the form itself does not draw it."""

    def render(self, *_args: Any, **_kwargs: Any) -> SafeString:
        """Draw nothing."""
        return SafeString("")

    @staticmethod
    def read_mapping(data: Mapping[str, Any], name: str, prefix: str) -> dict[str, str]:
        """Read choices: each by its own name behind the prefix, or all of them as JSON."""
        try:
            kept = json.loads(data.get(name) or "{}")
        except (ValueError, RecursionError):
            kept = {}
        chosen = kept if isinstance(kept, dict) else {}
        chosen |= {key: data[key] for key in data if key.startswith(prefix)}
        return {
            str(key).removeprefix(prefix): str(value)
            for key, value in list(chosen.items())[:MOST_CHOICES]
        }


# What is asked about why something is done; the ledger keeps it apart from the data.
WHY = ("reason", "comment")


def _reasons() -> Choices:
    # Imported late: models are not there yet when forms are declared.
    from piggyadmin.ledger.models import Reason  # noqa: PLC0415

    labels = Reason.objects.filter(is_active=True).values_list("label", flat=True)
    return [(label, gettext(label)) for label in labels]


def _nobody_like(query: str) -> str:
    """Say that Piggy knows nobody like that, and what became of whoever was called so."""
    # Imported late: models are not there yet when forms are declared.
    from piggyadmin.contacts.traces import find_departed  # noqa: PLC0415

    words = gettext("No contact with this e-mail, identifier or UUID at Piggy.")
    return " ".join([words, *(each.words for each in find_departed(query))])


class UsualSelect(forms.Select):
    """A list whose usual choice is meant where nothing was said, as by other programs."""

    usual = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Take the usual choice for a field that was not sent at all."""
        return super().value_from_datadict(data, files, name) if name in data else self.usual


class Doubt(NamedTuple):
    """What is unusual about what was typed into a field, and whether a yes to that came along."""

    words: str
    typed: str
    is_agreed: bool


class ActionForm(forms.Form):
    """A form whose contacts are looked up at Piggy, side by side, when it is cleaned."""

    template_name = "ui/form.html"

    def __init__(self, *args: Any, piggy: PiggyClient, **kwargs: Any) -> None:
        self.piggy = piggy
        self.failure: PiggyError | None = None
        self.doubts: dict[str, Doubt] = {}
        super().__init__(*args, **kwargs)

    def is_valid(self) -> bool:
        """Tell whether the form can be carried out.

        Raises:
            PiggyError: Piggy could not be asked; kept until here so that the form still renders.
        """
        is_valid = super().is_valid()
        if self.failure:
            raise self.failure
        return is_valid

    def clean(self) -> dict[str, Any]:
        """Put a `Contact` where its e-mail, identifier or UUID was typed; ask about odd dates."""
        for name, field in self.fields.items():
            if isinstance(field, DateKindField) and not self.is_untouched(name):
                self.ask_about(name, field.doubt(self.cleaned_data.get(name)))
        names = [
            name
            for name, field in self.fields.items()
            if isinstance(field, ContactField) and self.cleaned_data.get(name)
        ]
        try:
            self._put_contacts(names)
        except PiggyError as error:
            self.failure = error
        return self.cleaned_data

    def is_untouched(self, name: str) -> bool:
        """Tell whether a field that shows what is stored came back as it was shown."""
        return isinstance(self[name].data, AsShown)

    def ask_about(self, name: str, words: str) -> None:
        """Insist on a yes to what is unusual; it counts for what was in the field with it."""
        if not words:
            return
        typed = str(self[name].data or "")
        is_agreed = self.data.get(f"agreed_{name}") == (typed or "yes")
        self.doubts[name] = Doubt(words, typed or "yes", is_agreed)
        if not is_agreed:
            self.add_error(name, ValidationError(words, code="unusual"))

    @property
    def action_data(self) -> dict[str, Any]:
        """What was filled in about the action itself, without why."""
        return {name: value for name, value in self.cleaned_data.items() if name not in WHY}

    @property
    def agreed_data(self) -> dict[str, Any]:
        """What an agreement to a preview binds: by default everything about the action."""
        return self.action_data

    @property
    def why(self) -> dict[str, str]:
        """The reason and the comment, as far as they were asked for."""
        return {name: str(self.cleaned_data.get(name) or "") for name in WHY}

    def ask_why(self, usual: str) -> None:
        """Add the reason, of which one is usual, and the comment to what is asked."""
        reasons = _reasons()
        if usual not in dict(reasons):
            usual = next((label for label, _words in reasons), "")
        field = forms.ChoiceField(
            label=_("Reason"),
            choices=reasons,
            initial=usual,
            required=bool(reasons),
            widget=UsualSelect,
        )
        field.widget.usual = usual
        self.fields["reason"] = field
        self.fields["comment"] = CleanTextField(
            label=_("Comment"),
            required=False,
            max_length=1000,
            help_text=_("For colleagues who read this later. It can never be removed."),
        )

    def _put_contacts(self, names: list[str]) -> None:
        found = gather(*(partial(self._contact, self.cleaned_data[n]) for n in names))
        for name, contact in zip(names, found, strict=True):
            if contact is None:
                self.add_error(name, _nobody_like(self.cleaned_data[name]))
            else:
                self.cleaned_data[name] = contact

    def _contact(self, query: str) -> "Contact | None":
        try:
            return resolve_contact(self.piggy, query=query)
        except NotFound:
            return None
