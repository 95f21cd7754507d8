"""Forms of notes, of handing them over, and of whom nobody is to serve."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import role_label
from piggyadmin.notes.models import LONGEST_NOTE, LONGEST_REASON, Note
from piggyadmin.notes.services import Addressee
from piggyadmin.ui.forms import CleanTextField

# What its fields are called on the page of a customer, among others.
FIELD_IDS = "id_note_%s"
_PERSON, _ROLE = "person", "role"


class PlainNoteForm(forms.Form):
    """What is said, before anybody wants to say whom it is for."""

    text = CleanTextField(label=_("Note"), max_length=LONGEST_NOTE)
    is_pinned = forms.BooleanField(label=_("Keep it on top"), required=False)


class NoteForm(PlainNoteForm):
    """What is said, and whom it is for, if anybody."""

    field_order = ("text", "for_whom", "is_pinned")

    for_whom = forms.ChoiceField(
        label=_("Hand over to"),
        required=False,
        help_text=_("It stands on their desk until somebody says that it is done."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people, self._roles = {}, {}
        for each in _people_by_role():
            self._people[f"{_PERSON}-{each.pk}"] = each
            if each.role_id:
                self._roles[f"{_ROLE}-{each.role_id}"] = Group(each.role_id, each.role_name)
        self.fields["for_whom"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> list[Any]:
        """Offer nobody first; a role that nobody has would let a note wait for ever."""
        roles = sorted((role_label(role.name), key) for key, role in self._roles.items())
        people = sorted((person.name, key) for key, person in self._people.items())
        return [
            ("", gettext("Nobody: it is only a note")),
            (gettext("A role"), [(key, label) for label, key in roles]),
            (gettext("A colleague"), [(key, label) for label, key in people]),
        ]

    @property
    def addressee(self) -> Addressee:
        """Whom it is for; nobody where none was chosen."""
        chosen = self.cleaned_data["for_whom"]
        return Addressee(self._people.get(chosen), self._roles.get(chosen))

    def values(self) -> dict[str, Any]:
        """Give what was filled in, as the service takes it."""
        return {"text": self.cleaned_data["text"], "addressee": self.addressee}


def _people_by_role() -> QuerySet[Any]:
    """Give colleagues, each once for each of their roles."""
    people = User.objects.filter(is_active=True)
    return people.annotate(role_id=F("groups"), role_name=F("groups__name"))


def key_of(note: Note) -> str:
    """Give what the form calls whom a note is for."""
    if note.for_person_id:
        return f"{_PERSON}-{note.for_person_id}"
    return f"{_ROLE}-{note.for_role_id}" if note.for_role_id else ""


class DoNotServeForm(forms.Form):
    """Why nobody is to serve a customer."""

    reason = CleanTextField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Everybody who opens this customer reads it. Keep to what happened."),
    )
