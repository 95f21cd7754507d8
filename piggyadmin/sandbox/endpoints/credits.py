"""Credit receptions and loyalty transactions.

Rules: a unit value earns `credits_per_unit` of its unit, rounded towards zero; `credits` given by
hand bypass that. One reception gives at most the programme's `max_amount` (1015). A balance never
falls below zero: what would take it there is refused with 1017 (inferred).
"""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import F, QuerySet

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    by_creation,
    contact_by_uuid,
    contact_key,
    identifier_of,
    one,
    optional_contact,
    shop_by_uuid,
)
from piggyadmin.sandbox.models import (
    Contact,
    LoyaltyProgram,
    LoyaltyTransaction,
    PosTransaction,
    Shop,
    Unit,
)
from piggyadmin.sandbox.responses import Reply, Slice, meta_a
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.system_attributes import custom_attributes
from piggyadmin.sandbox.validation import MAX_INTEGER, Given

# The word of the filter, and the types that rows have.
TYPES = {
    "credit_receptions": ("credit_reception",),
    "reward_receptions": ("reward_reception", "digital_reward_reception"),
}


@route("POST", "credit-receptions")
def create_credit_reception(given: Given) -> Reply:
    """Give credits, as a number or for a unit value."""
    shop_uuid, contact_uuid = given.text("shop_uuid"), given.text("contact_uuid")
    amount = given.optional_integer("credits")
    unit_value = given.optional_number("unit_value")
    unit_name = given.optional_text("unit_name")
    identifier = given.optional_text("contact_identifier_value")
    if given.get("credits") is None and given.get("unit_value") is None:
        for name in ("credits", "unit_value"):
            given.reject(name, f"The {name} field is required.")
    given.check()
    shop = shop_by_uuid(shop_uuid)
    contact = contact_by_uuid(contact_uuid)
    program = _program(shop)
    unit = _unit(unit_name, needed=unit_value is not None)
    row = LoyaltyTransaction(
        contact=contact,
        shop=shop,
        unit=unit,
        unit_value=unit_value if unit_value is None else unit_value.quantize(Decimal("0.01")),
        credits=_credits(unit, unit_value or Decimal()) if amount is None else amount,
        contact_identifier=identifier_of(contact, identifier),
        pos_transaction_uuid=_pos_transaction(given),
        attributes=_attributes(given),
    )
    if program.max_amount is not None and row.credits > program.max_amount:
        raise ApiError(errors.MAXIMUM_CREDITS)
    book(row)
    return Reply(serializers.credit_reception(row))


def earned(contact: Contact, shop: Shop, unit_value: Decimal) -> LoyaltyTransaction:
    """Make the reception that an amount in the default unit earns, without booking it."""
    _program(shop)
    unit = _unit(None, needed=True)
    amount = _credits(unit, unit_value)
    return LoyaltyTransaction(
        contact=contact, shop=shop, unit=unit, unit_value=unit_value, credits=amount
    )


def _program(shop: Shop) -> LoyaltyProgram:
    if not shop.has_loyalty_program:
        raise ApiError(errors.SHOP_WITHOUT_PROGRAM)
    return one(LoyaltyProgram.objects.filter(active=True), errors.PROGRAM_NOT_ACTIVE)


def _unit(name: str | None, *, needed: bool) -> Unit | None:
    """Find the unit by name, or the account's default."""
    if name is not None:
        return one(Unit.objects.filter(name=name), errors.UNIT_NOT_FOUND)
    unit = Unit.objects.filter(is_default=True).first()
    if unit is None and needed:
        raise ApiError(errors.NO_DEFAULT_UNIT)
    return unit


def _credits(unit: Unit | None, value: Decimal) -> int:
    """Work out what a value earns."""
    rate = unit.credits_per_unit if unit else Decimal(1)
    earned = int((value * rate).to_integral_value(ROUND_DOWN))
    if abs(earned) > MAX_INTEGER:
        raise errors.invalid("unit_value", "The unit_value is too large.")
    return earned


def _pos_transaction(given: Given) -> str:
    """Read the till's transaction, which the SDK calls `pos_transaction_id`; it counts once."""
    value = given.optional_text("pos_transaction_uuid")
    value = value or given.optional_text("pos_transaction_id")
    given.check()
    if value is None:
        return ""
    one(PosTransaction.objects.filter(uuid=value), errors.POS_TRANSACTION_NOT_FOUND)
    if LoyaltyTransaction.objects.filter(pos_transaction_uuid=value).exists():
        raise ApiError(errors.POS_TRANSACTION_USED)
    return value


def _attributes(given: Given) -> dict[str, Any]:
    """Pick the loyalty transaction attributes out of the other keys."""
    names = {each.name for each in custom_attributes("loyalty_transaction")}
    return {name: value for name, value in given.values.items() if name in names}


def book(row: LoyaltyTransaction) -> None:
    """Change the balance and write the transaction, in one step that cannot be overtaken."""
    enough = Contact.objects.filter(pk=row.contact_id, credits__gte=-row.credits)
    within = enough.filter(credits__lte=MAX_INTEGER - max(row.credits, 0))
    if not within.update(credits=F("credits") + row.credits):
        raise ApiError(errors.NOT_ENOUGH_CREDITS if row.credits < 0 else errors.MAXIMUM_CREDITS)
    row.contact.refresh_from_db(fields=["credits"])
    row.save()


@route("POST", "credit-receptions/{credit_reception_uuid}/reverse")
def reverse_credit_reception(given: Given, credit_reception_uuid: str) -> Reply:  # noqa: ARG001
    """Book the opposite of a credit reception, once."""
    rows = LoyaltyTransaction.objects.filter(uuid=credit_reception_uuid, type="credit_reception")
    row = one(rows.order_by().select_for_update(), errors.CREDIT_RECEPTION_NOT_FOUND)
    if row.reverses_id or LoyaltyTransaction.objects.filter(reverses=row).exists():
        raise errors.invalid(
            "credit_reception_uuid", "The credit reception has already been reversed."
        )
    opposite = LoyaltyTransaction(
        contact=row.contact,
        shop=row.shop,
        unit=row.unit,
        unit_value=None if row.unit_value is None else -row.unit_value,
        credits=-row.credits,
        contact_identifier=row.contact_identifier,
        attributes=row.attributes,
        reverses=row,
    )
    book(opposite)
    return Reply(serializers.credit_reception(opposite))


@route("GET", "credit-receptions/calculate")
def calculate_credits(given: Given) -> Reply:
    """Tell what a unit value would earn, without booking it."""
    shop_uuid = given.text("shop_uuid")
    unit_value = given.optional_number("unit_value")
    if unit_value is None and "unit_value" not in given.errors:
        given.reject("unit_value", "The unit_value field is required.")
    contact_uuid = given.optional_text("contact_uuid")
    unit_name = given.optional_text("unit_name")
    given.check()
    _program(shop_by_uuid(shop_uuid))
    optional_contact(contact_uuid)
    unit = _unit(unit_name, needed=True)
    return Reply({"credits": _credits(unit, unit_value or Decimal())})


@route("GET", "loyalty-transactions")
def list_loyalty_transactions(given: Given) -> Reply:
    """List transactions, the newest first, by contact, shop and type where wanted."""
    part = Slice.read(given, default=10, least=0)
    rows = _filtered(given)
    shown = LoyaltyTransaction.objects.select_related(
        "contact", "shop", "unit", "contact_identifier", "reward"
    )
    page = part.of(rows, shown)
    return Reply([serializers.transaction(row) for row in page.rows], meta_a(page))


def _filtered(given: Given) -> QuerySet[LoyaltyTransaction]:
    contact_uuid = given.optional_text("contact_uuid")
    shop_uuid = given.optional_text("shop_uuid")
    kind = given.optional_choice("type", TYPES)
    rows = by_creation(given, LoyaltyTransaction.objects.all())
    given.check()
    if contact_uuid:
        rows = rows.filter(contact=contact_key(contact_uuid))
    if shop_uuid:
        rows = rows.filter(shop=shop_by_uuid(shop_uuid))
    return rows.filter(type__in=TYPES[kind]) if kind else rows
