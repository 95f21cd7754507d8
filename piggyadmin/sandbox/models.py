"""What the pretended Piggy remembers.

Amounts are integers: credits, or cents where the name says so. Times are stored in UTC. UUIDs are
opaque strings, as the API treats them. Nothing here is ever real: the whole database can be
thrown away.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone


def new_uuid() -> str:
    """Make an identifier as the API gives them out."""
    return str(uuid4())


class Record(models.Model):
    """A row that the API names by a UUID."""

    uuid = models.CharField(max_length=64, unique=True, default=new_uuid)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.uuid


# --- The account -----------------------------------------------------------------------------


class Shop(Record):
    """A place where contacts receive credits: `physical` or `web`."""

    name = models.CharField(max_length=255)
    type = models.CharField(max_length=20, default="physical")
    reference = models.CharField(max_length=255, blank=True)
    # Keys as in the API: street, house_number, postal_code, city, country, …
    address = models.JSONField(default=dict, blank=True)
    has_loyalty_program = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)


class Unit(models.Model):
    """What a unit value counts, such as the purchase amount, and the credits one of it earns."""

    name = models.CharField(max_length=255, unique=True)
    label = models.CharField(max_length=255)
    prefix = models.CharField(max_length=20, blank=True)
    is_default = models.BooleanField(default=False)
    credits_per_unit = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class LoyaltyProgram(models.Model):
    """The account's one programme; `max_amount` caps the credits of a single reception."""

    name = models.CharField(max_length=255)
    max_amount = models.IntegerField(null=True, blank=True)
    custom_credit_name = models.CharField(max_length=255, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Tier(Record):
    """A level within the loyalty programme, lowest position first."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    position = models.IntegerField(default=1)
    media = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")


class AttributeGroup(models.Model):
    """A heading under which attributes of an entity stand."""

    entity = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    label = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("entity", "name"), name="attribute_group_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"


class Attribute(models.Model):
    """An attribute of an entity: `contact`, `voucher`, `loyalty_transaction` and the like."""

    entity = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    label = models.CharField(max_length=255)
    type = models.CharField(max_length=40)
    description = models.TextField(blank=True)
    # A list of {"label": …, "value": …}; empty unless the type is a select.
    options = models.JSONField(default=list, blank=True)
    placeholder = models.CharField(max_length=255, blank=True)
    group_name = models.CharField(max_length=255, blank=True)
    position = models.IntegerField(default=0)
    is_piggy_defined = models.BooleanField(default=False)
    is_soft_read_only = models.BooleanField(default=False)
    is_hard_read_only = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=("entity", "name"), name="attribute_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"


# --- Contacts --------------------------------------------------------------------------------


class Contact(Record):
    """A person in the programme; one that was merged away or deleted is simply not there."""

    # Always lower case; anonymous contacts have a made-up address.
    email = models.CharField(max_length=254, unique=True)
    # Writable values by attribute name: firstname, lastname, phonenumber, birthdate, address, …
    attributes = models.JSONField(default=dict, blank=True)
    credits = models.IntegerField(default=0)  # equals the sum of the contact's transactions
    prepaid_cents = models.IntegerField(default=0)  # likewise, of the prepaid transactions
    is_anonymous = models.BooleanField(default=False)
    channel = models.CharField(max_length=40, default="OAUTH_API")
    status = models.CharField(max_length=20, default="ACTIVE")
    tier = models.ForeignKey(Tier, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=("created_at", "id"), name="contact_by_age")]


class ContactIdentifier(models.Model):
    """A card or other value that stands for a contact; it may belong to nobody yet."""

    value = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255, blank=True)
    active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="identifiers"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.value


class SubscriptionType(models.Model):
    """A kind of mail one may want; without a UUID the API cannot address it."""

    uuid = models.CharField(max_length=64, blank=True, default=new_uuid)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    strategy = models.CharField(max_length=20, default="OPT_IN")  # OPT_OUT, DOUBLE_OPT_IN

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A contact's own choice; without a row the type's strategy decides."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="subscriptions")
    subscription_type = models.ForeignKey(SubscriptionType, models.CASCADE)
    # SUBSCRIBED, UNSUBSCRIBED or PENDING_CONFIRMATION
    status = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("contact", "subscription_type"), name="subscription_once"
            ),
        ]

    def __str__(self) -> str:
        return self.status


class Referral(Record):
    """One contact who brought another one."""

    referring_contact = models.ForeignKey(Contact, models.CASCADE, related_name="referrals")
    referred_contact = models.ForeignKey(Contact, models.CASCADE, related_name="referred_by")
    status = models.CharField(max_length=20, default="pending")  # then completed or failed
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


# --- Credits and prepaid ---------------------------------------------------------------------


class PosTransaction(Record):
    """A sale that a till reported; credits can be given for it once."""

    shop = models.ForeignKey(Shop, models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)


class ClaimedToken(models.Model):
    """A receipt whose credits were claimed by its loyalty token."""

    shop = models.ForeignKey(Shop, models.CASCADE)
    unique_id = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("shop", "unique_id"), name="token_claimed_once"),
        ]

    def __str__(self) -> str:
        return self.unique_id


class Reward(Record):
    """What contacts can have for credits: PHYSICAL, or DIGITAL and then a code."""

    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    type = models.CharField(max_length=20, default="PHYSICAL")
    is_active = models.BooleanField(default=True)
    required_credits = models.IntegerField()
    stock = models.IntegerField(null=True, blank=True)
    expiration_duration = models.IntegerField(null=True, blank=True)  # seconds
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)


class LoyaltyTransaction(Record):
    """Credits given to or taken from a contact; a reversal is a second, negated one."""

    type = models.CharField(max_length=40, default="credit_reception")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="transactions")
    shop = models.ForeignKey(Shop, models.PROTECT)
    credits = models.IntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    unit_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    contact_identifier = models.ForeignKey(
        ContactIdentifier, models.SET_NULL, null=True, blank=True
    )
    pos_transaction_uuid = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=40, default="OAUTH_API")
    attributes = models.JSONField(default=dict, blank=True)
    reverses = models.OneToOneField("self", models.SET_NULL, null=True, blank=True)
    # Of a reward that was taken: which, until when it can be collected, and a digital one's code.
    reward = models.ForeignKey(Reward, models.SET_NULL, null=True, blank=True)
    reward_code = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    collected_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("-created_at", "-id"), name="transaction_by_age"),
            models.Index(fields=("contact", "-created_at"), name="transaction_by_contact"),
            models.Index(fields=("shop", "-created_at"), name="transaction_by_shop"),
        ]


class PrepaidTransaction(Record):
    """Prepaid money in (positive) or out (negative), in cents."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="prepaid_transactions")
    shop = models.ForeignKey(Shop, models.PROTECT)
    amount_in_cents = models.IntegerField()
    contact_identifier = models.ForeignKey(
        ContactIdentifier, models.SET_NULL, null=True, blank=True
    )
    reverses = models.OneToOneField("self", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("-created_at", "-id"), name="prepaid_by_age")]


# --- Gift cards ------------------------------------------------------------------------------


class GiftcardProgram(Record):
    """What gift cards belong to: the least and most that a card may hold, and how long it lasts."""

    name = models.CharField(max_length=255)
    active = models.BooleanField(default=True)
    min_amount_in_cents = models.IntegerField(default=0)
    max_amount_in_cents = models.IntegerField(null=True, blank=True)
    expiration_days = models.IntegerField(null=True, blank=True)

    class Meta:
        ordering = ("id",)


class Giftcard(Record):
    """A card with money on it, made with none; one that is not `upgradeable` is filled once."""

    program = models.ForeignKey(GiftcardProgram, models.PROTECT, related_name="cards")
    is_digital = models.BooleanField(default=True)
    hash = models.CharField(max_length=64, unique=True)
    amount_in_cents = models.IntegerField(default=0)  # equals the sum of the card's transactions
    active = models.BooleanField(default=True)
    upgradeable = models.BooleanField(default=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


class GiftcardTransaction(Record):
    """Money put on a gift card (positive) or spent from it (negative), in cents."""

    card = models.ForeignKey(Giftcard, models.CASCADE, related_name="transactions")
    shop = models.ForeignKey(Shop, models.PROTECT)
    amount_in_cents = models.IntegerField()
    attributes = models.JSONField(default=dict, blank=True)
    reverses = models.OneToOneField("self", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


# --- Promotions and vouchers -----------------------------------------------------------------


class Promotion(Record):
    """What vouchers are made of; `expiration_duration` is in seconds."""

    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    voucher_limit = models.IntegerField(null=True, blank=True)
    limit_per_contact = models.IntegerField(null=True, blank=True)
    expiration_duration = models.IntegerField(null=True, blank=True)
    type = models.CharField(max_length=20, default="SINGLE_USE")
    redemptions_per_voucher = models.IntegerField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)


class Batch(Record):
    """A number of vouchers promised and, once its job is due, made."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="batches")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True)
    quantity = models.IntegerField()
    activation_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=20, default="PENDING")  # then DONE
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=("promotion", "status"), name="batch_by_promotion")]


_USES = """
    SELECT COUNT(*) FROM sandbox_voucherredemption AS done
    WHERE done.voucher_id = sandbox_voucher.id AND done.reversed_at IS NULL
"""
_IS_LOCKED = """
    EXISTS (
        SELECT 1 FROM sandbox_lock AS held
        WHERE held.voucher_id = sandbox_voucher.id
          AND held.unlocked_at IS NULL AND held.system_release_at > %s
    )
"""


class VoucherQuerySet(QuerySet["Voucher"]):
    """Vouchers by what they are at a moment, which no column holds."""

    def with_use(self, now: datetime) -> "VoucherQuerySet":
        """Add `is_locked`, and `uses`: how often each was redeemed, reversals left out.

        They are written as SQL, as most calls are about vouchers, and Django would take half of
        such a call to put it together; that holds of vouchers that stand in no other query.
        """
        moment = connections[self.db].ops.adapt_datetimefield_value(now)
        return self.annotate(
            uses=RawSQL(_USES, [], output_field=models.IntegerField()),  # noqa: S611  (constant)
            is_locked=RawSQL(_IS_LOCKED, [moment], output_field=models.BooleanField()),  # noqa: S611
        )

    def with_lock(self, now: datetime) -> "VoucherQuerySet":
        """Add `is_locked`: held by somebody, and not for longer than a lock lasts."""
        held = Lock.objects.filter(
            voucher=OuterRef("pk"), unlocked_at=None, system_release_at__gt=now
        )
        return self.annotate(is_locked=Exists(held))

    def with_status(self, status: str, now: datetime) -> "VoucherQuerySet":
        """Keep those whose `status` (a word of the API) this is at `now`."""
        return self.with_lock(now).filter(self._conditions(now)[status])

    @staticmethod
    def _conditions(now: datetime) -> Mapping[str, Q]:
        usable = Q(is_deactivated=False, redeemed_at=None)
        unexpired = usable & (Q(expiration_date=None) | Q(expiration_date__gt=now))
        begun = unexpired & (Q(activation_date=None) | Q(activation_date__lte=now))
        return {
            "DEACTIVATED": Q(is_deactivated=True),
            "REDEEMED": Q(is_deactivated=False, redeemed_at__isnull=False),
            "EXPIRED": usable & Q(expiration_date__lte=now),
            "INACTIVE": unexpired & Q(activation_date__gt=now),
            "LOCKED": begun & Q(is_locked=True),
            "ACTIVE": begun & Q(is_locked=False),
        }


class Voucher(Record):
    """One code of a promotion; its status follows from its dates, its lock and its use."""

    code = models.CharField(max_length=255, unique=True)
    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="vouchers")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="vouchers"
    )
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True)
    activation_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)  # when nothing is left of it
    is_deactivated = models.BooleanField(default=False)
    total_redemptions_allowed = models.IntegerField(default=1)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("-created_at", "-id"), name="voucher_by_age"),
            models.Index(fields=("promotion", "-created_at"), name="voucher_by_promotion"),
        ]

    def status_at(self, now: datetime, *, is_locked: bool) -> str:
        """Give the API's word for the voucher's state at `now`."""
        if self.is_deactivated:
            return "DEACTIVATED"
        if self.redeemed_at is not None:
            return "REDEEMED"
        if self.expiration_date is not None and self.expiration_date <= now:
            return "EXPIRED"
        if self.activation_date is not None and self.activation_date > now:
            return "INACTIVE"
        return "LOCKED" if is_locked else "ACTIVE"


class Lock(models.Model):
    """A voucher held at a till, until released by key or by time."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="locks")
    release_key = models.CharField(max_length=64)
    locked_at = models.DateTimeField(default=timezone.now)
    unlocked_at = models.DateTimeField(null=True, blank=True)
    system_release_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.voucher_id} until {self.system_release_at}"


class VoucherRedemption(Record):
    """One use of a voucher; a reversed one is kept, so that it is not reversed twice."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="redemptions")
    shop = models.ForeignKey(Shop, models.SET_NULL, null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)


# --- Perks, products, forms, bookings --------------------------------------------------------


class Perk(Record):
    """An advantage that tiers give; options are {"label", "value", "default"}."""

    label = models.CharField(max_length=255)
    name = models.CharField(max_length=255, unique=True)
    data_type = models.CharField(max_length=20, default="boolean")  # or single_select
    options = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("id",)


class ProductCategory(Record):
    """A group of products under the shop's own key."""

    external_identifier = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("id",)


class Product(Record):
    """Something sold, under the shop's own key."""

    external_identifier = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    categories: "models.ManyToManyField[ProductCategory, Any]" = models.ManyToManyField(
        ProductCategory, blank=True
    )

    class Meta:
        ordering = ("id",)


class Form(Record):
    """A form made in Piggy: PUBLISHED, DRAFT or BIN; PUBLIC or PRIVATE."""

    name = models.CharField(max_length=255)
    status = models.CharField(max_length=20, default="PUBLISHED")
    type = models.CharField(max_length=20, default="PUBLIC")
    url = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("id",)


class Booking(Record):
    """A table or an appointment at a shop; the status is free text, as in the API."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="bookings")
    shop = models.ForeignKey(Shop, models.PROTECT)
    external_id = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=255, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    number_of_people = models.IntegerField(null=True, blank=True)
    company_name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=255, blank=True)
    prepaid_amount = models.IntegerField(null=True, blank=True)  # cents
    created_at = models.DateTimeField(default=timezone.now)


class Visit(Record):
    """Somebody's stay at a shop, under the caller's own key, which counts once."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="visits")
    shop = models.ForeignKey(Shop, models.PROTECT)
    external_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    source = models.CharField(max_length=255, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


# --- Orders ----------------------------------------------------------------------------------


class Order(Record):
    """What somebody bought, under the caller's own key; amounts are in cents.

    Lines, discounts, charges and payments are kept as they are answered; lines have UUIDs.
    """

    external_identifier = models.CharField(max_length=255, unique=True)
    reference = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20)
    payment_status = models.CharField(max_length=20)
    currency = models.CharField(max_length=3, default="EUR")
    total_order_amount = models.IntegerField()
    order_amount = models.IntegerField(null=True, blank=True)
    total_discount_amount = models.IntegerField(default=0)
    paid_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="orders")
    shop = models.ForeignKey(Shop, models.PROTECT)
    line_items = models.JSONField(default=list, blank=True)
    applied_discounts = models.JSONField(default=list, blank=True)
    charges = models.JSONField(default=list, blank=True)
    payments = models.JSONField(default=list, blank=True)
    # The credits that it gave, once it was processed.
    transaction = models.OneToOneField(LoyaltyTransaction, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


class OrderReturn(Record):
    """What came back of an order, under the caller's own key."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    external_identifier = models.CharField(max_length=255, unique=True)
    status = models.CharField(max_length=40)
    line_item_returns = models.JSONField(default=list, blank=True)
    sub_line_item_returns = models.JSONField(default=list, blank=True)
    transaction = models.OneToOneField(LoyaltyTransaction, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


# --- Shifts ----------------------------------------------------------------------------------


class ShiftTeam(Record):
    """A team that works shifts."""

    name = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)


class ShiftType(Record):
    """A kind of shift."""

    name = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)


class Shift(Record):
    """A contact's hours at a shop, under the caller's own key, which counts once."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="shifts")
    shop = models.ForeignKey(Shop, models.PROTECT)
    external_id = models.CharField(max_length=255, null=True, blank=True, unique=True)
    team = models.ForeignKey(ShiftTeam, models.SET_NULL, null=True, blank=True)
    shift_type = models.ForeignKey(ShiftType, models.SET_NULL, null=True, blank=True)
    status = models.CharField(max_length=20)
    break_in_minutes = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-id")


# --- What runs by itself, and who is told ----------------------------------------------------


class Automation(Record):
    """Something that happens by itself after an event: `active` or `inactive`."""

    name = models.CharField(max_length=255)
    event = models.CharField(max_length=60)
    status = models.CharField(max_length=20, default="active")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)


class WebhookSubscription(Record):
    """An address that wants to be told of an event; only those of this machine are."""

    name = models.CharField(max_length=255)
    event_type = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=255, blank=True)
    properties = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, default="ACTIVE")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)


class PortalSession(Record):
    """A page at which a contact identifies at a shop; nothing ever happens on it here."""

    kind = models.CharField(max_length=30, blank=True)
    shop = models.ForeignKey(Shop, models.CASCADE)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)


# --- Keys and mail ---------------------------------------------------------------------------


class AccessToken(models.Model):
    """A bearer token given out for client credentials."""

    token = models.CharField(max_length=255, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class AuthToken(models.Model):
    """A token that acts for a contact in the Contacts Portal."""

    token = models.CharField(max_length=255, unique=True)
    contact = models.ForeignKey(Contact, models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.pk)


class ContactSessionToken(models.Model):
    """A token with which a contact's own device says, once, who is there; made by the portal."""

    token = models.CharField(max_length=255, unique=True)
    contact = models.ForeignKey(Contact, models.CASCADE)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.pk)


class Mail(models.Model):
    """A mail that Piggy would have sent, with its verification code and link if it has them."""

    to = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=255)
    body = models.TextField()
    code = models.CharField(max_length=20, blank=True)
    link = models.CharField(max_length=500, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.subject


# --- The sandbox's own affairs ---------------------------------------------------------------


class Job(models.Model):
    """Work that the API promised for later: `merge`, `delete` or `batch`."""

    kind = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("due_at", "id")

    def __str__(self) -> str:
        return self.kind


class Faults(models.Model):
    """How the sandbox misbehaves on demand; a single row, see `faults.py` for the keys."""

    settings = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "faults"

    def __str__(self) -> str:
        return "faults"


class Seeding(models.Model):
    """With what the sandbox was last filled, so that a reset does the same again."""

    contacts = models.IntegerField()
    seed = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.contacts} contacts, seed {self.seed}"


class ReceivedRequest(models.Model):
    """A request as it was received; only the newest are kept."""

    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    query = models.CharField(max_length=1000, blank=True)
    status = models.IntegerField(null=True)  # null: the connection was dropped without an answer
    trace_id = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "sandbox_call"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
