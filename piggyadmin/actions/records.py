"""Actions on records: what an account has of one kind, and makes, changes and deletes as it is.

A product, a perk or a webhook subscription has a key, moves nothing of value, and can be read at
any time. So all of them are made, changed, deleted and found again after a lost answer in one way;
an action says how its record is found and written, and how it stands in the fields of its form.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.forms import EMPTY, ActionForm
from piggyadmin.ledger.facts import LABELS
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Evidence,
    Finding,
    Preview,
    PreviewModel,
    Refused,
    Result,
    Stored,
    Words,
)
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.types import Answer
from piggyadmin.ui.forms import CodeField, OptionRowsField

Found = TypeVar("Found", bound=Answer)

# What the ledger keeps of previews, in words.
LABELS.update(
    {
        "before": _("Before"),
        "changes": _("Changes"),
        "facts": _("What was shown"),
        "key": _("Key"),
        "record": _("As it was"),
    }
)


def filled(data: Data) -> dict[str, Any]:
    """Give what was filled in, without what was left open."""
    return {name: value for name, value in data.items() if value not in EMPTY}


# --- Forms -----------------------------------------------------------------------------------


class NewRecordForm(ActionForm):
    """What a new record is; it says beside the key when there is one with this key already."""

    # The field that tells a record of this kind from all others.
    key: ClassVar[str]
    taken: ClassVar[Words] = _("There is one with this already. Change that one, or use another.")

    def find_same(self, data: Data) -> Any:
        """Find the record that has the key that is asked for; None where there is none.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Look whether the key is free; what Piggy cannot be asked is told with the rest."""
        data = super().clean()
        if self.errors:
            return data
        try:
            if self.find_same(data) is not None:
                self.add_error(self.key, str(self.taken))
        except PiggyError as error:
            self.failure = error
        return data


class ChangedRecordForm(ActionForm):
    """A record, and what shall be different about it: what is left open stays as it is."""

    # The hidden fields that say which record it is.
    keys: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.changeable:
            self.fields[name].required = False
        rows = OptionRowsField
        self.show_stored(n for n in self.changeable if not isinstance(self.fields[n], rows))

    @property
    def changeable(self) -> list[str]:
        """The fields that can be changed."""
        return [name for name in self.base_fields if name not in self.keys]

    def clean(self) -> dict[str, Any]:
        """Leave out what was not touched, and tell who empties a field that this cannot be."""
        data = super().clean()
        for name in self.changeable:
            if self.is_untouched(name):
                data[name] = None
            elif name not in self.errors and data.get(name) in EMPTY and self._held(name):
                words = _("Piggy offers no way to empty this. Enter another value.")
                self.add_error(name, words)
        return data

    def _held(self, name: str) -> bool:
        return bool(self.data.get(self[name].html_initial_name))


class RecordKeyField(CodeField):
    """Says which record a form is about, where that was chosen before."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput(), **kwargs)


# --- What they have in common ----------------------------------------------------------------


class RecordAction(Action[Result, PreviewModel], Generic[Result, PreviewModel]):
    """Something that is done to a record of one kind; a subclass for the kind tells of records."""

    # Shows a record, which is `record` in its context.
    facts_template: ClassVar[str]
    # The names of the addresses of the list and, if there is such a page, of one record.
    list_page: ClassVar[str]
    record_page: ClassVar[str] = ""
    # The fields of a form that say which record it is; none where it is made.
    keys: ClassVar[tuple[str, ...]] = ()
    # What is said of it, with `%(name)s` for what the record is called.
    done_words: ClassVar[Words]
    wanted_words: ClassVar[Words]

    def find(self, piggy: PiggyClient, data: Data) -> Any:
        """Find the record that the keys name.

        Raises:
            NotFound: there is none.
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def as_filled(self, record: Any) -> dict[str, Any]:
        """Give what stands of a record in the fields of a form, by their names."""
        raise NotImplementedError

    def name_of(self, record: Any) -> str:
        """Give what people call a record."""
        raise NotImplementedError

    def sentence(self, matter: Matter) -> Sentence:
        """Say which record it is."""
        parts = {"name": self.name_in(matter)}
        return Sentence(self.done_words, self.wanted_words, parts)

    def name_in(self, matter: Matter) -> str:
        """Name the record as it was shown, as it is called now, or else by its key."""
        key = str(matter.asked(self.keys[-1]) or "")
        return str(matter.preview.get("name") or matter.things.get(key) or key)

    def evidence(self, asked: Data, record: Any) -> tuple[Evidence, ...]:
        """Compare all that was asked with what a record holds."""
        held = self.as_filled(record)
        return tuple(
            Evidence(
                what=str(self.field_label(name)),
                value=self._said(name, value),
                fits=value == asked[name],
            )
            for name, value in held.items()
            if name not in self.keys and asked.get(name) not in EMPTY
        )

    def _said(self, name: str, value: Any) -> str:
        """Write a value as people read it."""
        return said(value, self.form_class.base_fields.get(name))

    def _typed(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Write values as they are typed into the form."""
        fields = self.form_class.base_fields
        return {name: _as_typed(value, fields.get(name)) for name, value in values.items()}

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Give each value to its own field, rows and lines as they are typed."""
        lists = {name: each for name, each in entry.data.items() if isinstance(each, list)}
        return super().form_data(entry) | self._typed(lists)


def said(value: Any, field: forms.Field | None = None) -> str:
    """Write a value of a form as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(map(said, value))
    if isinstance(value, dict):
        return str(value.get("label") or next(iter(value.values()), ""))
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    return str(dict(choices).get(value, value))


def _as_typed(value: Any, field: forms.Field | None) -> str:
    shown = field.prepare_value(value) if field else value
    if isinstance(shown, list | bool):
        return json.dumps(shown)
    return "" if shown is None else str(shown)


# --- Making one ------------------------------------------------------------------------------


class CreateRecord(RecordAction[Found, PreviewModel], Generic[Found, PreviewModel]):
    """Make a record, whose key is nobody's yet."""

    form_class: ClassVar[type[NewRecordForm]]
    effect = Effect.WRITE
    role = Role.STAFF
    button = _("Create")
    result_template = "actions/records/_made.html"

    def create(self, piggy: PiggyClient, data: dict[str, Any]) -> Found:
        """Make it of what was filled in.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def name_in(self, matter: Matter) -> str:
        """Name it as it was asked for."""
        return str(matter.asked("name") or matter.asked(self.form_class.key) or "")

    def perform(self, piggy: PiggyClient, data: Data) -> Found:
        """Make it."""
        return self.create(piggy, filled(data))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether there is a record with this key, which was free when it was asked for."""
        found = self.form_class(piggy=piggy).find_same(entry.data)
        if found is None and not has_settled(entry):
            return undecided(gettext("It is not there yet. Piggy may still be at it."))
        if found is None:
            return not_done(gettext("It is not there."))
        evidence = self.evidence(entry.data, found)
        is_ours = all(each.fits for each in evidence)
        if not is_ours or changed_since(entry, self.form_class.key).exists():
            words = gettext("There is one with this key, but it may be somebody else's.")
            return undecided(words, *evidence)
        return done(gettext("It is there, as it was asked for."), *evidence, result=found)


class FieldChange(Stored):
    """One thing that would be different, as people read it; of what is new, nothing was before."""

    label: str
    before: str = ""
    after: str


class RecordToMake(Preview):
    """A record that would be there for good."""

    name: str
    facts: list[FieldChange]

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Create for good")


class CreateForGood(CreateRecord[Found, RecordToMake], Generic[Found]):
    """Make a record that nobody can delete, after it was shown what is final about it."""

    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    button = _("Create for good")
    preview_template = "actions/records/_to_make.html"
    # What follows from it, for whoever is about to press the button.
    consequences: ClassVar[Words]

    def preview(self, piggy: PiggyClient, data: Data) -> RecordToMake:  # noqa: ARG002
        """Show once more what would be made."""
        facts = [
            FieldChange(label=str(self.field_label(name)), after=self._said(name, value))
            for name, value in filled(data).items()
            if value is not False
        ]
        name = data.get("label") or data.get("name") or data[self.form_class.key]
        return RecordToMake(name=name, facts=facts)


# --- Changing one ----------------------------------------------------------------------------


class RecordToChange(Preview):
    """What a record is called, what would be different, and what takes that back."""

    name: str
    changes: list[FieldChange]
    before: dict[str, str]

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Save the changes")


class UpdateRecord(RecordAction[Found, RecordToChange], Generic[Found]):
    """Change what differs of a record, after it was shown what that is."""

    form_class: ClassVar[type[ChangedRecordForm]]
    effect = Effect.WRITE
    role = Role.STAFF
    button = _("Save the changes")
    found_template = "actions/records/_found.html"
    preview_template = "actions/records/_to_change.html"
    result_template = "actions/records/_changed.html"
    # It compares first and sends just what differs, so that the same again does nothing.
    is_deduplicated = False

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> Found:
        """Write what differs; `data` has the keys.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the record, so that what it holds stands in the form."""
        record = self.find(piggy, data)
        initial = {**self.as_filled(record), **{key: data[key] for key in self.keys}}
        return LookUp(initial=initial, found={"name": self.name_of(record)})

    def _changed(self, record: Any, data: Data) -> dict[str, Any]:
        held = self.as_filled(record)
        asked = {name: value for name, value in filled(data).items() if name not in self.keys}
        return {name: value for name, value in asked.items() if value != held.get(name)}

    def preview(self, piggy: PiggyClient, data: Data) -> RecordToChange:
        """Show what would be different; refuse where nothing would."""
        record = self.find(piggy, data)
        held, changed = self.as_filled(record), self._changed(record, data)
        if not changed:
            raise Refused({"": gettext("Nothing is different from what Piggy has.")})
        return RecordToChange(
            name=self.name_of(record),
            changes=[
                FieldChange(
                    label=str(self.field_label(name)),
                    before=self._said(name, held.get(name)),
                    after=self._said(name, value),
                )
                for name, value in changed.items()
            ],
            before=self._typed({name: held.get(name) for name in changed}),
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Found:
        """Send just what differs from what the record holds now."""
        record: Found = self.find(piggy, data)
        changed = self._changed(record, data)
        return self.change(piggy, data, changed) if changed else record

    def undo(self, entry: Entry, result: Found) -> dict[str, str] | None:  # noqa: ARG002
        """Give what it was before, unless something was empty, which Piggy cannot make it again."""
        before = (entry.preview or {}).get("before") or {}
        if not before or not all(text not in {"", "[]"} for text in before.values()):
            return None
        return {**before, **{key: str(entry.data[key]) for key in self.keys}}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the record with what was asked."""
        record = self.find(piggy, entry.data)
        evidence = self.evidence(entry.data, record)
        if all(each.fits for each in evidence):
            return done(gettext("It is as it was asked to be."), *evidence, result=record)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
        if changed_since(entry, self.keys[-1]).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, *evidence)
        return not_done(gettext("It is not as it was asked to be."), *evidence)


# --- Deleting one ----------------------------------------------------------------------------


class RecordToDelete(Preview):
    """A record that would be gone for good, as it is now."""

    name: str
    record: dict[str, Any]

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        return gettext("Delete for good")


class DeletedRecord(Stored):
    """What was deleted."""

    key: str


class DeleteRecord(RecordAction[DeletedRecord, RecordToDelete]):
    """Delete a record, for good."""

    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    icon = "trash-2"
    button = _("Delete for good")
    preview_template = "actions/records/_to_delete.html"
    result_template = "actions/records/_deleted.html"
    result_type = DeletedRecord
    # What follows from it, for whoever is about to press the button.
    consequences: ClassVar[Words]

    def delete(self, piggy: PiggyClient, data: Data) -> None:
        """Delete it.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def preview(self, piggy: PiggyClient, data: Data) -> RecordToDelete:
        """Show what would be gone."""
        record = self.find(piggy, data)
        return RecordToDelete(name=self.name_of(record), record=record.model_dump(mode="json"))

    def perform(self, piggy: PiggyClient, data: Data) -> DeletedRecord:
        """Delete it."""
        self.delete(piggy, data)
        return self._deleted(data)

    def _deleted(self, data: Data) -> DeletedRecord:
        return DeletedRecord(key=str(data[self.keys[-1]]))

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether it is gone."""
        try:
            record = self.find(piggy, entry.data)
        except NotFound:
            return done(gettext("It is gone."), result=self._deleted(entry.data))
        evidence = Evidence(what=gettext("Still there"), value=self.name_of(record), fits=False)
        if has_settled(entry):
            return not_done(gettext("It is still there."), evidence)
        return undecided(gettext("It is still there. Piggy may still be at it."), evidence)
