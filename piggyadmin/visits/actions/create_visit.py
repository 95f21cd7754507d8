"""Noting a visit."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    clocks_differ,
    done,
    has_settled,
    not_done,
    undecided,
    window,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.types import every_item
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.templatetags.ui import in_words
from piggyadmin.visits import services
from piggyadmin.visits.forms import CHANGEABLE, VisitDetailsForm
from piggyadmin.visits.types import Visit

# How many of a contact's visits are looked through for one whose answer was lost.
MOST_VISITS = 2_000
VISITS_PAGE = 100


class CreateVisitForm(VisitDetailsForm):
    """Who was where and when."""

    field_order = ("contact_uuid", "shop_uuid")
    contact_uuid = ContactField()
    shop_uuid = ShopField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Most are noted while the customer is there.
        self.fields["starts_at"].initial = timezone.now


@register
class CreateVisit(Action[Visit, None]):
    """Note a visit."""

    slug = "create-visit"
    entity = "visits"
    label = _("Note a visit")
    summary = _("A customer was at a shop. Automations at Piggy may follow from it.")
    button = _("Note the visit")
    icon = "footprints"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateVisitForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "starts_at": "2025-04-01T12:00",
        "ends_at": "2025-04-01T12:45",
    }
    result_template = "visits/_saved.html"
    result_type = Visit

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose, and where."""
        return Sentence(
            _("%(who)s noted a visit of %(customer)s at %(shop)s"),
            _("note a visit of %(customer)s at %(shop)s"),
            {"customer": matter.customer(), "shop": matter.shop()},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Visit:
        """Note it; where nobody gave it a number, the console's own reference is its number."""
        sent = {name: data[name] for name in CHANGEABLE if data.get(name)}
        reference = None if "external_id" in sent else own_reference.take(piggy)
        return services.create_visit(
            piggy,
            shop_uuid=data["shop_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
            **{"external_id": reference, **sent},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look among the contact's visits for the number that it was given: each counts once."""
        number = own_reference.written(entry) or entry.data.get("external_id")
        if not number:
            return undecided(gettext("It was given no number, by which it could be found."))
        looked_through = list(islice(_visits_of(piggy, entry), MOST_VISITS + 1))
        for visit in looked_through:
            if visit.external_id == number:
                return _judge(piggy, entry, visit)
        if len(looked_through) > MOST_VISITS:
            return undecided(gettext("The customer has more visits than can be looked at."))
        if not has_settled(entry):
            return undecided(gettext("Piggy has no such visit yet. It may still be at it."))
        return not_done(gettext("Piggy has no such visit."))


def _visits_of(piggy: PiggyClient, entry: Entry) -> Iterator[Visit]:
    uuid = entry.data["contact_uuid"]
    return every_item(
        lambda page: services.list_visits(piggy, contact_uuid=uuid, page=page, limit=VISITS_PAGE)
    )


def _judge(piggy: PiggyClient, entry: Entry, visit: Visit) -> Finding:
    """Judge the visit of this number: a person's own number may have been there before."""
    evidence = Evidence(
        what=gettext("Visit %(uuid)s") % {"uuid": visit.uuid},
        value=in_words(visit.starts_at) if visit.starts_at else "",
        at=visit.created_at,
        fits=True,
    )
    if visit.contact is None or visit.contact.uuid != entry.data["contact_uuid"]:
        return undecided(gettext("The visit of this number is another customer's."), evidence)
    if own_reference.written(entry):
        return done(gettext("Piggy has this visit."), evidence, result=visit)
    clock = difference(piggy.account)
    if not clock.is_trusted or visit.created_at is None:
        return undecided(clocks_differ(clock), evidence)
    if visit.created_at < window(entry, clock)[0]:
        return not_done(gettext("A visit of this number was there before."), evidence)
    return done(gettext("Piggy has this visit."), evidence, result=visit)
