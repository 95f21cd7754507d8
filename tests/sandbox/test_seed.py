import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, F, Min, Q, Sum
from django.utils import timezone

from piggyadmin.sandbox import seed as seeding
from piggyadmin.sandbox.contact_stream import people
from piggyadmin.sandbox.models import (
    Attribute,
    Booking,
    Contact,
    ContactIdentifier,
    Faults,
    Form,
    Lock,
    LoyaltyProgram,
    LoyaltyTransaction,
    Perk,
    PrepaidTransaction,
    Product,
    Promotion,
    Seeding,
    Shop,
    Subscription,
    Tier,
    Unit,
    Voucher,
    VoucherRedemption,
)
from piggyadmin.sandbox.seed import is_empty, seed
from piggyadmin.sandbox.seed_contacts import card_value

pytestmark = pytest.mark.django_db(databases=["sandbox"])

CONTACTS = 1_500


@pytest.fixture(scope="class")
def seeded(django_db_setup, django_db_blocker):
    """Fill the sandbox once for the tests that only look at it, and take it all back after."""
    with django_db_blocker.unblock():
        seed(CONTACTS, 5)
        yield
        with transaction.atomic(using="sandbox"):
            seeding._wipe()


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Give what the sandbox holds, without the moments at which it was asked to."""
    unsteady = {"expiration_date", "locked_at", "system_release_at"}
    models = (Shop, Unit, Promotion, Contact, ContactIdentifier, Subscription, LoyaltyTransaction)
    more = (PrepaidTransaction, Voucher, VoucherRedemption, Lock, Booking, Product, Perk, Form)
    return {
        model.__name__: list(
            model.objects.order_by("pk").values_list(
                *(f.attname for f in model._meta.concrete_fields if f.name not in unsteady)
            )
        )
        for model in (*models, *more)
    }


# --- The whole -------------------------------------------------------------------------------


def test_it_is_empty_at_first():
    assert is_empty()
    seed(0)
    assert not is_empty()
    assert Contact.objects.count() == 3


def test_the_same_figures_give_the_same_records():
    seed(120, 3)
    first = everything()
    seed(120, 3)
    assert everything() == first
    seed(120, 4)
    assert everything()["Contact"] != first["Contact"]


def test_it_throws_away_what_there_was():
    Shop.objects.create(name="Old shop")
    Faults.objects.create(settings={"maintenance": True})
    seed(10, 2)
    assert not Shop.objects.filter(name="Old shop").exists()
    assert not Faults.objects.exists()
    assert (Seeding.objects.get().contacts, Seeding.objects.get().seed) == (10, 2)


def test_records_can_be_added_after():
    seed(50, 1)
    contact = Contact.objects.create(email="new@example.test")
    assert contact.pk > Contact.objects.exclude(pk=contact.pk).latest("pk").pk


@pytest.mark.usefixtures("seeded")
class TestCrowd:
    def test_counts(self):
        assert Contact.objects.count() == CONTACTS
        assert ContactIdentifier.objects.count() > 0.8 * CONTACTS
        assert LoyaltyTransaction.objects.count() > CONTACTS
        assert Voucher.objects.count() > 0.15 * CONTACTS
        for model in (Booking, PrepaidTransaction, Subscription, VoucherRedemption):
            assert model.objects.count() > 10

    def test_they_are_the_people(self):
        taken = ["mira.jansen@example.test", "m.jansen@example.test"]
        today = timezone.now().date()
        expected = {each.email for each in people(CONTACTS - 3, seed=5, today=today, taken=taken)}
        assert expected < set(Contact.objects.values_list("email", flat=True))

    def test_balances_are_the_sums_of_the_transactions(self):
        rows = Contact.objects.annotate(total=Sum("transactions__credits", default=0))
        assert not rows.exclude(credits=F("total")).exists()
        rows = Contact.objects.annotate(
            total=Sum("prepaid_transactions__amount_in_cents", default=0)
        )
        assert not rows.exclude(prepaid_cents=F("total")).exists()
        assert not Contact.objects.filter(Q(credits__lt=0) | Q(prepaid_cents__lt=0)).exists()

    def test_credits_follow_the_units(self):
        receptions = LoyaltyTransaction.objects.filter(type="credit_reception")
        for row in receptions.exclude(contact__email__endswith="jansen@example.test")[:300]:
            assert row.unit
            assert row.unit_value
            assert row.credits == int(row.unit_value * row.unit.credits_per_unit)

    def test_balances_never_fall_below_zero_on_the_way(self):
        balances: Counter[int] = Counter()
        for row in LoyaltyTransaction.objects.order_by("created_at", "pk"):
            balances[row.contact_id] += row.credits
            assert balances[row.contact_id] >= 0

    def test_nothing_twice(self):
        for model, field in (
            (Contact, "email"),
            (Contact, "uuid"),
            (ContactIdentifier, "value"),
            (Voucher, "code"),
            (LoyaltyTransaction, "uuid"),
        ):
            values = model.objects.values_list(field, flat=True)
            assert len(set(values)) == len(values)

    def test_uuids_and_addresses_look_real(self):
        for uuid, email in Contact.objects.values_list("uuid", "email"):
            assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", uuid)
            assert email == email.lower()
            assert email.endswith((".example", ".test"))

    def test_anonymous_contacts_have_a_card_and_no_name(self):
        rows = Contact.objects.filter(is_anonymous=True)
        assert rows.count() > 10
        for row in rows.annotate(cards=Count("identifiers")):
            assert "firstname" not in row.attributes
            assert row.email.endswith("@anonymous.example.test")
            assert row.cards > 0

    def test_every_contact_has_at_most_one_default_card(self):
        cards = Count("identifiers", filter=Q(identifiers__is_default=True))
        assert not Contact.objects.annotate(cards=cards).filter(cards__gt=1).exists()
        assert ContactIdentifier.objects.filter(active=False).exists()

    def test_vouchers_of_every_status_and_promotion(self):
        now = timezone.now()
        for status in ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED"):
            rows = Voucher.objects.with_status(status, now).exclude(code__startswith="WELCOME")
            assert rows.exists(), status
        assert not Promotion.objects.filter(vouchers=None).exists()
        assert Voucher.objects.filter(contact=None).exists()

    def test_limits_hold(self):
        for row in Promotion.objects.annotate(issued=Count("vouchers")):
            assert row.voucher_limit is None or row.issued <= row.voucher_limit
            if row.limit_per_contact:
                most = Count("vouchers", filter=Q(vouchers__promotion=row))
                contacts = Contact.objects.annotate(most=most)
                assert not contacts.filter(most__gt=row.limit_per_contact).exists()

    def test_redeemed_vouchers_were_used_as_often_as_allowed(self):
        rows = Voucher.objects.annotate(uses=Count("redemptions"))
        used_up = rows.filter(uses=F("total_redemptions_allowed"))
        assert set(used_up) == set(rows.exclude(redeemed_at=None))
        assert not rows.filter(uses__gt=F("total_redemptions_allowed")).exists()

    def test_nothing_happens_before_its_contact_joined_or_in_the_future(self):
        rows = Contact.objects.annotate(first=Min("transactions__created_at"))
        assert not rows.filter(first__lt=F("created_at")).exists()
        now = timezone.now()
        for model in (Contact, LoyaltyTransaction, Voucher, VoucherRedemption, Booking):
            assert not model.objects.filter(created_at__gt=now).exists(), model

    def test_tiers_are_all_in_use(self):
        assert not Tier.objects.filter(contact=None).exists()


# --- What every sandbox has ------------------------------------------------------------------


def test_the_account():
    seed(0)
    assert [shop.type for shop in Shop.objects.filter(name__in=("Amsterdam", "Web shop"))] == [
        "physical",
        "web",
    ]
    assert Shop.objects.get(uuid=seeding.AMSTERDAM_UUID).name == "Amsterdam"
    assert Shop.objects.get(uuid=seeding.WEB_SHOP_UUID).name == "Web shop"
    assert Shop.objects.filter(has_loyalty_program=False).exists()
    assert Unit.objects.get(is_default=True).name == "purchase_amount"
    assert Unit.objects.filter(name="visits").exists()
    assert LoyaltyProgram.objects.get().active
    assert Attribute.objects.filter(entity="contact", type="select").exists()
    assert [tier.position for tier in Tier.objects.all()] == [1, 2, 3]


def test_every_perk_has_one_default():
    seed(0)
    for perk in Perk.objects.all():
        assert sum(option["default"] for option in perk.options) == 1
    assert Perk.objects.get(uuid=seeding.PERK_UUID).name == "discount"


def test_forms_of_every_status_and_type():
    seed(0)
    assert set(Form.objects.values_list("status", "type")) == {
        (status, kind) for status in ("PUBLISHED", "DRAFT", "BIN") for kind in ("PUBLIC", "PRIVATE")
    }


def test_products_have_a_category():
    seed(0)
    assert not Product.objects.filter(categories=None).exists()
    latte = Product.objects.get(uuid=seeding.PRODUCT_UUID)
    assert latte.external_identifier == "SKU-OAT-LATTE"


def test_the_well_known_contacts():
    seed(0)
    mira = Contact.objects.get(email="mira.jansen@example.test")
    duplicate = Contact.objects.get(email="m.jansen@example.test")
    anonymous = Contact.objects.get(identifiers__value="CARD-ANON")
    assert (mira.uuid, mira.credits) == (seeding.MIRA_UUID, 120)
    assert (duplicate.uuid, duplicate.credits) == (seeding.DUPLICATE_UUID, 30)
    assert (anonymous.uuid, anonymous.is_anonymous) == (seeding.ANONYMOUS_UUID, True)
    assert anonymous.credits > 0
    assert mira.identifiers.get().value == "CARD-0001"
    assert duplicate.identifiers.get().value == "CARD-0002"
    phones = {mira.attributes["phonenumber"], duplicate.attributes["phonenumber"]}
    assert len(phones) == 2
    assert {re.sub(r"\D", "", phone)[-8:] for phone in phones} == {"12345678"}
    rows = Contact.objects.annotate(total=Sum("transactions__credits"))
    assert not rows.exclude(credits=F("total")).exists()


def test_the_well_known_vouchers_are_what_their_codes_say():
    seed(0)
    now = timezone.now()
    for status in ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED"):
        rows = Voucher.objects.with_status(status, now).filter(code__startswith="WELCOME-")
        assert rows.get().code == f"WELCOME-{status}"
    expired = Voucher.objects.get(code="WELCOME-EXPIRED").expiration_date
    assert expired
    assert timedelta(days=3) <= now - expired < timedelta(days=3, minutes=5)
    assert Lock.objects.get().release_key == seeding.RELEASE_KEY


def test_the_well_known_promotions():
    seed(0)
    welcome = Promotion.objects.get(uuid=seeding.WELCOME_COFFEE_UUID)
    sold_out = Promotion.objects.get(uuid=seeding.SOLD_OUT_UUID)
    assert (welcome.name, welcome.voucher_limit) == ("Welcome coffee", 5_000)
    assert welcome.vouchers.count() < 5_000 - 500
    assert (sold_out.name, sold_out.vouchers.count()) == ("Sold out", sold_out.voucher_limit)


def test_the_well_known_booking():
    seed(0)
    booking = Booking.objects.get(uuid=seeding.BOOKING_UUID)
    assert booking.contact.uuid == seeding.MIRA_UUID
    assert booking.number_of_people == 4
    assert booking.starts_at
    starts_at = timezone.localtime(booking.starts_at)
    assert starts_at.date() == timezone.localdate() + timedelta(days=1)
    assert starts_at.hour == 18


def test_cards_are_bar_codes():
    values = {card_value(number) for number in range(1000)}
    assert len(values) == 1000
    for value in values:
        weighted = sum(int(figure) * (3 if at % 2 else 1) for at, figure in enumerate(value))
        assert weighted % 10 == 0
