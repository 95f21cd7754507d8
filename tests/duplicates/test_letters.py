"""What the customer is told of a merge."""

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.books import Books, Figures
from piggyadmin.duplicates.letters import letter
from piggyadmin.duplicates.plan import MergePlan
from piggyadmin.duplicates.sides import Side


def side(uuid: str, **more) -> Side:
    values = {"vouchers": 0, "identifiers": [], "contact": Contact(uuid=uuid)}
    return Side(**{**values, **more})


def plan(survivor: Side, source: Side) -> MergePlan:
    return MergePlan(
        survivor=survivor,
        sources=(source,),
        keep=dict.fromkeys(survivor.values, survivor.uuid),
        labels={},
        notices=(),
        proposed=survivor.uuid,
        reasons=(),
    )


def books(points: int = 1, prepaid_cents: int = 0) -> Books:
    figures = Figures("a", points, prepaid_cents, 1, 0)
    return Books(before=figures, sources=[figures], after=figures)


def test_friendly_and_complete():
    mira = side(
        "a",
        contact=Contact(uuid="a", email="mira@example.test"),
        values={"firstname": "Mira", "locale": "en"},
        identifiers=[ContactIdentifier(value="CARD-1")],
        vouchers_by_status={"ACTIVE": 1, "REDEEMED": 4},
    )
    text = letter(plan(mira, side("b")), books(150, 1250)).text
    for words in ("Dear Mira,", "150 credits", "12.50", "Your card: CARD-1", "use 1 voucher."):
        assert words in text, words


def test_language_of_the_contact_or_ours_or_the_one_wanted():
    dutch = plan(side("a", values={"locale": "nl"}), side("b"))
    assert letter(dutch, books()).language == "nl"
    assert letter(dutch, books(), language="en").language == "en"
    german = plan(side("a", values={"locale": "de"}), side("b"))
    assert letter(german, books(), language="<script>").language == "en"


def test_nothing_is_made_up_about_somebody_unknown():
    anonymous = side("a", contact=Contact(uuid="a", email="made-up@x.test", is_anonymous=True))
    written = letter(plan(anonymous, side("b")), Books(None, [], None))
    assert written.to == ""
    assert "Dear customer," in written.text
    assert "balance" not in written.text
    assert written.mailto.startswith("mailto:?subject=")


def test_what_the_books_do_not_say_is_not_promised():
    merge = plan(side("a"), side("b"))
    before, source, after = (Figures("a", points, 0, 1, 0) for points in (120, 30, 150))
    after = after._replace(identifiers=2)
    agreeing = Books(before=before, sources=[source], after=after)
    assert "Nothing got lost" in letter(merge, agreeing).text
    lost = agreeing._replace(after=after._replace(credits=140))
    assert "in one place." in letter(merge, lost).text
    assert "Nothing got lost" not in letter(merge, lost).text


def test_nobody_is_addressed_by_a_page_of_letters():
    merge = plan(side("a", values={"firstname": "x" * 10_000}), side("b"))
    assert "Dear customer," in letter(merge, books()).text
