"""What the customer is told of a merge."""

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging.balances import Balances, Figures
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.customer_message import customer_message
from piggyadmin.duplicates.merging.plan import MergePlan


def candidate(uuid: str, **more) -> Candidate:
    values = {"vouchers": 0, "identifiers": [], "contact": Contact(uuid=uuid)}
    return Candidate(**{**values, **more})


def plan(survivor: Candidate, source: Candidate) -> MergePlan:
    return MergePlan(
        survivor=survivor,
        sources=(source,),
        keep=dict.fromkeys(survivor.values, survivor.uuid),
        labels={},
        checks=(),
        proposed=survivor.uuid,
        reasons=(),
    )


def balances(points: int = 1, prepaid_cents: int = 0) -> Balances:
    figures = Figures("a", points, prepaid_cents, 1, 0)
    return Balances(before=figures, sources=[figures], after=figures)


def test_friendly_and_complete():
    mira = candidate(
        "a",
        contact=Contact(uuid="a", email="mira@example.test"),
        values={"firstname": "Mira", "locale": "en"},
        identifiers=[ContactIdentifier(value="CARD-1")],
        vouchers_by_status={"ACTIVE": 1, "REDEEMED": 4},
    )
    text = customer_message(plan(mira, candidate("b")), balances(150, 1250)).text
    for words in ("Dear Mira,", "150 credits", "12.50", "Your card: CARD-1", "use 1 voucher."):
        assert words in text, words


def test_language_of_the_contact_or_ours_or_the_one_wanted():
    dutch = plan(candidate("a", values={"locale": "nl"}), candidate("b"))
    assert customer_message(dutch, balances()).language == "nl"
    assert customer_message(dutch, balances(), language="en").language == "en"
    french = plan(candidate("a", values={"locale": "fr"}), candidate("b"))
    assert customer_message(french, balances(), language="<script>").language == "en"


def test_nothing_is_made_up_about_somebody_unknown():
    anonymous = candidate("a", contact=Contact(uuid="a", email="made-up@x.test", is_anonymous=True))
    written = customer_message(plan(anonymous, candidate("b")), Balances(None, [], None))
    assert written.to == ""
    assert "Dear customer," in written.text
    assert "balance" not in written.text
    assert written.mailto.startswith("mailto:?subject=")


def test_what_the_books_do_not_say_is_not_promised():
    merge = plan(candidate("a"), candidate("b"))
    before, source, after = (Figures("a", points, 0, 1, 0) for points in (120, 30, 150))
    after = after._replace(identifiers=2)
    agreeing = Balances(before=before, sources=[source], after=after)
    assert "Nothing got lost" in customer_message(merge, agreeing).text
    lost = agreeing._replace(after=after._replace(credits=140))
    assert "in one place." in customer_message(merge, lost).text
    assert "Nothing got lost" not in customer_message(merge, lost).text


def test_nobody_is_addressed_by_a_page_of_letters():
    merge = plan(candidate("a", values={"firstname": "x" * 10_000}), candidate("b"))
    assert "Dear customer," in customer_message(merge, balances()).text
