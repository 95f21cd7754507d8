"""Gift cards: programmes, cards, and money put on them and spent, in cents.

A card holds nothing when it is made, never less than nothing, and at most what its programme says.
One that is not upgradeable is filled once (inferred).
"""

import secrets
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import by_creation, contact_by_uuid, one, shop_by_uuid
from piggyadmin.sandbox.models import Giftcard, GiftcardProgram, GiftcardTransaction, Mail
from piggyadmin.sandbox.responses import NO_META, Reply, Slice, meta_a, meta_c
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

DIGITAL = 1  # 0 is a card to hold
# What a list of transactions is narrowed by, of which one is needed; the docs misspell the first.
FILTERS = {
    "gifcard_hash": "card__hash",
    "giftcard_hash": "card__hash",
    "giftcard_uuid": "card__uuid",
    "giftcard_program_uuid": "card__program__uuid",
    "shop_uuid": "shop__uuid",
}


def _program(uuid: str) -> GiftcardProgram:
    rows = GiftcardProgram.objects.filter(uuid=uuid)
    return one(rows, errors.GIFTCARD_PROGRAM_NOT_FOUND)


def _card(*, for_update: bool = False, **by: str) -> Giftcard:
    rows = Giftcard.objects.filter(**by).order_by()
    rows = rows.select_for_update() if for_update else rows.select_related("program")
    return one(rows, errors.GIFTCARD_NOT_FOUND)


# --- Cards -----------------------------------------------------------------------------------


@route("GET", "giftcard-programs")
def list_giftcard_programs(given: Given) -> Reply:  # noqa: ARG001
    """List the gift card programmes."""
    return Reply([serializers.giftcard_program(row) for row in GiftcardProgram.objects.all()])


@route("GET", "giftcards")
def list_giftcards(given: Given) -> Reply:
    """List gift cards, the newest first, by programme where wanted."""
    part = Slice.read(given, default=30)
    program_uuid = given.optional_text("giftcard_program_uuid")
    given.check()
    rows = Giftcard.objects.all()
    if program_uuid:
        rows = rows.filter(program=_program(program_uuid))
    page = part.of(rows, Giftcard.objects.select_related("program"))
    return Reply([serializers.giftcard(row) for row in page.rows], meta_c(page))


@route("GET", "giftcards/find-one-by")
def find_giftcard(given: Given) -> Reply:
    """Give the gift card with this hash; this answer has no `meta`."""
    value = given.text("hash")
    given.check()
    return Reply(serializers.giftcard(_card(hash=value)), meta=NO_META)


@route("GET", "giftcards/{giftcard_uuid}")
def get_giftcard(given: Given, giftcard_uuid: str) -> Reply:  # noqa: ARG001
    """Give one gift card; this answer has no `meta`."""
    return Reply(serializers.giftcard(_card(uuid=giftcard_uuid)), meta=NO_META)


@route("POST", "giftcards")
def create_giftcard(given: Given) -> Reply:
    """Make a gift card with nothing on it; cards to hold cannot be made."""
    kind = given.integer("type", 0, 1)
    program_uuid = given.text("giftcard_program_uuid")
    given.check()
    if kind != DIGITAL:
        raise ApiError(errors.ONLY_DIGITAL_GIFTCARDS)
    program = _program(program_uuid)
    days = program.expiration_days
    card = Giftcard.objects.create(
        program=program,
        hash=secrets.token_hex(8).upper(),
        expiration_date=timezone.now() + timedelta(days=days) if days else None,
    )
    return Reply(serializers.new_giftcard(card))


@route("POST", "giftcards/{giftcard_uuid}/send-by-email")
def send_giftcard(given: Given, giftcard_uuid: str) -> Reply:
    """Mail a card's hash to a contact."""
    contact_uuid = given.text("contact_uuid")
    given.optional_text("email_uuid")
    for name in given.mapping("merge_tags"):
        if not name.startswith("custom."):
            given.reject(f"merge_tags.{name}", "The name of a merge tag begins with custom.")
    given.check()
    card, contact = _card(uuid=giftcard_uuid), contact_by_uuid(contact_uuid)
    Mail.objects.create(
        to=contact.email,
        contact=contact,
        subject="A gift card for you",
        body=f"Your gift card: {card.hash}",
    )
    return Reply({"message": "Mail sent", "data": None})


# --- Transactions ----------------------------------------------------------------------------


@route("GET", "giftcard-transactions")
def list_giftcard_transactions(given: Given) -> Reply:
    """List transactions, the newest first: of a card, a programme or a shop."""
    # The docs say `perPage`, the SDK says `limit`.
    size = "perPage" if "perPage" in given else "limit"
    part = Slice.read(given, default=10, least=0, limit_name=size)
    wanted = {field: given.optional_text(name) for name, field in FILTERS.items() if name in given}
    if not any(wanted.values()):
        given.reject("giftcard_hash", "The giftcard_hash field is required.")
    rows = by_creation(given, GiftcardTransaction.objects.all())
    given.check()
    rows = rows.filter(**{field: value for field, value in wanted.items() if value})
    page = part.of(rows, GiftcardTransaction.objects.select_related("card", "shop"))
    return Reply([serializers.giftcard_transaction(row) for row in page.rows], meta_a(page))


@route("GET", "giftcard-transactions/{giftcard_transaction_uuid}")
def get_giftcard_transaction(
    given: Given,  # noqa: ARG001
    giftcard_transaction_uuid: str,
) -> Reply:
    """Give one transaction."""
    rows = GiftcardTransaction.objects.filter(uuid=giftcard_transaction_uuid)
    return Reply(serializers.giftcard_transaction(_transaction(rows)))


def _transaction(rows: QuerySet[GiftcardTransaction]) -> GiftcardTransaction:
    return one(rows.select_related("card__program", "shop"), errors.GIFTCARD_TRANSACTION_NOT_FOUND)


@route("POST", "giftcard-transactions")
def create_giftcard_transaction(given: Given) -> Reply:
    """Put money on a card, or spend it with a negative amount."""
    card_uuid, shop_uuid = given.text("giftcard_uuid"), given.text("shop_uuid")
    amount = given.integer("amount_in_cents")
    attributes = given.mapping("custom_attributes")
    given.check()
    card = _card(uuid=card_uuid, for_update=True)
    if amount > 0 and not card.upgradeable and card.transactions.exists():
        raise ApiError(errors.GIFTCARD_NOT_UPGRADEABLE)
    row = GiftcardTransaction(
        card=card,
        shop=shop_by_uuid(shop_uuid),
        amount_in_cents=amount,
        attributes=attributes,
    )
    _book(row)
    return Reply(serializers.giftcard_transaction(row))


def _book(row: GiftcardTransaction) -> None:
    """Change what the card holds, and write the transaction; the card must be locked."""
    card, now = row.card, timezone.now()
    if not card.active:
        raise ApiError(errors.GIFTCARD_NOT_VALID)
    if card.expiration_date and card.expiration_date <= now:
        raise ApiError(errors.GIFTCARD_EXPIRED)
    card.amount_in_cents += row.amount_in_cents
    if card.amount_in_cents < 0:
        raise ApiError(errors.GIFTCARD_AMOUNT_TOO_LOW)
    most = card.program.max_amount_in_cents
    if row.amount_in_cents > 0 and most is not None and card.amount_in_cents > most:
        raise ApiError(errors.GIFTCARD_MAXIMUM)
    card.save(update_fields=["amount_in_cents"])
    row.save()


@route("POST", "giftcard-transactions/{giftcard_transaction_uuid}/reverse")
@route("POST", "giftcard-transactions/{giftcard_transaction_uuid}/correct")
def reverse_giftcard_transaction(
    given: Given,  # noqa: ARG001
    giftcard_transaction_uuid: str,
) -> Reply:
    """Book the opposite of a card's last transaction; `correct` is the SDK's word for it."""
    row = _transaction(GiftcardTransaction.objects.filter(uuid=giftcard_transaction_uuid))
    card = _card(uuid=row.card.uuid, for_update=True)
    if row != card.transactions.order_by("-pk").first():
        raise ApiError(errors.NOT_THE_LAST_TRANSACTION)
    opposite = GiftcardTransaction(
        card=card,
        shop=row.shop,
        amount_in_cents=-row.amount_in_cents,
        attributes=row.attributes,
        reverses=row,
    )
    _book(opposite)
    return Reply(serializers.giftcard_transaction(opposite))
