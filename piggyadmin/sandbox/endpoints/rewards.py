"""Rewards: what contacts have for credits, at once or to be collected later."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from piggyadmin.sandbox import errors, jobs, serializers
from piggyadmin.sandbox.endpoints.credits import book
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    contact_by_uuid,
    contact_key,
    identifier_of,
    one,
    shop_by_uuid,
)
from piggyadmin.sandbox.models import Contact, LoyaltyTransaction, Reward
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.system_attributes import custom_attributes
from piggyadmin.sandbox.validation import MAX_LONG_TEXT, Given

# How long a reward can be collected where it does not say itself; clients need a date (SDK).
LIFETIME = timedelta(days=90)
DIGITAL = "DIGITAL"


def _reward(uuid: str, *, for_update: bool = False) -> Reward:
    rows = Reward.objects.filter(uuid=uuid).order_by()
    return one(rows.select_for_update() if for_update else rows, errors.REWARD_NOT_FOUND)


@route("GET", "rewards")
def list_rewards(given: Given) -> Reply:
    """List the rewards; for a contact only those that it can have now."""
    contact_uuid = given.optional_text("contact_uuid")
    shop_uuid = given.optional_text("shop_uuid")
    given.check()
    if shop_uuid:
        shop_by_uuid(shop_uuid)
    rows = Reward.objects.all()
    if contact_uuid:
        balance = contact_by_uuid(contact_uuid).credits
        rows = rows.filter(is_active=True, required_credits__lte=balance)
    return Reply([serializers.reward(row) for row in rows])


@route("GET", "rewards/{reward_uuid}")
def get_reward(given: Given, reward_uuid: str) -> Reply:  # noqa: ARG001
    """Give one reward."""
    return Reply(serializers.reward(_reward(reward_uuid)))


@route("PUT", "rewards/{reward_uuid}")
def update_reward(given: Given, reward_uuid: str) -> Reply:
    """Change what is given: title, description, price and the account's own attributes."""
    row = _reward(reward_uuid, for_update=True)
    row.title = given.optional_text("title") or row.title
    if "description" in given:
        row.description = given.optional_text("description", MAX_LONG_TEXT) or ""
    price = given.optional_integer("required_credits", 0)
    row.required_credits = row.required_credits if price is None else price
    names = {each.name for each in custom_attributes("reward")}
    own = {name: value for name, value in given.values.items() if name in names}
    given.check()
    row.attributes = {**row.attributes, **own}
    row.save()
    return Reply(serializers.reward(row))


# --- Taking one ------------------------------------------------------------------------------


@route("POST", "reward-receptions")
def create_reward_reception(given: Given) -> Reply:
    """Spend a contact's credits on a reward."""
    contact_uuid, reward_uuid = given.text("contact_uuid"), given.text("reward_uuid")
    shop_uuid = given.text("shop_uuid")
    identifier = given.optional_text("contact_identifier_value")
    given.check()
    contact, shop = contact_by_uuid(contact_uuid), shop_by_uuid(shop_uuid)
    reward = _reward(reward_uuid, for_update=True)
    _take_from_stock(reward)
    row = _paid(contact, reward)
    row.shop, row.contact_identifier = shop, identifier_of(contact, identifier)
    book(row)
    return Reply(serializers.transaction(row))


def _take_from_stock(reward: Reward) -> None:
    if not reward.is_active:
        raise ApiError(errors.REWARD_INACTIVE)
    if reward.stock is None:
        return
    if reward.stock < 1:
        raise ApiError(errors.REWARD_OUT_OF_STOCK)
    reward.stock -= 1
    reward.save(update_fields=["stock"])


def _paid(contact: Contact, reward: Reward) -> LoyaltyTransaction:
    seconds = reward.expiration_duration
    lasts = timedelta(seconds=seconds) if seconds else LIFETIME
    is_digital = reward.type == DIGITAL
    return LoyaltyTransaction(
        type="digital_reward_reception" if is_digital else "reward_reception",
        contact=contact,
        credits=-reward.required_credits,
        reward=reward,
        reward_code=jobs.new_code() if is_digital else "",
        expires_at=timezone.now() + lasts,
    )


@route("POST", "reward-receptions/{reward_reception_uuid}/reverse")
def reverse_reward_reception(given: Given, reward_reception_uuid: str) -> Reply:  # noqa: ARG001
    """Give the credits of a reward back, once, and the reward to the stock."""
    row = _taken(reward_reception_uuid, errors.INVALID_INPUT)
    if LoyaltyTransaction.objects.filter(reverses=row).exists():
        raise errors.invalid("reward_reception_uuid", "It has already been reversed.")
    opposite = LoyaltyTransaction(
        contact=row.contact,
        shop=row.shop,
        credits=-row.credits,
        contact_identifier=row.contact_identifier,
        reverses=row,
    )
    book(opposite)
    Reward.objects.filter(loyaltytransaction=row, stock__isnull=False).update(stock=F("stock") + 1)
    return Reply(serializers.credit_reception(opposite))


def _taken(uuid: str, code: int) -> LoyaltyTransaction:
    rows = LoyaltyTransaction.objects.filter(uuid=uuid, reward__isnull=False).order_by()
    return one(rows.select_for_update(), code)


# --- Collecting it ---------------------------------------------------------------------------


@route("GET", "collectable-rewards")
def list_collectable_rewards(given: Given) -> Reply:
    """List what a contact has paid for, reversed rewards left out."""
    contact_uuid = given.text("contact_uuid")
    given.check()
    own = LoyaltyTransaction.objects.filter(contact=contact_key(contact_uuid))
    rows = own.filter(type="reward_reception")
    undone = LoyaltyTransaction.objects.filter(reverses__isnull=False).values("reverses")
    rows = rows.filter(reward__isnull=False).exclude(pk__in=undone)
    shown = rows.select_related("contact", "reward")
    return Reply([serializers.collectable_reward(row) for row in shown])


@route("PUT", "collectable-rewards/collect/{loyalty_transaction_uuid}")
def collect_reward(given: Given, loyalty_transaction_uuid: str) -> Reply:  # noqa: ARG001
    """Hand a reward over, once and in time."""
    row = _taken(loyalty_transaction_uuid, errors.REWARD_NOT_FOUND)
    if row.collected_at is not None:
        raise errors.invalid("loyalty_transaction_uuid", "It has already been collected.")
    if row.expires_at is not None and row.expires_at <= timezone.now():
        raise ApiError(errors.NOT_FOUND_OR_EXPIRED)
    row.collected_at = timezone.now()
    row.save(update_fields=["collected_at"])
    return Reply({"uuid": row.uuid, "status": "COLLECTED"})


@route("POST", "collectable-rewards/{loyalty_transaction_uuid}/reverse")
def reverse_collecting(given: Given, loyalty_transaction_uuid: str) -> Reply:  # noqa: ARG001
    """Take a reward back that was handed over; it can be collected again."""
    row = _taken(loyalty_transaction_uuid, errors.REWARD_NOT_FOUND)
    if row.collected_at is None:
        raise errors.invalid("loyalty_transaction_uuid", "It has not been collected.")
    row.collected_at = None
    row.save(update_fields=["collected_at"])
    return Reply({"uuid": row.uuid, "status": "REVERSED"})
