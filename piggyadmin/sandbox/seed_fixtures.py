"""Puts the well-known records into the sandbox: the same names and UUIDs in every one."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from piggyadmin.sandbox.models import (
    Batch,
    Booking,
    Contact,
    ContactIdentifier,
    Lock,
    LoyaltyTransaction,
    PosTransaction,
    PrepaidTransaction,
    Promotion,
    Referral,
    Subscription,
    Voucher,
    VoucherRedemption,
)
from piggyadmin.sandbox.seed_account import SOLD_OUT_LIMIT, Account

MIRA_UUID = "c0ffee00-0000-4000-8000-000000000001"
DUPLICATE_UUID = "c0ffee00-0000-4000-8000-000000000002"
ANONYMOUS_UUID = "c0ffee00-0000-4000-8000-000000000003"
BOOKING_UUID = "c0ffee00-0000-4000-8000-000000000301"

MIRA_EMAIL = "mira.jansen@example.test"
DUPLICATE_EMAIL = "m.jansen@example.test"
ANONYMOUS_EMAIL = f"anonymous-{ANONYMOUS_UUID}@anonymous.example.test"
RELEASE_KEY = "release-welcome-locked"
KNOWN_CONTACTS = 3

_FIRST_TRANSACTION = 0x600  # the last figures of the UUIDs
_FIRST_VOUCHER = 0x700
_SOLD_OUT_BATCH = 0x800
_FIRST_SOLD_OUT = 0x801
_FIRST_SALE = 0xA01
_FIRST_REWARD_TAKEN = 0x911
SALES = 10


def known_uuid(number: int) -> str:
    """Give the UUID of a well-known record by the number that it ends with."""
    return f"c0ffee00-0000-4000-8000-{number:012x}"


def fill_known(account: Account, today: datetime) -> None:
    """Make the well-known records; `today` is the midnight before now, in UTC."""
    mira = _make_mira(account, today)
    duplicate = _make_duplicate(account, today)
    _make_anonymous(account, today)
    _make_welcome_vouchers(account, mira, today)
    _make_cake_voucher(account, duplicate, today)
    _make_sold_out(account.promotions["Sold out"], today)
    _make_booking(account, mira, today)
    _make_sales(account)
    Referral.objects.create(
        uuid=known_uuid(0x902),
        referring_contact=mira,
        referred_contact=duplicate,
        status="completed",
        created_at=today - timedelta(days=90),
    )


# --- Contacts --------------------------------------------------------------------------------


def _make_mira(account: Account, today: datetime) -> Contact:
    mira = Contact.objects.create(
        uuid=MIRA_UUID,
        email=MIRA_EMAIL,
        attributes={
            "firstname": "Mira",
            "lastname": "Jansen",
            "phonenumber": "+31612345678",
            "birthdate": "1991-05-14",
            "address": "Prinsengracht 12, 1015 DV Amsterdam",
            "locale": "nl",
            "favourite_drink": "oat_latte",
        },
        credits=120,
        prepaid_cents=1_250,
        channel="CUSTOMER_APP",
        tier=account.tiers[1],
        created_at=today - timedelta(days=400),
        updated_at=today - timedelta(days=6),
    )
    _give(account, mira, "CARD-0001", {40: 50, 21: 40, 6: 30}, today)
    # She has confirmed her address, so she gets everything.
    for kind in (account.newsletter, account.offers):
        Subscription.objects.create(contact=mira, subscription_type=kind, status="SUBSCRIBED")
    PrepaidTransaction.objects.create(
        uuid=known_uuid(0x900),
        contact=mira,
        shop=account.shops[0],
        amount_in_cents=1_250,
        created_at=today - timedelta(days=30, hours=-11),
    )
    return mira


def _make_duplicate(account: Account, today: datetime) -> Contact:
    duplicate = Contact.objects.create(
        uuid=DUPLICATE_UUID,
        email=DUPLICATE_EMAIL,
        attributes={
            "firstname": "M.",
            "lastname": "Jansen",
            "phonenumber": "06-12345678",
            "birthdate": "1991-05-14",
            "locale": "nl",
        },
        credits=30,
        channel="WEBSHOP_API",
        tier=account.tiers[0],
        created_at=today - timedelta(days=90),
        updated_at=today - timedelta(days=60),
    )
    _give(account, duplicate, "CARD-0002", {60: 30}, today)
    return duplicate


def _make_anonymous(account: Account, today: datetime) -> None:
    anonymous = Contact.objects.create(
        uuid=ANONYMOUS_UUID,
        email=ANONYMOUS_EMAIL,
        credits=45,
        is_anonymous=True,
        channel="REGISTER_API",
        tier=account.tiers[0],
        created_at=today - timedelta(days=35),
        updated_at=today - timedelta(days=12),
    )
    _give(account, anonymous, "CARD-ANON", {35: 70, 12: 25}, today)
    _make_rewards_taken(account, anonymous, today)


def _give(
    account: Account, contact: Contact, card: str, gifts: dict[int, int], today: datetime
) -> None:
    """Hand out a card and give credits with it, so many days ago each."""
    identifier = ContactIdentifier.objects.create(
        value=card,
        name="Card",
        contact=contact,
        is_default=True,
        created_at=contact.created_at,
    )
    shop = account.shops[1] if contact.channel == "WEBSHOP_API" else account.shops[0]
    first = _FIRST_TRANSACTION + 16 * int(contact.uuid[-1])
    LoyaltyTransaction.objects.bulk_create(
        LoyaltyTransaction(
            uuid=known_uuid(first + number),
            contact=contact,
            shop=shop,
            credits=amount,
            unit=account.purchase_amount,
            unit_value=amount,
            contact_identifier=identifier,
            channel=contact.channel,
            created_at=today - timedelta(days=days, hours=-10),
        )
        for number, (days, amount) in enumerate(gifts.items())
    )


def _make_rewards_taken(account: Account, contact: Contact, today: datetime) -> None:
    """Let somebody take two cookies: one waits to be collected, the other one was."""
    reward = account.rewards[25]
    for number, collected_at in enumerate((None, today - timedelta(days=10, hours=-11))):
        LoyaltyTransaction.objects.create(
            uuid=known_uuid(_FIRST_REWARD_TAKEN + number),
            type="reward_reception",
            contact=contact,
            shop=account.shops[0],
            credits=-reward.required_credits,
            reward=reward,
            collected_at=collected_at,
            expires_at=today + timedelta(days=80),
            channel=contact.channel,
            created_at=today - timedelta(days=10, hours=-10 - number),
        )


# --- Vouchers --------------------------------------------------------------------------------


def _make_welcome_vouchers(account: Account, mira: Contact, today: datetime) -> None:
    now = timezone.now()
    expiration_date = today + timedelta(days=365)
    values: dict[str, dict[str, Any]] = {
        "ACTIVE": {"contact": mira, "expiration_date": expiration_date},
        "REDEEMED": {"contact": mira, "redeemed_at": today - timedelta(days=21, hours=-10)},
        "EXPIRED": {"expiration_date": now - timedelta(days=3)},
        "LOCKED": {"expiration_date": expiration_date},
        "DEACTIVATED": {"is_deactivated": True},
        "INACTIVE": {"activation_date": today + timedelta(days=60)},
    }
    vouchers = {
        status: Voucher.objects.create(
            **{"activation_date": today - timedelta(days=40), **given},
            uuid=known_uuid(_FIRST_VOUCHER + number),
            code=f"WELCOME-{status}",
            promotion=account.promotions["Welcome coffee"],
            created_at=today - timedelta(days=40, seconds=number),
        )
        for number, (status, given) in enumerate(values.items())
    }
    # Held for far longer than a till would, so that it stays what its code says.
    Lock.objects.create(
        voucher=vouchers["LOCKED"],
        release_key=RELEASE_KEY,
        locked_at=now,
        system_release_at=now + timedelta(days=365),
    )
    VoucherRedemption.objects.create(
        uuid=known_uuid(0x901),
        voucher=vouchers["REDEEMED"],
        shop=account.shops[0],
        created_at=today - timedelta(days=21, hours=-10),
    )


def _make_cake_voucher(account: Account, duplicate: Contact, today: datetime) -> None:
    Voucher.objects.create(
        uuid=known_uuid(_FIRST_VOUCHER + 0x10),
        code="CAKE-JANSEN",
        promotion=account.promotions["Birthday cake"],
        contact=duplicate,
        activation_date=today - timedelta(days=20),
        expiration_date=today + timedelta(days=100),
        created_at=today - timedelta(days=20),
    )


def _make_sold_out(promotion: Promotion, today: datetime) -> None:
    begun_at = today - timedelta(days=100)
    batch = Batch.objects.create(
        uuid=known_uuid(_SOLD_OUT_BATCH),
        promotion=promotion,
        quantity=SOLD_OUT_LIMIT,
        status="DONE",
        created_at=begun_at,
    )
    Voucher.objects.bulk_create(
        Voucher(
            uuid=known_uuid(_FIRST_SOLD_OUT + number),
            code=f"SOLD-OUT-{number + 1:02d}",
            promotion=promotion,
            batch=batch,
            activation_date=begun_at,
            created_at=begun_at,
        )
        for number in range(SOLD_OUT_LIMIT)
    )


# --- Sales of tills --------------------------------------------------------------------------


def _make_sales(account: Account) -> None:
    """Report some sales for which no credits have been given yet."""
    PosTransaction.objects.bulk_create(
        PosTransaction(uuid=known_uuid(_FIRST_SALE + number), shop=account.shops[0])
        for number in range(SALES)
    )


# --- A booking -------------------------------------------------------------------------------


def _make_booking(account: Account, mira: Contact, today: datetime) -> None:
    zone = ZoneInfo(settings.TIME_ZONE)
    tomorrow = timezone.localdate(timezone=zone) + timedelta(days=1)
    starts_at = datetime.combine(tomorrow, time(18, 30), zone).astimezone(UTC)
    Booking.objects.create(
        uuid=BOOKING_UUID,
        contact=mira,
        shop=account.shops[0],
        external_id="TABLE-0001",
        source="Widget",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        number_of_people=4,
        status="created",
        created_at=today - timedelta(days=2),
    )
