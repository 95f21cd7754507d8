"""What mail contacts want."""

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import contact_by_uuid, one
from piggyadmin.sandbox.models import Contact, Mail, Subscription, SubscriptionType
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given


@route("GET", "subscription-types")
def list_subscription_types(given: Given) -> Reply:  # noqa: ARG001
    """List the kinds of mail."""
    return Reply([serializers.subscription_type(row) for row in SubscriptionType.objects.all()])


@route("GET", "contact-subscriptions/{contact_uuid}")
def list_subscriptions(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Tell for every kind of mail whether a contact gets it."""
    contact = contact_by_uuid(contact_uuid)
    rows = Subscription.objects.filter(contact=contact)
    chosen = {row.subscription_type_id: row for row in rows}
    kinds = SubscriptionType.objects.all()
    return Reply([serializers.subscription(kind, chosen.get(kind.pk)) for kind in kinds])


@route("PUT", "contact-subscriptions/{contact_uuid}/subscribe")
def subscribe(given: Given, contact_uuid: str) -> Reply:
    """Subscribe a contact; with double opt-in a mail asks for confirmation first."""
    kind, contact = kind_of(given), contact_by_uuid(contact_uuid)
    if kind.strategy != "DOUBLE_OPT_IN":
        return choose(kind, contact, "SUBSCRIBED")
    Mail.objects.create(
        to=contact.email,
        contact=contact,
        subject=f"Confirm: {kind.name}",
        body=f"Please confirm that you want {kind.name}.",
    )
    return choose(kind, contact, "PENDING_CONFIRMATION")


@route("PUT", "contact-subscriptions/{contact_uuid}/unsubscribe")
def unsubscribe(given: Given, contact_uuid: str) -> Reply:
    """Unsubscribe a contact."""
    return choose(kind_of(given), contact_by_uuid(contact_uuid), "UNSUBSCRIBED")


def kind_of(given: Given, name: str = "subscription_type_uuid") -> SubscriptionType:
    """Find the kind of mail that is named."""
    uuid = given.text(name)
    given.check()
    return one(SubscriptionType.objects.filter(uuid=uuid), errors.SUBSCRIPTION_TYPE_NOT_FOUND)


def choose(kind: SubscriptionType, contact: Contact, status: str) -> Reply:
    """Keep a contact's choice."""
    row, _ = Subscription.objects.update_or_create(
        contact=contact, subscription_type=kind, defaults={"status": status}
    )
    return Reply(serializers.subscription(kind, row))
