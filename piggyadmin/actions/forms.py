"""The form of an action, and what the fields of entities are made of.

People choose by name, e-mail or code; what a service gets is what Piggy knows it by.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.ui.dates import AsShown, DateKindField
from piggyadmin.ui.forms import (
    CleanTextField,
    CodeField,
)

Choices = list[tuple[str, str]]


class ResolvedField(CodeField):
    """A code of something at Piggy; its form puts what `resolve` finds in its place."""

    def resolve(self, piggy: PiggyClient, value: str) -> Any:
        """Find what was typed.

        Raises:
            NotFound: there is none.
        """
        raise NotImplementedError

    def none_like(self, value: str) -> str:
        """Say that there is none."""
        raise NotImplementedError


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
    """A form whose `ResolvedField`s are looked up at Piggy, side by side, when it is cleaned."""

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
        """Put what was found at Piggy where its code was typed; ask about odd dates."""
        for name, field in self.fields.items():
            if isinstance(field, DateKindField) and not self.is_untouched(name):
                self.ask_about(name, field.doubt(self.cleaned_data.get(name)))
        fields = {
            name: field
            for name, field in self.fields.items()
            if isinstance(field, ResolvedField) and self.cleaned_data.get(name)
        }
        try:
            self._put_found(fields)
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

    def _put_found(self, fields: Mapping[str, ResolvedField]) -> None:
        finds = (partial(self._find, field, name) for name, field in fields.items())
        for (name, field), found in zip(fields.items(), gather(*finds), strict=True):
            if found is None:
                self.add_error(name, field.none_like(self.cleaned_data[name]))
            else:
                self.cleaned_data[name] = found

    def _find(self, field: ResolvedField, name: str) -> Any:
        try:
            return field.resolve(self.piggy, self.cleaned_data[name])
        except NotFound:
            return None
