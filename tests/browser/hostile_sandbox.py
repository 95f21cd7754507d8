"""A process with a sandbox's settings: puts hostile markup into every text that Piggy holds."""

import django

django.setup()

from django.apps import apps  # noqa: E402

from piggyadmin.sandbox import seed  # noqa: E402
from piggyadmin.sandbox.models import Attribute, Contact  # noqa: E402
from tests.browser.hostile import payload, poison  # noqa: E402

# Words by which the sandbox itself goes, and its own affairs.
LEFT_ALONE = {
    "Attribute.entity",
    "Attribute.name",
    "Attribute.type",
    "Batch.status",
    "LoyaltyTransaction.type",
    "Perk.data_type",
    "Promotion.type",
    "Subscription.status",
    "SubscriptionType.strategy",
    "SubscriptionType.uuid",
}
OWN_AFFAIRS = {"AccessToken", "Faults", "Job", "Lock", "Seeding"}
KNOWN = {value for name, value in vars(seed).items() if name.endswith("_UUID")}


def main() -> None:
    """Do it, to well-known records too; only their UUIDs and every other one's stay."""
    for model in apps.get_app_config("sandbox").get_models():
        if model.__name__ in OWN_AFFAIRS:
            continue
        uuid = {f"{model.__name__}.uuid"}
        for row in model._default_manager.all():
            keeps_uuid = getattr(row, "uuid", "") in KNOWN or row.pk % 2
            poison([row], LEFT_ALONE | (uuid if keeps_uuid else set()))
    add_attributes()


def add_attributes() -> None:
    """Have attributes of every kind whose names are markup as well, with values in contacts."""
    kinds = ("text", "long_text", "select", "multi_select", "url", "email", "boolean", "date")
    names = [payload(f"name.{kind}", 220, turn) for turn, kind in enumerate(kinds)]
    for name, kind in zip(names, kinds, strict=True):
        options = [{"label": payload("option", 220, n), "value": f"{name}{n}"} for n in range(3)]
        is_select = "select" in kind
        Attribute.objects.create(
            entity="contact",
            name=name,
            label=payload(f"label.{kind}", 255),
            description=payload(f"description.{kind}", 800),
            placeholder=payload(f"placeholder.{kind}", 255, 2),
            type=kind,
            options=options if is_select else [],
        )
    for contact in Contact.objects.filter(uuid__in=KNOWN):
        values = {name: payload("value", 800) for name in names}
        Contact.objects.filter(pk=contact.pk).update(attributes=contact.attributes | values)


if __name__ == "__main__":
    main()
