"""One timeline of a customer: in order, with balances, and with what is missing said."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import contact_panels, timeline
from piggyadmin.contacts.templatetags.contacts import timeline_of
from piggyadmin.contacts.timeline import CREDITS, Happening, NextStep, Source, Wanted
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState, PersonLookUp
from piggyadmin.piggy.errors import Unfiltered, Unreachable
from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_fixtures import known_uuid
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.ledger.making import make_entry

NOW = datetime(2030, 1, 10, tzinfo=UTC)
URL = f"/contacts/{seed.MIRA_UUID}/timeline/"
PAGE = f"/contacts/{seed.MIRA_UUID}/"
MIRA = Contact(uuid=seed.MIRA_UUID, email=seed.MIRA_EMAIL, credits=120, prepaid_cents=1_250)


def at(day, kind="a", **more):
    return Happening(NOW - timedelta(days=day), kind, f"{kind}{day}", **more)


@pytest.fixture
def alone(monkeypatch):
    """Have no sources but those that the test registers."""
    monkeypatch.setattr(timeline, "_sources", {})


def source(name, happenings, **more):
    read = lambda _piggy, _uuid: iter(happenings)  # noqa: E731
    made = Source(name, name.title(), {name: name.title()}, **({"at_piggy": read} | more))
    timeline.register(made)
    return made


def told(wanted):
    at_piggy = [read() for read in timeline.reads(None, seed.MIRA_UUID, wanted)]
    return [*at_piggy, *timeline.stored(seed.MIRA_UUID, wanted)]


def words(wanted=Wanted()):  # noqa: B008  (it is frozen)
    found = timeline.put_together(MIRA, told(wanted), wanted)
    return [each.words for each in found.happenings]


# --- Put together ----------------------------------------------------------------------------


def test_all_sources_stand_in_one_order_the_newest_first(alone):
    source("b", [at(2, "b"), at(4, "b")])
    source("a", [at(1), at(3)])
    source("c", [], at_piggy=None, here=lambda uuid: [at(0, uuid[:2])])
    assert words() == ["c00", "a1", "b2", "a3", "b4"]


def test_it_reads_no_further_than_what_is_shown(alone):
    read = []

    def days():
        for day in range(100):
            read.append(day)
            yield at(day)

    source("a", days())
    wanted = Wanted(most=3)
    found = timeline.put_together(MIRA, told(wanted), wanted)
    assert [each.words for each in found.happenings] == ["a0", "a1", "a2"]
    assert found.has_more
    assert read == [0, 1, 2, 3]


def test_what_is_all_has_no_more(alone):
    source("a", [at(1), at(2)])
    wanted = Wanted(most=2)
    assert not timeline.put_together(MIRA, told(wanted), wanted).has_more


def test_it_is_narrowed_down_by_kind_shop_and_time(alone):
    source("a", [at(1, shop_uuid="s1"), at(2, shop_uuid="s2"), at(3, shop_uuid="s1")])
    source("b", [at(1, "b", shop_uuid="s1")])
    assert words(Wanted(kind="b")) == ["b1"]
    assert words(Wanted(shop_uuid="s2")) == ["a2"]
    assert words(Wanted(since=NOW - timedelta(days=2))) == ["a1", "b1", "a2"]
    assert words(Wanted(until=NOW - timedelta(days=2))) == ["a3"]


def test_a_source_of_another_kind_is_not_read(alone):
    source("a", [at(1)])
    source("b", [at(1, "b")])
    assert [each.source.name for each in told(Wanted(kind="b"))] == ["b"]


def test_a_source_that_fails_spoils_only_itself(alone):
    def breaks(_piggy, _uuid):
        raise Unreachable

    source("a", [at(1)])
    broken = source("b", [], at_piggy=breaks)
    wanted = Wanted()
    found = timeline.put_together(MIRA, told(wanted), wanted)
    assert [each.words for each in found.happenings] == ["a1"]
    assert [each.source for each in found.failed] == [broken]


def test_balances_are_counted_back_from_the_one_now():
    rows = [at(1, change=30, account=CREDITS), at(2, change=-50, account=CREDITS), at(3)]
    found = [timeline._with_balance(each, MIRA) for each in timeline.running(rows)]
    assert [each.balance for each in found] == [120, 90, None]


@pytest.mark.parametrize(
    ("account", "change", "amount", "balance", "figure"),
    [
        (CREDITS, 1234, "+1,234", "1,234", 1234),
        (CREDITS, -5, "-5", "1,234", -5),
        (timeline.PREPAID, 1250, "+€\N{NO-BREAK SPACE}12.50", "€\N{NO-BREAK SPACE}12.34", 12.5),
        ("", None, "", "€", ""),
    ],
)
def test_amounts_are_written_as_what_they_are(account, change, amount, balance, figure):
    each = at(1, account=account, change=change, balance=1234 if account else None)
    assert each.amount == amount
    assert each.balance_words == (balance if account else "")
    assert each.in_figures(change) == figure


def test_what_this_console_did_is_not_told_twice(alone):
    source("a", [at(1, uuid="u1"), at(2, uuid="u2")])
    done = [at(1, "by", uuid="u1", detail="Goodwill"), at(3, "by")]
    source("ledger", [], at_piggy=None, here=lambda _uuid: done)
    found = timeline.put_together(MIRA, told(Wanted()), Wanted())
    assert [each.words for each in found.happenings] == ["a1", "a2", "by3"]
    assert [each.entry and each.entry.detail for each in found.happenings] == [
        "Goodwill",
        None,
        None,
    ]


REVERSE = NextStep("Reverse", "reverse-credit-reception", {})


def offered(*at_piggy, here=()):
    """Tell of each whether it can be taken back, and whether it was."""
    source("a", at_piggy)
    source("ledger", [], at_piggy=None, here=lambda _uuid: list(here))
    found = timeline.put_together(MIRA, told(Wanted()), Wanted())
    return {each.uuid: (bool(each.steps), each.is_taken_back) for each in found.happenings}


def test_what_was_taken_back_from_here_is_not_offered_again(alone):
    rows = [at(day, uuid=f"u{day}", change=5, steps=[REVERSE]) for day in (1, 2, 3)]
    reversing = at(1, "by", uuid="u1", takes_back="u3")
    assert offered(*rows, here=[reversing]) == {
        "u1": (False, False),
        "u2": (True, False),
        "u3": (False, True),
    }


def test_what_was_taken_back_by_what_nobody_knows_the_uuid_of_is_not_offered_either(alone):
    """So it is where a person has settled that a reversal was done."""
    reversing = at(1, "by", takes_back="u3")
    rows = [at(3, uuid="u3", change=5, steps=[REVERSE])]
    assert offered(*rows, here=[reversing])["u3"] == (False, True)


def test_what_has_the_reference_of_its_opposite_was_taken_back(alone):
    several = [(1, -5, "r1"), (2, 5, ""), (3, 5, "r1"), (4, -5, "")]
    rows = [
        at(day, uuid=f"u{day}", change=change, reference=reference, steps=[REVERSE])
        for day, change, reference in several
    ]
    assert offered(*rows) == {
        "u1": (False, False),
        "u2": (True, False),
        "u3": (False, True),
        "u4": (True, False),
    }


def test_what_is_somebody_elses_is_left_out_until_it_is_too_much():
    other = Contact(uuid="other")
    rows = [SimpleNamespace(contact=contact) for contact in (MIRA, other, None)]
    found = list(timeline.own_rows(rows, seed.MIRA_UUID))
    assert [row.contact for row in found] == [MIRA, None]
    many = (SimpleNamespace(contact=other) for _ in range(timeline.MOST_OF_OTHERS + 1))
    with pytest.raises(Unfiltered):
        list(timeline.own_rows(many, seed.MIRA_UUID))


def test_a_step_leads_to_its_action_filled_in_if_there_still_is_one():
    step = NextStep("Reverse", "reverse-credit-reception", {"contact_uuid": "a b"})
    assert step.url == "/actions/reverse-credit-reception/?contact_uuid=a+b"
    assert NextStep("Gone", "no-such-action", {}).url == ""


# --- On its pages ----------------------------------------------------------------------------

on_pages = pytest.mark.django_db


def give(client, number, why="Goodwill"):
    asked = SAMPLES["create-credit-reception"] | {"credits": number, "reason": why}
    page = client.post("/actions/create-credit-reception/", asked)
    client.post("/actions/create-credit-reception/", confirmed(page, asked))


@on_pages
def test_the_page_of_a_customer_shows_the_newest(sandbox, staff):
    give(staff, "26")
    page = text(staff.get(PAGE))
    assert "+26" in page
    assert "26 credits at Amsterdam" in page
    assert "Goodwill" in page or "goodwill" in page
    reverse = "/actions/reverse-credit-reception/?contact_uuid="
    assert reverse in staff.get(PAGE).content.decode()


REVERSALS = [
    ("reverse-credit-reception", "credit_reception_uuid", seed.MIRA_UUID, "credits"),
    ("reverse-reward-reception", "reward_reception_uuid", seed.ANONYMOUS_UUID, "rewards"),
    ("reverse-prepaid-transaction", "prepaid_transaction_uuid", seed.MIRA_UUID, "prepaid"),
]


@on_pages
@pytest.mark.parametrize(
    "part", ["", "timeline/", "timeline/?until={yesterday}", "timeline/?kind={kind}"]
)
@pytest.mark.parametrize(("slug", "field", "whose", "kind"), REVERSALS)
def test_what_was_reversed_here_says_so(sandbox, staff, slug, field, whose, kind, part):
    yesterday = timezone.localdate() - timedelta(days=1)
    address = f"/contacts/{whose}/{part.format(yesterday=yesterday, kind=kind)}"
    step = f"/actions/{slug}/?contact_uuid={whose}&amp;{field}="
    before = staff.get(address).content.decode()
    sample = SAMPLES[slug]
    assert f"{step}{sample[field]}" in before
    assert "Reversed" not in before
    url = f"/actions/{slug}/"
    staff.post(url, confirmed(staff.post(url, sample), sample))
    after = staff.get(address).content.decode()
    assert after.count("Reversed") == 1
    # Nor is what Piggy booked against it.
    assert after.count(step) == before.count(step) - 1


@pytest.mark.parametrize(("entries", "queries"), [(0, 0), (timeline.ON_PAGE.most + 1, 1)])
def test_what_was_reversed_longer_ago_than_is_told_is_not_offered(
    db, alone, entries, queries, django_assert_num_queries
):
    """Where Piggy's clock is ahead, something of before the reversal is told as newer."""
    which, slug = {"credit_reception_uuid": "u1"}, "reverse-credit-reception"
    make_entry(EntryState.DONE, slug=slug, data=which, contact=seed.MIRA_UUID)
    for number in range(entries):
        make_entry(EntryState.DONE, contact=seed.MIRA_UUID, number=number)
    source("a", [at(1, uuid="u1", steps=[REVERSE]), at(2, uuid="u2", steps=[REVERSE])])
    source("ledger", [], at_piggy=None, here=contact_panels.ledger_entries)
    known = told(timeline.ON_PAGE)
    with django_assert_num_queries(queries):
        shown = timeline_of(MIRA, known).happenings
    steps = {each.uuid: bool(each.steps) for each in shown if each.uuid}
    assert steps == {"u1": False, "u2": True}


@on_pages
def test_what_was_reversed_elsewhere_says_so_by_its_reference(sandbox, staff):
    give(staff, "26")
    given = sandbox.api("GET", "loyalty-transactions", params={"contact_uuid": seed.MIRA_UUID})
    uuid = given[0]["uuid"]
    sandbox.api("POST", f"credit-receptions/{uuid}/reverse")
    page = staff.get(PAGE).content.decode()
    assert page.count("Reversed") == 1
    assert f"credit_reception_uuid={uuid}" not in page


@on_pages
def test_support_sees_what_was_done_and_no_link_to_what_it_may_not(sandbox, staff, support):
    give(staff, "27")
    page = support.get(URL).content.decode()
    assert "27 credits at Amsterdam" in page
    assert "/actions/reverse-credit-reception/" not in page


@on_pages
def test_the_balance_runs(sandbox, support):
    rows = support.get(URL, {"kind": "credits"}).context["happenings"]
    assert [(each.change, each.balance) for each in rows] == [(30, 120), (40, 90), (50, 50)]
    assert rows[0].uuid == known_uuid(0x612)


@on_pages
def test_it_is_looked_up_under_the_persons_name(sandbox, support):
    support.get(URL)
    assert [each.action for each in PersonLookUp.objects.all()] == ["timeline"]


@on_pages
def test_pages_go_to_the_end(sandbox, support, monkeypatch):
    monkeypatch.setattr("piggyadmin.contacts.timeline_views.PAGE", 2)
    first = support.get(URL, {"kind": "credits"})
    assert "page=2" in first.content.decode()
    second = support.get(URL, {"kind": "credits", "page": "2"})
    assert [each.change for each in first.context["happenings"]] == [30, 40]
    assert [each.change for each in second.context["happenings"]] == [50]
    assert "page=3" not in second.content.decode()


@on_pages
@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense"},
        {"shop_uuid": "nowhere"},
        {"since": "yesterday?"},
        {"page": "-1"},
        {"since": "\0"},
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_breaks_nothing(sandbox, support, query):
    page = support.get(URL, query)
    assert page.status_code == 200
    assert "page" in query or page.context["form"].errors


@on_pages
def test_a_filter_is_said_in_words(sandbox, support):
    page = text(support.get(URL, {"kind": "credits", "shop_uuid": seed.AMSTERDAM_UUID}))
    assert "Kind: Credits" in page
    assert "Shop: Amsterdam" in page


@on_pages
def test_a_source_that_cannot_be_read_says_so_and_the_rest_stands(sandbox, support):
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers$"})
    page = text(support.get(URL))
    assert "This part is missing." in page
    assert "Credits given (Purchase amount: €\N{NO-BREAK SPACE}30.00)" in page


@on_pages
def test_nobody_unknown_has_one(sandbox, support):
    unknown = "/contacts/c0ffee00-0000-4000-8000-0000000000ff/timeline/"
    assert support.get(unknown).status_code == 404
    assert support.get(f"{unknown}csv/").status_code == 404


@on_pages
def test_vouchers_stand_in_it_when_they_were_given_and_when_used(sandbox, support):
    rows = support.get(URL, {"kind": "vouchers"}).context["happenings"]
    assert [each.words.partition(":")[0] for each in rows][:1] == ["Voucher WELCOME-REDEEMED used"]
    assert [each.url for each in rows] == ["", "", ""]


@on_pages
def test_a_mail_that_a_colleague_sent_stands_in_it(sandbox, staff):
    slug = "send-contact-verification-email"
    data = SAMPLES[slug]
    page = staff.post(f"/actions/{slug}/", data)
    staff.post(f"/actions/{slug}/", confirmed(page, data))
    (mail,) = staff.get(URL, {"kind": "mails"}).context["happenings"]
    assert "verification mail" in mail.words
    assert mail.url == f"/ledger/{Entry.objects.get().submission_key}/"


@on_pages
def test_what_was_not_done_stands_in_it_too(sandbox, support):
    slug = "update-contact-subscription"
    data = {"subscription_type_uuid": "t1", "is_subscribed": "true"}
    make_entry(EntryState.UNKNOWN, slug=slug, data=data, contact=seed.MIRA_UUID)
    assert get_action(slug)
    (entry,) = support.get(URL, {"kind": "ledger"}).context["happenings"]
    assert "wanted to subscribe" in entry.words


@on_pages
def test_all_of_it_is_a_file(sandbox, staff):
    give(staff, "28")
    answer = staff.get(f"{URL}csv/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"When","Kind","What","Reason","Shop"')
    (own,) = [line for line in lines if '"28"' in line]
    assert '"Credits"' in own
    assert '"148"' in own
    assert "Staff gave" in own
    assert PersonLookUp.objects.filter(action="timeline").exists()


@on_pages
def test_a_file_without_a_part_is_no_file(sandbox, support):
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers$"})
    answer = support.get(f"{URL}csv/")
    assert "being maintained" in text(answer)
    assert "Content-Disposition" not in answer
