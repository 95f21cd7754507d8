"""Promotions: they can be made and read, neither changed nor deleted."""

from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.lookups import promotion_by_uuid
from piggyadmin.sandbox.models import Promotion
from piggyadmin.sandbox.responses import Reply, Slice
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.system_attributes import custom_attributes
from piggyadmin.sandbox.validation import MAX_LONG_TEXT, Given

TYPES = ("SINGLE_USE", "MULTI_USE")


@route("GET", "promotions")
def list_promotions(given: Given) -> Reply:
    """List promotions; page and limit are heeded, but no `meta` tells of them."""
    part = Slice.read(given, default=30)
    given.check()
    page = part.of(Promotion.objects.all(), Promotion.objects.all())
    return Reply([serializers.promotion(row) for row in page.rows])


@route("GET", "promotions/{promotion_uuid}")
def get_promotion(given: Given, promotion_uuid: str) -> Reply:  # noqa: ARG001
    """Give one promotion."""
    return Reply(serializers.promotion(promotion_by_uuid(promotion_uuid)))


@route("POST", "promotions")
def create_promotion(given: Given) -> Reply:
    """Add a promotion; `expiration_duration` is in seconds."""
    names = {each.name for each in custom_attributes("promotion")}
    row = Promotion(
        name=given.text("name"),
        description=given.text("description", MAX_LONG_TEXT),
        voucher_limit=given.optional_integer("voucher_limit", 0),
        limit_per_contact=given.optional_integer("limit_per_contact", 0),
        expiration_duration=given.optional_integer("expiration_duration", 0),
        type=given.optional_choice("type", TYPES) or "SINGLE_USE",
        redemptions_per_voucher=given.optional_integer("redemptions_per_voucher", 1),
        attributes={name: value for name, value in given.values.items() if name in names},
    )
    given.check()
    row.save()
    return Reply(serializers.promotion(row))
