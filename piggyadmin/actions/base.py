"""What an action is: one class per thing a person can do at Piggy.

A subclass declares its slug, words, effect, role and form, and says in `perform` which service does
it. Its page, permission, place in lists, ledger row and tests follow from that: see `registry.py`.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.entities import ENTITIES
from piggyadmin.actions.forms import ActionForm
from piggyadmin.ledger.operations import Data, Operation, PreviewModel, Result, Stored, Words
from piggyadmin.ledger.snapshots import data_of
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.dates import MomentField

if TYPE_CHECKING:
    from piggyadmin.ledger.models import Entry


class LookUp(Stored):
    """What was found for the first step of an action that changes something existing."""

    initial: dict[str, Any]
    found: Any = None


class Action(Operation[Result, PreviewModel]):
    """An operation that a person can do: it has a page, with a form and words about it."""

    summary: ClassVar[Words]
    button: ClassVar[Words]
    icon: ClassVar[str]
    role: ClassVar[Role]
    form_class: ClassVar[type[ActionForm]]
    # What a person fills in to have it done on a fresh sandbox, by field. Tests and docs try it so.
    sample: ClassVar[Mapping[str, str]]
    # A first step that finds what is to be changed; its fields are part of `form_class` as well.
    look_up_form_class: ClassVar[type[ActionForm] | None] = None
    # Shows what the look-up found, beside the form; `found` is in its context.
    found_template: ClassVar[str | None] = None
    # Fragments; `result` and `preview` are in their context.
    result_template: ClassVar[str]
    preview_template: ClassVar[str | None] = None
    # A look-up whose answer offers what can be done: its page has an address at which it is read
    # again, so that it shows the new truth.
    is_read_again: ClassVar[bool] = False
    # The action whose form `undo` fills in; its own where nothing is named.
    undone_by: ClassVar[str] = ""
    # Its form also asks for a reason and for a comment.
    asks_reason: ClassVar[bool] = False
    # It can be done with many rows of a file, each of which fills in its form.
    is_bulk: ClassVar[bool] = False

    def preview(self, piggy: PiggyClient, data: Data) -> PreviewModel:
        """Say what `perform` would do with the same data, without doing it."""
        raise NotImplementedError

    def objections(self, data: Data, preview: PreviewModel) -> Mapping[str, str]:  # noqa: ARG002
        """Say beside which fields what still keeps a person from confirming the preview."""
        return {}

    def objection_to_all(self, piggy: PiggyClient, several: Iterable[Data]) -> str:  # noqa: ARG002
        """Say what keeps all these rows of a list from being done, though each of them could be."""
        return ""

    def confirm_with(self, data: Data) -> str | None:  # noqa: ARG002
        """Give the words that must be typed before it is done, or None."""
        return None

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find what is to be changed, given the data of `look_up_form_class`."""
        raise NotImplementedError

    def form_data(self, entry: "Entry") -> dict[str, str]:
        """Give what `entry` was asked with, as it can be put into the form again."""
        fields = self.form_class.base_fields
        asked = data_of(entry)
        return {name: _as_typed(value, fields.get(name)) for name, value in asked.items()}

    def undo(self, entry: "Entry", result: Result) -> dict[str, str] | None:  # noqa: ARG002
        """Give what a form is filled in with to take it back; None where that can't be done."""
        return None

    def done_before(self, data: Mapping[str, str]) -> "Entry | None":  # noqa: ARG002
        """Give the entry that did the very same before, of what can be done once alone."""
        return None

    def answer_columns(self, result: Result) -> dict[str, Any]:  # noqa: ARG002
        """Give what a file of many rows tells of a result, by the names of its columns."""
        return {}

    def field_label(self, name: str) -> Words:
        """Give the label of the field of its form."""
        field = self.form_class.base_fields.get(name)
        return (field and field.label) or ""

    @property
    def entity_label(self) -> Words:
        """What the menu calls it."""
        return ENTITIES[self.entity].label

    @property
    def usual_reason(self) -> str:
        """The reason that the account's owner calls usual for it; empty for none."""
        return str(settings.USUAL_REASONS.get(self.slug, ""))

    @property
    def has_preview(self) -> bool:
        """Whether a person sees what will happen first and says yes to it."""
        return self.preview_template is not None

    @cached_property
    def url(self) -> str:
        """The address of its page."""
        return reverse("actions:action", args=[self.slug])


def _as_typed(value: Any, field: Any) -> str:
    """Write a value that the ledger kept as a person, or their browser, would have sent it."""
    if value is None:
        return ""
    if isinstance(field, MomentField) and (moment := parse_datetime(value)):
        return timezone.localtime(moment).isoformat()
    return json.dumps(value) if isinstance(value, list | dict | bool) else str(value)
