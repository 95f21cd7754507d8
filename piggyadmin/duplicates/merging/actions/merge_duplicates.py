"""Merging duplicates: several contacts into one, with the values that are worth keeping.

The action itself sends nothing. It begins a merge run (see `runs.py`), whose steps are entries
of the ledger of their own; its own entry is followed until the run has ended.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm, InPreview, asked_in_words, others_meant
from piggyadmin.actions.registry import register
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.forms import ContactsField, nobody_like, what_became_of
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.traces import departure_of
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.merging.acknowledgements import AgreedField, missing_yes
from piggyadmin.duplicates.merging.actions.merge_contacts import one_into_another
from piggyadmin.duplicates.merging.candidates import Candidate, read_candidates
from piggyadmin.duplicates.merging.plan import MergePlan, make_plan
from piggyadmin.duplicates.merging.subscriptions import ChoicesField
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Progress, Stored
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.types import UUID
from piggyadmin.ui.forms import CodeField

# So many can be looked at side by side, by people as well as by Piggy.
MOST_CONTACTS = 12
KEEP_PREFIX = "keep_"


class Keep(InPreview):
    """Whose value is kept of each attribute: `keep_firstname`, …, or a mapping as JSON."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:  # noqa: ARG002
        """Read the choices; with another survivor they are made anew."""
        if data.get("swap"):
            return {}
        return self.read_mapping(data, name, KEEP_PREFIX)


class Survivor(forms.TextInput):
    """Who survives; the button that swaps says it last."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Prefer who was just swapped in."""
        return data.get("swap") or super().value_from_datadict(data, files, name)


class MergeDuplicatesForm(ActionForm):
    """Which contacts, who of them survives, and what is kept."""

    contact_uuids = ContactsField(
        label=_("Customers"),
        help_text=_("One a line: e-mail, identifier (card number) or UUID."),
    )
    survivor_contact_uuid = CodeField(
        label=_("Survives"),
        required=False,
        widget=Survivor,
        help_text=_("One of them, by its UUID or e-mail. Left open: it is proposed."),
    )
    keep = forms.Field(label=_("Values to keep"), required=False, widget=Keep)
    subscriptions = ChoicesField(label=_("Messages"), required=False)
    agreed = AgreedField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # UUIDs of those that are not there, where they were asked for by those.
        self.gone: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Put the contacts where their names were typed, read live and side by side."""
        data = super().clean()
        queries = data.get("contact_uuids", [])
        if not self.errors:
            self._check_number(queries)
        if not self.errors:
            try:
                self._read(queries)
            except PiggyError as error:
                self.failure = error
        return data

    def _check_number(self, queries: Sequence[str]) -> None:
        if len(queries) < 2:  # noqa: PLR2004  (a merge is of two at least)
            self.add_error("contact_uuids", _("A merge needs at least two customers, one a line."))
        elif len(queries) > MOST_CONTACTS:
            words = _("At most %(most)s customers can be merged at once.")
            self.add_error("contact_uuids", words % {"most": MOST_CONTACTS})

    def _read(self, queries: Sequence[str]) -> None:
        uuids = self._resolve(queries)
        if self.errors:
            return
        candidates = read_candidates(self.piggy, uuids)
        self.cleaned_data["labels"] = candidates.labels
        self.gone = [
            uuid
            for uuid, candidate in zip(uuids, candidates.found, strict=True)
            if candidate is None
        ]
        if self.gone:
            words = _(
                "There is no customer %(uuids)s at Piggy: it may have been merged or deleted. "
                "Nothing was sent."
            )
            told = [words % {"uuids": ", ".join(self.gone)}]
            departed = zip(self.gone, map(departure_of, self.gone), strict=True)
            told += [f"{uuid}: {each.words}" for uuid, each in departed if each]
            self.add_error("contact_uuids", " ".join(map(str, told)))
            return
        self._put_sides([candidate for candidate in candidates.found if candidate])

    def _resolve(self, queries: Sequence[str]) -> list[str]:
        """Find the UUIDs of contacts that were named otherwise."""
        found = gather(*(partial(self._uuid_of, query) for query in queries))
        for query, uuid in zip(queries, found, strict=True):
            if not uuid:
                self.add_error("contact_uuids", f"{query}: {self._nobody_like(query)}")
        uuids = list(dict.fromkeys(uuid for uuid in found if uuid))
        if not self.errors and len(uuids) < len(queries):
            self.add_error(
                "contact_uuids",
                _("This is the same customer. A customer cannot be merged with itself."),
            )
        return uuids

    def _nobody_like(self, query: str) -> str:
        """Say that there is no such contact, what became of it, and who may be meant."""
        meant = others_meant(query, lambda text: resolve_contact(self.piggy, query=text))
        return f"{nobody_like(query)} {asked_in_words(meant)}".rstrip()

    def _uuid_of(self, query: str) -> str:
        if UUID.fullmatch(query):
            return query.lower()
        try:
            return resolve_contact(self.piggy, query=query).uuid or ""
        except NotFound:
            return ""

    def _put_sides(self, candidates: list[Candidate]) -> None:
        wanted = self.cleaned_data.get("survivor_contact_uuid", "").casefold()
        proposal = propose(candidates)
        survivor = proposal.survivor
        if wanted:
            names = {
                name.casefold(): candidate
                for candidate in candidates
                for name in (candidate.uuid, candidate.word)
            }
            if wanted not in names:
                words = gettext("Who survives must be one of these customers.")
                self.add_error("survivor_contact_uuid", " ".join([words, *what_became_of(wanted)]))
                return
            survivor = names[wanted]
        self.cleaned_data |= {"contact_uuids": tuple(candidates), "survivor_contact_uuid": survivor}

    @property
    def action_data(self) -> dict[str, Any]:
        """What was filled in; not what attributes are called."""
        names = ("contact_uuids", "survivor_contact_uuid", "keep", "subscriptions", "agreed")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def agreed_data(self) -> dict[str, Any]:
        """What was chosen among what was shown is not part of what was shown."""
        names = ("contact_uuids", "survivor_contact_uuid")
        return {name: self.cleaned_data[name] for name in names}


class MergeBegun(Stored):
    """A merge run that was begun."""

    survivor_uuid: str
    contacts: int


def _sources(data: Data) -> list[Candidate]:
    """Give all but the one that survives."""
    survivor = data["survivor_contact_uuid"]
    return [candidate for candidate in data["contact_uuids"] if candidate.uuid != survivor.uuid]


class MergeDuplicates(Action[MergeBegun, MergePlan]):
    """Merge duplicates into one contact, with the values worth keeping, step by step."""

    slug = "merge-duplicates"
    entity = "contacts"
    label = _("Merge duplicates")
    summary = _(
        "Two or more customers of one person become one, with the values worth keeping. For good."
    )
    button = _("Merge for good")
    icon = "merge"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = MergeDuplicatesForm
    sample = {"contact_uuids": "mira.jansen@example.test\nm.jansen@example.test"}
    cannot_be_settled = _("Nothing is sent for it: what it begins stands in entries of its own.")
    preview_template = "duplicates/_merge_plan.html"
    result_template = "duplicates/_merge_begun.html"
    result_type = MergeBegun
    is_watched = True
    asks_reason = True
    ends_contacts = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contacts, whoever survives."""
        return sorted(candidate.uuid for candidate in data["contact_uuids"])

    def sentence(self, matter: Matter) -> Sentence:
        """Say who went into whom; of several, how many they were."""
        survivor = matter.customer("survivor")
        sources = [role for role in matter.customers if role.startswith("source-")]
        if len(sources) == 1:
            return one_into_another(matter.customer(*sources), survivor)
        return Sentence(
            _("%(who)s merged %(count)s customers into %(survivor)s"),
            _("merge %(count)s customers into %(survivor)s"),
            {"count": len(sources), "survivor": survivor},
        )

    def subjects(self, data: Data, preview: MergePlan | None) -> dict[str, str]:  # noqa: ARG002
        """Everyone, by what they are there."""
        numbered = {f"source-{at}": each.uuid for at, each in enumerate(_sources(data), 1)}
        return {"survivor": data["survivor_contact_uuid"].uuid, **numbered}

    def preview(self, piggy: PiggyClient, data: Data) -> MergePlan:  # noqa: ARG002
        """Plan it with what was just read."""
        return make_plan(
            propose(data["contact_uuids"]),
            survivor=data["survivor_contact_uuid"],
            sources=_sources(data),
            chosen=data["keep"],
            labels=data["labels"],
            subscribed=data["subscriptions"],
        )

    def objections(self, data: Data, preview: MergePlan) -> dict[str, str]:
        """Insist on a yes to what needs one, on choices, and on nothing being in the way."""
        if preview.stops:
            return {"contact_uuids": preview.stops[0].words}
        if objection := missing_yes(preview.checks, data["agreed"]):
            return objection
        if names := ", ".join(row.label for row in preview.undecided):
            words = gettext("These differ, and nobody has chosen: %(names)s. Nothing was sent.")
            return {"keep": words % {"names": names}}
        return {}

    def confirm_with(self, data: Data) -> str:
        """Have the end of the address of the one who goes typed; of several, how many they are."""
        sources = _sources(data)
        if len(sources) > 1:
            return str(len(data["contact_uuids"]))
        return end_of(sources[0].word, data["survivor_contact_uuid"].word)

    def perform(self, piggy: PiggyClient, data: Data) -> MergeBegun:  # noqa: ARG002
        """Let it begin: the run is made of this entry once it is done, and sends what is to do."""
        survivor = data["survivor_contact_uuid"].uuid
        return MergeBegun(survivor_uuid=survivor, contacts=len(data["contact_uuids"]))

    def page_of(self, entry: Entry) -> str:
        """Lead to the run, once there is one."""
        has_begun = entry.state in HAPPENED
        return reverse("duplicates:merge", args=[entry.submission_key]) if has_begun else ""

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:  # noqa: ARG002
        """Begin the run where nobody has yet, and see how far it is."""
        return runs.progress_of(runs.begin(entry))


# Without the pages of duplicates there is nowhere to see how far a merge is, or to let it go on.
if settings.DUPLICATES:  # pragma: no branch  (tests have them)
    register(MergeDuplicates)
