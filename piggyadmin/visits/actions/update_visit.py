"""Changing a visit."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    changed_since,
    done,
    has_settled,
    not_done,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.templatetags.ui import as_moment, in_words
from piggyadmin.visits import services
from piggyadmin.visits.forms import CHANGEABLE, LABELS, VisitDetailsForm, VisitForm
from piggyadmin.visits.types import Visit


def known_of(visit: Visit) -> dict[str, Any]:
    """Give what Piggy has of a visit; a number that is the console's own is nobody's to change."""
    known = {name: getattr(visit, name) for name in CHANGEABLE}
    if own_reference.is_ours(visit.external_id):
        del known["external_id"]
    return {name: value for name, value in known.items() if value not in {None, ""}}


class UpdateVisitForm(VisitDetailsForm, VisitForm):
    """A visit, and what shall be different."""

    field_order = ("visit_uuid",)
    # It was found first: another visit would get the values of that one.
    visit_uuid = CodeField(
        label=_("Visit"), widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changes: dict[str, Any] = {}
        self.contact_uuid = ""
        self.show_stored(CHANGEABLE)

    def clean(self) -> dict[str, Any]:
        """Pick what differs from what Piggy has; tell who empties something that it cannot be."""
        data = super().clean()
        if self.errors or self.failure:
            return data
        try:
            visit = services.get_visit(self.piggy, visit_uuid=data["visit_uuid"])
        except PiggyError as error:
            self.failure = error
            return data
        self.contact_uuid = (visit.contact and visit.contact.uuid) or ""
        self._compare(data, known_of(visit))
        return data

    def _compare(self, data: dict[str, Any], known: dict[str, Any]) -> None:
        for name in CHANGEABLE:
            value = data.get(name)
            if self.is_untouched(name):
                continue
            if value not in {None, ""}:
                self.changes |= {name: value} if value != known.get(name) else {}
            elif name in known and name in self.data:
                self.add_error(name, _("Piggy offers no way to empty this. Enter another value."))
        if not self.errors and not self.changes:
            self.add_error(None, _("Nothing is different from what Piggy has."))

    @property
    def action_data(self) -> dict[str, Any]:
        """Only what differs is asked for."""
        asked = {"visit_uuid": self.cleaned_data["visit_uuid"], **self.changes}
        return asked | ({"contact_uuid": self.contact_uuid} if self.contact_uuid else {})


@register
class UpdateVisit(Action[Visit, None]):
    """Change a visit."""

    slug = "update-visit"
    entity = "visits"
    label = _("Change a visit")
    summary = _("When somebody came and left, its number and its source. Not its shop or customer.")
    button = _("Save the changes")
    icon = "calendar-cog"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = VisitForm
    form_class = UpdateVisitForm
    sample = {"visit_uuid": "c0ffee00-0000-4000-8000-000000000c01", "source": "App"}
    found_template = "visits/_found.html"
    result_template = "visits/_saved.html"
    result_type = Visit
    # It compares first and sends just what differs, so that the same again does nothing.
    is_deduplicated = False

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same visit, whatever of it is changed."""
        return [data["visit_uuid"]]

    def subjects(self, data: Data, preview: None) -> dict[str, str]:  # noqa: ARG002
        """The contact of the visit, as Piggy told it."""
        return {"contact": data["contact_uuid"]} if data.get("contact_uuid") else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose visit."""
        return Sentence(
            _("%(who)s changed a visit of %(customer)s"),
            _("change a visit of %(customer)s"),
            {"customer": matter.customer()},
        )

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the visit, so that its values stand in the form."""
        visit = services.get_visit(piggy, visit_uuid=data["visit_uuid"])
        return LookUp(initial={**known_of(visit), "visit_uuid": data["visit_uuid"]}, found=visit)

    def perform(self, piggy: PiggyClient, data: Data) -> Visit:
        """Send just what differs."""
        changed = {name: data[name] for name in CHANGEABLE if name in data}
        return services.update_visit(piggy, visit_uuid=data["visit_uuid"], **changed)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Compare the visit with what was asked."""
        wanted = {name: entry.data[name] for name in CHANGEABLE if name in entry.data}
        visit = services.get_visit(piggy, visit_uuid=entry.data["visit_uuid"])
        if visit.uuid != entry.data["visit_uuid"]:
            return undecided(gettext("Piggy gave another visit than it was asked for."))
        evidence = [_as_evidence(visit, name, asked) for name, asked in wanted.items()]
        if all(each.fits for each in evidence):
            return done(gettext("It is as it was asked to be."), *evidence, result=visit)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), *evidence)
        if changed_since(entry, "visit_uuid").exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, *evidence)
        return not_done(gettext("It is not as it was asked to be."), *evidence)


def _as_evidence(visit: Visit, name: str, asked: Any) -> Evidence:
    """Show what Piggy has, and whether it was asked for; moments are kept as texts."""
    found = getattr(visit, name)
    if not name.endswith("_at"):
        return Evidence(what=str(LABELS[name]), value=found or "", fits=found == asked)
    shown = in_words(found) if found else ""
    return Evidence(what=str(LABELS[name]), value=shown, fits=found == as_moment(asked))
