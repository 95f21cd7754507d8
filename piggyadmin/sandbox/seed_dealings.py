"""Puts into the sandbox what the well-known contacts did: gift cards, visits, an order, shifts."""

from datetime import datetime, timedelta

from piggyadmin.sandbox.models import (
    Contact,
    ContactSessionToken,
    Giftcard,
    GiftcardProgram,
    GiftcardTransaction,
    Order,
    OrderReturn,
    PortalSession,
    Product,
    Shift,
    ShiftTeam,
    ShiftType,
    Visit,
    WebhookSubscription,
)
from piggyadmin.sandbox.seed_account import PRODUCT_UUID, Account
from piggyadmin.sandbox.seed_fixtures import DUPLICATE_UUID, MIRA_UUID, known_uuid

GIFTCARD_UUID = known_uuid(0xB01)
GIFTCARD_HASH = "GIFT-0001"
VISIT_UUID = known_uuid(0xC01)
ORDER_UUID = known_uuid(0xD01)
ORDER_RETURN_UUID = known_uuid(0xD21)
PORTAL_SESSION_UUID = known_uuid(0xF11)
SHIFT_UUID = known_uuid(0xE01)
SHIFT_TEAM_UUID = known_uuid(0xE11)
SHIFT_TYPE_UUID = known_uuid(0xE21)
WEBHOOK_UUID = known_uuid(0xF01)
SESSION_TOKEN = "session-of-mira"  # noqa: S105  (known to everybody, as all of this is)

# What was put on a gift card and spent from it, in cents.
_GIFTCARDS = ((2_500,), (5_000, -1_250, -800), ())


def fill_dealings(account: Account, today: datetime) -> None:
    """Make them; `today` is the midnight before now, in UTC."""
    mira = Contact.objects.get(uuid=MIRA_UUID)
    duplicate = Contact.objects.get(uuid=DUPLICATE_UUID)
    _make_giftcards(account, today)
    _make_visits(account, (mira, duplicate, mira), today)
    _make_order(account, mira, today)
    _make_shifts(account, mira, today)
    WebhookSubscription.objects.create(
        uuid=WEBHOOK_UUID,
        name="Vouchers used",
        event_type="voucher_redeemed",
        url="https://example.test/webhooks/piggy",
        created_at=today - timedelta(days=50),
    )
    for token in (SESSION_TOKEN, "session-for-ever"):
        ContactSessionToken.objects.create(token=token, contact=mira)
    PortalSession.objects.create(uuid=PORTAL_SESSION_UUID, shop=account.shops[0], contact=mira)


def _make_giftcards(account: Account, today: datetime) -> None:
    program = GiftcardProgram.objects.get()
    for number, amounts in enumerate(_GIFTCARDS, start=1):
        made_at = today - timedelta(days=40 - number, hours=-12)
        card = Giftcard.objects.create(
            uuid=known_uuid(0xB00 + number),
            program=program,
            hash=f"GIFT-{number:04d}",
            amount_in_cents=sum(amounts),
            expiration_date=made_at + timedelta(days=program.expiration_days or 0),
            created_at=made_at,
        )
        GiftcardTransaction.objects.bulk_create(
            GiftcardTransaction(
                uuid=known_uuid(0xB00 + 0x10 * number + place),
                card=card,
                shop=account.shops[0],
                amount_in_cents=amount,
                created_at=made_at + timedelta(days=place),
            )
            for place, amount in enumerate(amounts)
        )


def _make_visits(account: Account, contacts: tuple[Contact, ...], today: datetime) -> None:
    for number, contact in enumerate(contacts, start=1):
        starts_at = today - timedelta(days=7 * number, hours=-13)
        Visit.objects.create(
            uuid=known_uuid(0xC00 + number),
            contact=contact,
            shop=account.shops[0],
            external_id=f"VISIT-{number:04d}",
            source="Till",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45),
            created_at=starts_at,
        )


def _make_order(account: Account, mira: Contact, today: datetime) -> None:
    """Make an order that was paid, without credits for it yet, and of which one thing came back."""
    product = Product.objects.get(uuid=PRODUCT_UUID)
    line = {
        "uuid": known_uuid(0xD11),
        "external_identifier": "LINE-1",
        "name": product.name,
        "quantity": 2,
        "price": 425,
        "total_amount": 850,
        "discount_amount": 0,
        "product": {"external_identifier": product.external_identifier},
        "sub_line_items": [],
    }
    paid_at = today - timedelta(days=3, hours=-9)
    order = Order.objects.create(
        uuid=ORDER_UUID,
        external_identifier="ORDER-0001",
        reference="1001",
        status="COMPLETED",
        payment_status="PAID",
        total_order_amount=850,
        order_amount=850,
        paid_at=paid_at,
        completed_at=paid_at,
        contact=mira,
        shop=account.shops[0],
        line_items=[line],
        created_at=paid_at,
        updated_at=paid_at,
    )
    came_back = {"uuid": known_uuid(0xD22), "line_item": {"uuid": line["uuid"]}, "quantity": 1}
    OrderReturn.objects.create(
        uuid=ORDER_RETURN_UUID,
        order=order,
        external_identifier="RETURN-0001",
        status="COMPLETED",
        line_item_returns=[{**came_back, "reason": None, "total_amount": 425}],
        created_at=today - timedelta(days=2),
    )


def _make_shifts(account: Account, mira: Contact, today: datetime) -> None:
    """Plan the mornings of three days; staff are contacts too."""
    team = ShiftTeam.objects.create(uuid=SHIFT_TEAM_UUID, name="Bar")
    kind = ShiftType.objects.create(
        uuid=SHIFT_TYPE_UUID, name="Morning", description="Opens the shop"
    )
    for number, status in enumerate(("approved", "approved", "pending"), start=1):
        starts_at = today + timedelta(days=number - 2, hours=7)
        Shift.objects.create(
            uuid=known_uuid(0xE00 + number),
            contact=mira,
            shop=account.shops[0],
            external_id=f"SHIFT-{number:04d}",
            team=team,
            shift_type=kind,
            status=status,
            break_in_minutes=30,
            started_at=starts_at,
            ended_at=starts_at + timedelta(hours=6),
            created_at=today - timedelta(days=5),
        )
