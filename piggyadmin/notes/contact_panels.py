"""Notes, on the page of a contact: all of them, and each where it belongs in the timeline."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import WRITE_NOTES
from piggyadmin.contacts import timeline
from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.timeline import Happening, Source
from piggyadmin.notes import services
from piggyadmin.notes.forms import FIELD_IDS, PlainNoteForm
from piggyadmin.notes.models import Note

KIND = "notes"
# All of a note stands in the panel.
LONGEST_SHOWN = 300  # characters


def read_notes(person: User, contact_uuid: str) -> dict[str, Any]:
    """Read all notes and what stands above them, and make the form for a new one."""
    services.flags_of([contact_uuid])  # also shown where Piggy does not answer
    form = None
    if person.has_perm(WRITE_NOTES):
        form = PlainNoteForm(auto_id=FIELD_IDS)
        form.fields["text"].widget.attrs["data-hotkey"] = "n"
    notes = services.notes_of(contact_uuid)
    return {
        "notes": [(note, services.may_change(person, note)) for note in notes],
        "note_form": form,
    }


def notes(contact_uuid: str) -> list[Happening]:
    """Give what was written on a contact, and what was done of what was handed over."""
    rows = services.notes_of(contact_uuid)
    found = [each for note in rows for each in _happenings(note)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _happenings(note: Note) -> Iterator[Happening]:
    url = reverse("contacts:contact", args=[note.contact_uuid]) + "#notes"
    detail = Truncator(note.text).chars(LONGEST_SHOWN)
    yield Happening(note.written_at, KIND, _words(note), detail=detail, url=url)
    if note.done_at and note.done_by:
        done = gettext("%(name)s has done what was handed over") % {"name": note.done_by.name}
        yield Happening(note.done_at, KIND, done, detail=detail, url=url)


def _words(note: Note) -> str:
    """Say who wrote it, and whom it is for."""
    words = gettext("Note by %(name)s")
    if note.for_whom:
        words = gettext("Note by %(name)s, handed over to %(whom)s")
    return words % {"name": note.written_by.name, "whom": note.for_whom}


timeline.register(Source(KIND, _("Notes"), {KIND: _("Notes")}, here=notes))
register(Panel(_("Notes"), "notes/_contact_panel.html", 5, here=read_notes))
