"""A process with a sandbox's settings: puts hostile markup into every text that Piggy holds.

Over the API, where that takes it; into the tables what no call can write.
"""

import os

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.db import models  # noqa: E402

from piggyadmin.sandbox import seed  # noqa: E402
from tests.browser import hostile_api  # noqa: E402
from tests.browser.hostile import MARK, poison, texts_of  # noqa: E402
from tests.sandbox.server import SandboxServer  # noqa: E402

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
    server = SandboxServer()
    server.url = f"http://127.0.0.1:{os.environ['PORT']}"
    hostile_api.write(server)
    for model in apps.get_app_config("sandbox").get_models():
        if model.__name__ in OWN_AFFAIRS:
            continue
        uuid = {f"{model.__name__}.uuid"}
        for row in model._default_manager.all():
            keeps_uuid = getattr(row, "uuid", "") in KNOWN or row.pk % 2
            poison([row], LEFT_ALONE | written(row) | (uuid if keeps_uuid else set()))


def written(row: models.Model) -> set[str]:
    """Name the fields that hold markup already, which came over the API."""
    return {
        f"{type(row).__name__}.{field.name}"
        for field in texts_of(type(row), LEFT_ALONE)
        if not isinstance(field, models.JSONField) and MARK in str(getattr(row, field.name))
    }


if __name__ == "__main__":
    main()
