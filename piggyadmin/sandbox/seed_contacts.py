"""Fills the sandbox with contacts and all that hangs on them, a batch at a time.

What one contact has is made in memory first, so that its balance is the sum of its transactions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

from piggyadmin.bulk_insert import insert
from piggyadmin.sandbox.contact_factory import COUNTRIES, Person, happens
from piggyadmin.sandbox.contact_stream import people
from piggyadmin.sandbox.keys import Keys
from piggyadmin.sandbox.models import (
    Booking,
    Contact,
    ContactIdentifier,
    Lock,
    LoyaltyTransaction,
    PrepaidTransaction,
    Promotion,
    Subscription,
    Voucher,
    VoucherRedemption,
)
from piggyadmin.sandbox.seed_account import WELCOME_COFFEE_LIMIT, Account, new_uuid

BATCH = 2_000  # contacts

_CHANNELS = ("CUSTOMER_APP", "REGISTER_API", "WEBSHOP_API", "WEBSITE_FORM", "IMPORT", "WIDGET")
_BOOKING_STATUSES = ("created", "in progress", "canceled", "completed")
_DRINKS = ("coffee", "coffee", "tea", "oat_latte", "hot_chocolate")
_MOST_TRANSACTIONS = 12
_SILVER, _GOLD = 100, 250  # credits received
# Figures and letters that nobody takes for another.
_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 7


@dataclass
class Rows:
    """The rows of a batch of contacts, in the order in which they can be stored."""

    contacts: list[Contact] = field(default_factory=list)
    identifiers: list[ContactIdentifier] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    transactions: list[LoyaltyTransaction] = field(default_factory=list)
    prepaid: list[PrepaidTransaction] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    redemptions: list[VoucherRedemption] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)

    def store(self) -> None:
        """Store everything."""
        insert(self.contacts)
        insert(self.identifiers)
        insert(self.subscriptions)
        insert(self.transactions)
        insert(self.prepaid)
        insert(self.vouchers)
        insert(self.locks)
        insert(self.redemptions)
        insert(self.bookings)


def fill_contacts(rng: Random, account: Account, contacts: int, seed: int, now: datetime) -> None:
    """Make so many contacts, of the people that `seed` gives, who joined before `now`."""
    taken = Contact.objects.values_list("email", flat=True)
    stream = people(contacts, seed=seed, today=now.date(), taken=taken)
    maker = ContactMaker(rng, account, now)
    while batch := list(islice(stream, BATCH)):
        maker.make(batch).store()
    maker.keys.tell_database()


class ContactMaker:
    """Turns people into contacts with cards, credits, vouchers and bookings."""

    def __init__(self, rng: Random, account: Account, now: datetime) -> None:
        self.rng = rng
        self.account = account
        self.now = now
        self.rows = Rows()
        self.keys = Keys()
        self.vouchers_made = 0
        self.welcome_left = WELCOME_COFFEE_LIMIT // 10
        # Most is bought where most people live.
        self.shops = [shop.pk for place, shop in enumerate(account.shops) for _ in range(8 - place)]

    def make(self, batch: Iterable[Person]) -> Rows:
        """Make the rows of some people."""
        self.rows = Rows()
        for person in batch:
            self._add(person)
        return self.rows

    def _add(self, person: Person) -> None:
        rng = self.rng
        contact = Contact(
            id=self.keys.next(Contact),
            uuid=new_uuid(rng),
            email=person.email,
            attributes=self._attributes(person),
            is_anonymous=person.is_anonymous,
            channel="REGISTER_API" if person.is_anonymous else rng.choice(_CHANNELS),
            status="ACTIVE" if happens(rng, 0.99) else "INACTIVE",
            created_at=person.created_at,
            updated_at=person.created_at,
        )
        self.rows.contacts.append(contact)
        card = self._add_cards(contact, person)
        self._add_transactions(contact, card)
        self._add_subscriptions(contact, person)
        if happens(rng, 0.06):
            self._add_prepaid(contact)
        if happens(rng, 0.2):
            self._add_voucher(contact)
        if happens(rng, 0.015):
            self._add_booking(contact)

    def _attributes(self, person: Person) -> dict[str, Any]:
        values: dict[str, Any] = {
            "firstname": person.firstname,
            "lastname": person.lastname,
            "phonenumber": person.phonenumber,
            "birthdate": person.birthdate.isoformat() if person.birthdate else "",
            "address": person.address,
        }
        if not person.is_anonymous:
            values["locale"] = COUNTRIES[person.country].locale
            values["favourite_drink"] = self.rng.choice(_DRINKS) if happens(self.rng, 0.2) else ""
        return {name: value for name, value in values.items() if value}

    # --- Cards and subscriptions ---

    def _add_cards(self, contact: Contact, person: Person) -> ContactIdentifier | None:
        """Give nearly everybody a card, and some an older one that has been lost."""
        if not person.is_anonymous and happens(self.rng, 0.12):
            return None
        card = self._card(contact, 2 * person.number, "Card")
        self.rows.identifiers.append(card)
        if happens(self.rng, 0.04):
            lost = self._card(contact, 2 * person.number + 1, "Lost card")
            lost.active = lost.is_default = False
            self.rows.identifiers.append(lost)
        return card

    def _card(self, contact: Contact, number: int, name: str) -> ContactIdentifier:
        return ContactIdentifier(
            id=self.keys.next(ContactIdentifier),
            value=card_value(number),
            name=name,
            contact_id=contact.pk,
            is_default=True,
            created_at=contact.created_at,
        )

    def _add_subscriptions(self, contact: Contact, person: Person) -> None:
        if person.is_anonymous:
            return
        if person.wants_newsletter:
            self._subscribe(contact, self.account.newsletter.pk, "SUBSCRIBED")
        if happens(self.rng, 0.12):
            confirmed = happens(self.rng, 0.8)
            status = "SUBSCRIBED" if confirmed else "PENDING_CONFIRMATION"
            self._subscribe(contact, self.account.offers.pk, status)
        if happens(self.rng, 0.02):
            self._subscribe(contact, self.account.service.pk, "UNSUBSCRIBED")

    def _subscribe(self, contact: Contact, kind: int, status: str) -> None:
        row = Subscription(
            id=self.keys.next(Subscription),
            contact_id=contact.pk,
            subscription_type_id=kind,
            status=status,
        )
        self.rows.subscriptions.append(row)

    # --- Credits and prepaid money ---

    def _add_transactions(self, contact: Contact, card: ContactIdentifier | None) -> None:
        """Let a contact buy from joining until yesterday, and now and then take a reward."""
        rng = self.rng
        number = min(int(rng.expovariate(1 / 2.4)), _MOST_TRANSACTIONS)
        moments = sorted(self._since(contact.created_at) for _ in range(number))
        received = 0
        for at in moments:
            if contact.credits >= 100 and happens(rng, 0.35):  # noqa: PLR2004  (a reward's price)
                row = self._reward(contact, at)
            else:
                row = self._reception(contact, at)
                received += row.credits
            row.contact_identifier_id = card.pk if card else None
            contact.credits += row.credits
            contact.updated_at = at
            self.rows.transactions.append(row)
        contact.tier_id = self._tier(received)

    def _reception(self, contact: Contact, at: datetime) -> LoyaltyTransaction:
        """Give credits as the units say: one for a whole euro, ten for a visit."""
        cents = int(self.rng.lognormvariate(7.1, 0.8)) + 100
        visit = happens(self.rng, 0.1)
        return LoyaltyTransaction(
            id=self.keys.next(LoyaltyTransaction),
            uuid=new_uuid(self.rng),
            contact_id=contact.pk,
            shop_id=self._shop(contact),
            credits=10 if visit else cents // 100,
            unit_id=(self.account.visits if visit else self.account.purchase_amount).pk,
            unit_value=Decimal(1) if visit else Decimal(cents) / 100,
            channel=contact.channel,
            created_at=at,
        )

    def _reward(self, contact: Contact, at: datetime) -> LoyaltyTransaction:
        """Let a contact have a reward, and take it along at once."""
        row = LoyaltyTransaction(
            id=self.keys.next(LoyaltyTransaction),
            uuid=new_uuid(self.rng),
            type="reward_reception",
            contact_id=contact.pk,
            shop_id=self._shop(contact),
            expires_at=at + timedelta(days=90),
            collected_at=at,
            channel=contact.channel,
            created_at=at,
        )
        reward = self.account.rewards[self.rng.choice((25, 50, 100))]
        row.reward_id, row.credits = reward.pk, -reward.required_credits
        return row

    def _tier(self, received: int) -> int:
        return int(self.account.tiers[(received >= _SILVER) + (received >= _GOLD)].pk)

    def _add_prepaid(self, contact: Contact) -> None:
        put_in = self.rng.choice((1_000, 2_000, 2_500, 5_000))
        amounts = [put_in] if happens(self.rng, 0.5) else [put_in, -self.rng.randrange(100, put_in)]
        moments = sorted(self._since(contact.created_at) for _ in amounts)
        for at, amount in zip(moments, amounts, strict=True):
            row = PrepaidTransaction(
                id=self.keys.next(PrepaidTransaction),
                uuid=new_uuid(self.rng),
                contact_id=contact.pk,
                shop_id=self._shop(contact),
                amount_in_cents=amount,
                created_at=at,
            )
            contact.prepaid_cents += amount
            self.rows.prepaid.append(row)

    # --- Vouchers ---

    def _add_voucher(self, contact: Contact) -> None:
        """Give a voucher of one of the promotions with room; a third of them to nobody yet."""
        promotion = self._promotion()
        given_at = self._since(max(contact.created_at, self.now - timedelta(days=400)))
        lasts = timedelta(seconds=promotion.expiration_duration or 0)
        voucher = Voucher(
            id=self.keys.next(Voucher),
            uuid=new_uuid(self.rng),
            code=self._code(promotion),
            promotion_id=promotion.pk,
            contact_id=None if happens(self.rng, 0.3) else contact.pk,
            activation_date=given_at,
            expiration_date=given_at + lasts if lasts else None,
            total_redemptions_allowed=promotion.redemptions_per_voucher or 1,
            created_at=given_at,
        )
        self.rows.vouchers.append(voucher)
        self._use(voucher, contact)

    def _promotion(self) -> Promotion:
        names = ("Birthday cake", "Summer scoop", "Bring a friend", "Ten coffees", "Grand opening")
        if self.welcome_left and happens(self.rng, 0.2):
            self.welcome_left -= 1
            return self.account.promotions["Welcome coffee"]
        return self.account.promotions[self.rng.choice(names)]

    def _code(self, promotion: Promotion) -> str:
        """Make a code that cannot be guessed from the one before and yet never comes twice."""
        size = len(_CODE_LETTERS) ** _CODE_LENGTH
        # An odd factor reaches every number of a power of two exactly once.
        number = (self.vouchers_made * 0x9E3779B1 + 0x2545F491) % size
        self.vouchers_made += 1
        letters = []
        for _ in range(_CODE_LENGTH):
            number, letter = divmod(number, len(_CODE_LETTERS))
            letters.append(_CODE_LETTERS[letter])
        return f"{promotion.name.split()[0].upper()}-{''.join(letters)}"

    def _use(self, voucher: Voucher, contact: Contact) -> None:
        """Take most vouchers to one of the ends that they come to."""
        chance = self.rng.random()
        if chance < 0.35:  # noqa: PLR2004
            self._redeem(voucher, contact)
        elif chance < 0.4:  # noqa: PLR2004
            voucher.is_deactivated = True
        elif chance < 0.43:  # noqa: PLR2004
            days = self.rng.randrange(2, 60)
            voucher.activation_date = self.now + timedelta(days=days)
            voucher.expiration_date = self.now + timedelta(days=days + 60)
        elif chance < 0.44:  # noqa: PLR2004
            self._lock(voucher)

    def _redeem(self, voucher: Voucher, contact: Contact) -> None:
        """Use a voucher up, or one of several uses."""
        begun_at = voucher.activation_date or voucher.created_at
        until = min(self.now, voucher.expiration_date or self.now)
        uses = voucher.total_redemptions_allowed
        times = self.rng.randint(1, uses)
        moments = sorted(begun_at + (until - begun_at) * self.rng.random() for _ in range(times))
        voucher.contact_id = contact.pk
        voucher.redeemed_at = moments[-1] if times == uses else None
        self.rows.redemptions.extend(
            VoucherRedemption(
                id=self.keys.next(VoucherRedemption),
                uuid=new_uuid(self.rng),
                voucher_id=voucher.pk,
                shop_id=self._shop(contact),
                created_at=at,
            )
            for at in moments
        )

    def _lock(self, voucher: Voucher) -> None:
        """Hold a voucher that is still good, until long after anybody looks."""
        voucher.expiration_date = self.now + timedelta(days=90)
        lock = Lock(
            id=self.keys.next(Lock),
            voucher_id=voucher.pk,
            release_key=f"{self.rng.getrandbits(128):032x}",
            locked_at=self.now,
            system_release_at=self.now + timedelta(days=30),
        )
        self.rows.locks.append(lock)

    # --- Bookings ---

    def _add_booking(self, contact: Contact) -> None:
        rng = self.rng
        is_past = happens(rng, 0.6)
        days = -rng.randrange(1, 120) if is_past else rng.randrange(1, 30)
        starts_at = self.now + timedelta(days=days, minutes=15 * rng.randrange(44, 80))
        status = rng.choice(_BOOKING_STATUSES[2:]) if is_past else "created"
        row = Booking(
            id=self.keys.next(Booking),
            uuid=new_uuid(rng),
            contact_id=contact.pk,
            shop_id=self.account.shops[rng.randrange(2, 5)].pk,
            external_id=f"TABLE-{rng.getrandbits(40):010X}",
            source=rng.choice(("Widget", "Phone", "Web shop")),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            checked_in_at=starts_at if status == "completed" else None,
            number_of_people=rng.choice((1, 2, 2, 2, 3, 4, 4, 6, 8)),
            status=status,
            prepaid_amount=1_000 if happens(rng, 0.2) else None,
            created_at=min(self.now, starts_at) - timedelta(days=rng.randrange(1, 14)),
        )
        self.rows.bookings.append(row)

    # --- Where and when ---

    def _shop(self, contact: Contact) -> int:
        is_web = contact.channel == "WEBSHOP_API" and happens(self.rng, 0.7)
        return self.account.shops[1].pk if is_web else self.rng.choice(self.shops)

    def _since(self, begun_at: datetime) -> datetime:
        """Pick a moment between `begun_at` and now, to the second."""
        return begun_at + timedelta(
            seconds=int((self.now - begun_at).total_seconds() * self.rng.random())
        )


def card_value(number: int) -> str:
    """Write a card's number as its bar code: EAN-13, of the range for a shop's own use."""
    figures = f"29{number:010d}"
    weighted = sum(int(figure) * (3 if at % 2 else 1) for at, figure in enumerate(figures))
    return f"{figures}{-weighted % 10}"
