"""Shops, units, tiers and the loyalty program."""

from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.errors import UNIT_EXISTS, ApiError
from piggyadmin.sandbox.lookups import contact_by_uuid, shop_by_uuid
from piggyadmin.sandbox.models import LoyaltyProgram, Shop, Tier, Unit
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

BRAND_KIT = {
    "small_logo_url": "https://example.test/logo-small.png",
    "large_logo_url": "https://example.test/logo-large.png",
    "cover_image_url": None,
    "primary_color": "#3b2f2f",
    "secondary_color": "#f5e6d3",
    "tertiary_color": "#c08552",
    "quarternary_color": "#ffffff",  # as the docs spell it
    "quaternary_color": "#ffffff",  # as the SDK reads it
    "font_color": "#000000",
    "font_family": "Inter",
    "corner_theme": "ROUNDED",
    "description": "Coffee, and what goes with it",
}


@route("GET", "shops")
def list_shops(given: Given) -> Reply:  # noqa: ARG001
    """List all shops."""
    return Reply([serializers.shop(row) for row in Shop.objects.all()])


@route("GET", "shops/{shop_uuid}")
def get_shop(given: Given, shop_uuid: str) -> Reply:  # noqa: ARG001
    """Give one shop."""
    return Reply(serializers.shop(shop_by_uuid(shop_uuid)))


@route("GET", "units")
def list_units(given: Given) -> Reply:  # noqa: ARG001
    """List the units that purchases can be counted in."""
    return Reply([serializers.unit(row) for row in Unit.objects.all()])


@route("POST", "units")
def create_unit(given: Given) -> Reply:
    """Add a unit; a new default takes the place of the old one."""
    name, label = given.text("name"), given.text("label")
    is_default = given.optional_boolean("is_default") or False
    prefix = given.optional_text("prefix", 20)
    given.check()
    if Unit.objects.filter(name=name).exists():
        raise ApiError(UNIT_EXISTS)
    if is_default:
        Unit.objects.update(is_default=False)
    row = Unit.objects.create(
        name=name, label=label, is_default=is_default, prefix=prefix or name[:1]
    )
    program = LoyaltyProgram.objects.first()
    created_at = row.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Reply(
        {
            "loyalty_program_id": program.pk if program else None,
            **serializers.unit(row),
            "format": None,
            "updated_at": created_at,
            "created_at": created_at,
            "id": row.pk,
        }
    )


@route("GET", "brand-kit")
def get_brand_kit(given: Given) -> Reply:  # noqa: ARG001
    """Give the account's looks, as they were set up in Piggy's dashboard."""
    return Reply(BRAND_KIT)


@route("GET", "tiers")
def list_tiers(given: Given) -> Reply:  # noqa: ARG001
    """List the tiers, lowest first."""
    return Reply([serializers.tier(row) for row in Tier.objects.all()])


@route("GET", "contacts/{contact_uuid}/tier")
def get_contact_tier(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Give the tier a contact is in, null for none."""
    tier = contact_by_uuid(contact_uuid).tier
    return Reply(serializers.tier(tier) if tier else None)


@route("GET", "loyalty-program")
def get_loyalty_program(given: Given) -> Reply:  # noqa: ARG001
    """Give the account's programme with its default unit."""
    row = LoyaltyProgram.objects.first()
    unit = Unit.objects.filter(is_default=True).first()
    if row is None:
        return Reply(None)
    return Reply(
        {
            "id": row.pk,
            "name": row.name,
            "max_amount": row.max_amount,
            "custom_credit_name": row.custom_credit_name or None,
            "unit": {"name": unit.name, "label": unit.label, "prefix": unit.prefix}
            if unit
            else None,
        }
    )
