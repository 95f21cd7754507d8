"""The JSON shapes of the API's objects, with the keys that the docs and the SDK name."""

from datetime import UTC, datetime
from typing import Any

from piggyadmin.sandbox.models import (
    Attribute,
    AttributeGroup,
    Automation,
    Batch,
    Booking,
    Contact,
    ContactIdentifier,
    ContactSessionToken,
    Form,
    Giftcard,
    GiftcardProgram,
    GiftcardTransaction,
    Lock,
    LoyaltyTransaction,
    Order,
    OrderReturn,
    Perk,
    PortalSession,
    PrepaidTransaction,
    Product,
    ProductCategory,
    Promotion,
    Referral,
    Reward,
    Shift,
    ShiftTeam,
    ShiftType,
    Shop,
    Subscription,
    SubscriptionType,
    Tier,
    Unit,
    Visit,
    Voucher,
    VoucherRedemption,
    WebhookSubscription,
)

Shape = dict[str, Any]

# Types whose options are chosen from.
SELECTS = ("select", "multi_select")


def moment(value: datetime | None) -> str | None:
    """Write a date-time as the API does: ISO 8601 in UTC, to the second, with its offset."""
    return value.astimezone(UTC).isoformat(timespec="seconds") if value else None


def money(cents: int) -> str:
    """Write an amount for display, as the API does."""
    sign = "-" if cents < 0 else ""
    return f"{sign}€{abs(cents) // 100}.{abs(cents) % 100:02d}"


# --- Account ---------------------------------------------------------------------------------


def shop(row: Shop) -> Shape:
    """A shop as listed."""
    return {"uuid": row.uuid, "name": row.name, "type": row.type, "reference": row.reference}


def shop_in_transaction(row: Shop) -> Shape:
    """A shop as it stands inside loyalty transactions."""
    address = {"id": row.pk, "shop_id": row.pk, **row.address}
    return {
        "id": row.pk,
        "uuid": row.uuid,
        "type": row.type,
        "name": row.name,
        "address": address,
    }


def shop_in_prepaid(row: Shop) -> Shape:
    """A shop as it stands inside prepaid transactions."""
    return {"id": row.pk, "uuid": row.uuid, "reference": row.reference, "name": row.name}


def unit(row: Unit) -> Shape:
    """A unit as listed."""
    return {
        "name": row.name,
        "label": row.label,
        "prefix": row.prefix,
        "is_default": row.is_default,
    }


def tier(row: Tier) -> Shape:
    """A tier."""
    return {
        "name": row.name,
        "description": row.description,
        "position": row.position,
        "media": row.media,
        "uuid": row.uuid,
    }


def attribute(row: Attribute) -> Shape:
    """An attribute in the short form of `contact-attributes` and its siblings."""
    return {
        "name": row.name,
        "label": row.label,
        "type": row.type,
        "description": row.description or None,
        "options": row.options,
        "is_soft_read_only": row.is_soft_read_only,
        "is_hard_read_only": row.is_hard_read_only,
        "is_piggy_defined": row.is_piggy_defined,
    }


def field_type(data_type: str) -> str:
    """Name the form field for a type of attribute."""
    return data_type if data_type in SELECTS else "text"


def custom_attribute(row: Attribute) -> Shape:
    """An attribute in the long form of `custom-attributes`."""
    options = [{**option, "description": None, "media": None} for option in row.options]
    return {
        "id": row.pk,
        "entity": row.entity,
        **attribute(row),
        "description": row.description,
        "group_name": row.group_name or None,
        "group": None,
        "field_type": field_type(row.type),
        "has_unique_value": False,
        "options": options,
        "position": row.position,
        "created_at": moment(row.created_at),
        "meta": [],
        "can_be_deleted": not row.is_piggy_defined,
        "last_used_date": None,
        "created_by_user": None,
    }


# --- Contacts' things ------------------------------------------------------------------------


def short_contact(row: Contact | None) -> Shape | None:
    """A contact as it stands inside other objects."""
    return {"uuid": row.uuid, "email": row.email} if row else None


def identifier(row: ContactIdentifier) -> Shape:
    """A contact identifier."""
    return {
        "name": row.name,
        "value": row.value,
        "active": row.active,
        "contact": short_contact(row.contact),
    }


def identifier_or_null(row: ContactIdentifier | None) -> Shape | None:
    """A contact identifier as it stands inside transactions."""
    return {"name": row.name, "value": row.value, "active": row.active} if row else None


def subscription_type(row: SubscriptionType) -> Shape:
    """A kind of mail."""
    return {
        "id": row.pk,
        "uuid": row.uuid or None,
        "name": row.name,
        "description": row.description,
        "active": row.active,
        "strategy": row.strategy,
    }


def subscription(kind: SubscriptionType, row: Subscription | None) -> Shape:
    """Whether a contact gets a kind of mail; without a choice, OPT_OUT kinds are on."""
    default = "SUBSCRIBED" if kind.strategy == "OPT_OUT" else "UNSUBSCRIBED"
    status = row.status if row else default
    return {
        "is_subscribed": status == "SUBSCRIBED",
        "status": status,
        "subscription_type": subscription_type(kind),
    }


# --- Credits ---------------------------------------------------------------------------------


def transaction(row: LoyaltyTransaction) -> Shape:
    """A loyalty transaction as listed."""
    return {
        "type": row.type,
        "uuid": row.uuid,
        "credits": row.credits,
        "created_at": moment(row.created_at),
        "contact": short_contact(row.contact),
        "shop": shop_in_transaction(row.shop),
        "contact_identifier": identifier_or_null(row.contact_identifier),
        "unit": {"id": row.unit.pk, **unit(row.unit)} if row.unit else None,
        "unit_value": None if row.unit_value is None else float(row.unit_value),
        "channel": row.channel,
        **reward_taken(row),
        **row.attributes,
    }


def reward_taken(row: LoyaltyTransaction) -> Shape:
    """What a transaction tells of the reward that it was for, if it was for one."""
    if row.reward is None:
        return {}
    told = {
        "title": row.reward.title,
        "expires_at": moment(row.expires_at),
        "has_been_collected": row.collected_at is not None,
    }
    if row.reward_code:
        code = {"code": row.reward_code}
        return {**told, "digital_reward": reward(row.reward), "digital_reward_code": code}
    return {**told, "reward": reward(row.reward)}


def reward(row: Reward) -> Shape:
    """A reward, its custom attributes beside its own keys."""
    return {
        **row.attributes,
        "id": row.pk,
        "uuid": row.uuid,
        "title": row.title,
        "description": row.description,
        "type": row.type,
        "reward_type": row.type,
        "is_active": row.is_active,
        "active": row.is_active,
        "required_credits": row.required_credits,
        "media": None,
        "cost_price": None,
        "stock": row.stock,
        "pre_redeemable": True,
        "expiration_duration": row.expiration_duration,
    }


def collectable_reward(row: LoyaltyTransaction) -> Shape:
    """A reward that was paid and is to be collected."""
    return {
        "contact": short_contact(row.contact),
        "created_at": moment(row.created_at),
        "uuid": row.uuid,
        **reward_taken(row),
    }


def credit_reception(row: LoyaltyTransaction) -> Shape:
    """A credit reception just made, with the contact's balance after it."""
    balance = {"id": row.contact.pk, "balance": row.contact.credits}
    contact = {**(short_contact(row.contact) or {}), "credit_balance": balance}
    return {**transaction(row), "contact": contact}


def prepaid_balance(cents: int) -> Shape:
    """A prepaid balance in cents and for display."""
    return {"balance_in_cents": cents, "balance": money(cents)}


def prepaid_transaction(row: PrepaidTransaction) -> Shape:
    """A prepaid transaction just made, with the contact's balance after it."""
    return {
        "uuid": row.uuid,
        "amount_in_cents": row.amount_in_cents,
        "prepaid_balance": prepaid_balance(row.contact.prepaid_cents),
        "created_at": moment(row.created_at),
        "shop": shop_in_prepaid(row.shop),
        "contact_identifier": identifier_or_null(row.contact_identifier),
    }


# --- Gift cards ------------------------------------------------------------------------------


def giftcard_program(row: GiftcardProgram) -> Shape:
    """A gift card programme."""
    return {
        "id": row.pk,
        "card_count": row.cards.count(),
        "settles": False,
        "uuid": row.uuid,
        "name": row.name,
        "active": row.active,
        "expiration_days": row.expiration_days,
        "max_amount_in_cents": row.max_amount_in_cents,
        "min_amount_in_cents": row.min_amount_in_cents,
        "calculator_flow": False,
    }


def giftcard(row: Giftcard) -> Shape:
    """A gift card."""
    return {
        "uuid": row.uuid,
        "type": "DIGITAL" if row.is_digital else "PHYSICAL",
        "hash": row.hash,
        "expiration_date": moment(row.expiration_date),
        "active": row.active,
        "upgradeable": row.upgradeable,
        "amount_in_cents": row.amount_in_cents,
        "display_amount": money(row.amount_in_cents),
        "giftcard_program": {
            "uuid": row.program.uuid,
            "name": row.program.name,
            "active": row.program.active,
        },
    }


def new_giftcard(row: Giftcard) -> Shape:
    """A gift card just made, which is told at more length."""
    until = row.expiration_date
    return {
        "id": row.pk,
        **giftcard(row),
        "amount": row.amount_in_cents / 100,
        "url": f"https://example.test/giftcards/{row.hash}",
        "formatted_expiration_date": until and f"{until:%d-%m-%Y}",
        "giftcard_recipients": [],
    }


def giftcard_transaction(row: GiftcardTransaction) -> Shape:
    """A gift card transaction; where its own attributes stand is inferred."""
    return {
        "id": row.pk,
        "uuid": row.uuid,
        "amount_in_cents": row.amount_in_cents,
        "type": "CREDIT" if row.amount_in_cents > 0 else "DEBIT",
        "settled": False,
        "card": {"id": row.card.pk, "uuid": row.card.uuid},
        "shop": {"id": row.shop.pk, "uuid": row.shop.uuid, "name": row.shop.name},
        "settlements": [],
        "custom_attributes": row.attributes or [],
        "created_at": moment(row.created_at),
    }


# --- Promotions and vouchers -----------------------------------------------------------------


def promotion(row: Promotion) -> Shape:
    """A promotion; as in PHP, a map without entries is written as a list."""
    return {
        "uuid": row.uuid,
        "name": row.name,
        "description": row.description,
        "voucher_limit": row.voucher_limit,
        "limit_per_contact": row.limit_per_contact,
        "expiration_duration": row.expiration_duration,
        "type": row.type,
        "redemptions_per_voucher": row.redemptions_per_voucher,
        "media": None,
        "attributes": row.attributes or [],
    }


def promotion_in_voucher(row: Promotion) -> Shape:
    """A promotion as it stands inside vouchers, its attributes beside its own keys too.

    The SDK reads them as an object under `attributes`, and fails where that is missing.
    """
    return {**row.attributes, **promotion(row), "attributes": row.attributes}


def uses(row: Voucher) -> Shape:
    """How often a voucher was redeemed, and may be; nothing is left of one that is REDEEMED."""
    allowed = row.total_redemptions_allowed
    times = allowed if row.redeemed_at else int(getattr(row, "uses", 0))
    return {
        "total_redemptions_allowed": allowed,
        "times_redeemed": times,
        "redemptions_remaining": max(allowed - times, 0),
    }


def voucher(row: Voucher, now: datetime, *, is_locked: bool) -> Shape:
    """A voucher, its status as it is `now`; the row must know its `uses`."""
    return {
        "uuid": row.uuid,
        "code": row.code,
        "status": row.status_at(now, is_locked=is_locked),
        "name": row.promotion.name,
        "description": row.promotion.description,
        "expiration_date": moment(row.expiration_date),
        "activation_date": moment(row.activation_date),
        "redeemed_at": moment(row.redeemed_at),
        "is_redeemed": row.redeemed_at is not None,
        **uses(row),
        "attributes": row.attributes,
        "contact": short_contact(row.contact),
        "promotion": promotion_in_voucher(row.promotion),
    }


def redemption(row: VoucherRedemption) -> Shape:
    """One use of a voucher."""
    return {"uuid": row.uuid, "created_at": moment(row.created_at)}


def lock(row: Lock) -> Shape:
    """A voucher's lock, with the key that releases it."""
    return {
        "release_key": row.release_key,
        "locked_at": moment(row.locked_at),
        "unlocked_at": moment(row.unlocked_at),
        "system_release_at": moment(row.system_release_at),
    }


def batch(row: Batch) -> Shape:
    """A voucher batch; its time has no zone and no seconds, unlike all others."""
    return {
        "uuid": row.uuid,
        "type": "vouchers",
        "quantity": row.quantity,
        "status": row.status,
        "created_at": row.created_at.astimezone(UTC).strftime("%Y-%m-%d, %H:%M"),
    }


# --- Perks, products, forms, bookings --------------------------------------------------------


def perk(row: Perk) -> Shape:
    """A perk."""
    return {
        "uuid": row.uuid,
        "label": row.label,
        "name": row.name,
        "data_type": row.data_type,
        "options": row.options,
    }


def category(row: ProductCategory) -> Shape:
    """A product category."""
    return {
        "uuid": row.uuid,
        "external_identifier": row.external_identifier,
        "name": row.name,
    }


def product(row: Product) -> Shape:
    """A product with its categories."""
    return {
        "uuid": row.uuid,
        "external_identifier": row.external_identifier,
        "name": row.name,
        "description": row.description or None,
        "categories": [category(each) for each in row.categories.all()],
    }


def form(row: Form) -> Shape:
    """A form."""
    return {
        "uuid": row.uuid,
        "name": row.name,
        "status": row.status,
        "type": row.type,
        "url": row.url,
    }


def booking(row: Booking | Visit) -> Shape:
    """A booking or a visit; what else there is of a booking is not echoed, as documented."""
    return {
        "uuid": row.uuid,
        "contact": short_contact(row.contact),
        "external_id": row.external_id or None,
        "source": row.source or None,
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
        "created_at": moment(row.created_at),
    }


# --- Orders ----------------------------------------------------------------------------------


def order(row: Order) -> Shape:
    """An order; where its charges are summed up, the docs' sample has them too."""
    return {
        "uuid": row.uuid,
        "external_identifier": row.external_identifier,
        "reference": row.reference or None,
        "currency": row.currency,
        "status": row.status,
        "payment_status": row.payment_status,
        "formatted_total_order_amount": money(row.total_order_amount),
        "order_amount": row.order_amount,
        "total_charges_amount": sum(each["total_amount"] for each in row.charges),
        "total_discount_amount": row.total_discount_amount,
        "total_order_amount": row.total_order_amount,
        "paid_at": moment(row.paid_at),
        "completed_at": moment(row.completed_at),
        "contact": short_contact(row.contact),
        "business_profile": {"uuid": row.shop.uuid, "name": row.shop.name},
        "line_items": row.line_items,
        "applied_discounts": row.applied_discounts,
        "charges": row.charges,
        "payments": row.payments,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def order_return(row: OrderReturn) -> Shape:
    """What came back of an order."""
    identifiers = {"uuid": row.order.uuid, "external_identifier": row.order.external_identifier}
    return {
        "uuid": row.uuid,
        "external_identifier": row.external_identifier,
        "status": row.status,
        "order": identifiers,
        "line_item_returns": row.line_item_returns,
        "sub_line_item_returns": row.sub_line_item_returns,
        "created_at": moment(row.created_at),
    }


# --- Shifts ----------------------------------------------------------------------------------


def shift_team(row: ShiftTeam) -> Shape:
    """A team."""
    return {
        "uuid": row.uuid,
        "name": row.name,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def shift_type(row: ShiftType) -> Shape:
    """A kind of shift."""
    return {
        "uuid": row.uuid,
        "name": row.name,
        "description": row.description,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def shift(row: Shift) -> Shape:
    """A shift; its net duration leaves the break out."""
    minutes = int((row.ended_at - row.started_at).total_seconds()) // 60
    return {
        "uuid": row.uuid,
        "contact": short_contact(row.contact),
        "external_id": row.external_id,
        "team_uuid": row.team.uuid if row.team else None,
        "shift_type_uuid": row.shift_type.uuid if row.shift_type else None,
        "status": row.status,
        "break_in_minutes": row.break_in_minutes,
        "net_duration_in_minutes": max(0, minutes - row.break_in_minutes),
        "started_at": moment(row.started_at),
        "ended_at": moment(row.ended_at),
        "created_at": moment(row.created_at),
    }


# --- What runs by itself, and who is told ----------------------------------------------------


def automation(row: Automation) -> Shape:
    """An automation."""
    return {
        "uuid": row.uuid,
        "event": row.event,
        "name": row.name,
        "status": row.status,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def webhook(row: WebhookSubscription) -> Shape:
    """A webhook subscription, without its secret."""
    return {
        "uuid": row.uuid,
        "name": row.name,
        "event_type": row.event_type,
        "url": row.url,
        "status": row.status,
        "version": "V1",
        "created_at": moment(row.created_at),
    }


def portal_session(row: PortalSession) -> Shape:
    """A portal session."""
    return {
        "uuid": row.uuid,
        "url": f"https://example.test/portal-sessions/{row.uuid}",
        "contact": {"uuid": row.contact.uuid} if row.contact else None,
        "shop": shop_in_prepaid(row.shop),
        "events": [],
        "created_at": moment(row.created_at),
    }


def session_token(row: ContactSessionToken) -> Shape:
    """A contact's session token."""
    return {
        "token": row.token,
        "contact": short_contact(row.contact),
        "status": "used" if row.used_at else "active",
    }


def referral(row: Referral) -> Shape:
    """A referral."""
    return {
        "uuid": row.uuid,
        "referring_contact": short_contact(row.referring_contact),
        "referred_contact": short_contact(row.referred_contact),
        "status": row.status,
    }


def attribute_group(row: AttributeGroup) -> Shape:
    """A group of attributes."""
    return {
        "entity": row.entity,
        "name": row.name,
        "label": row.label,
        "created_at": moment(row.created_at),
    }
