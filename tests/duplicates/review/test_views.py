"""The queue's pages: what they show, where deciding leads, and what a contact's page offers."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import Decision, DecisionKind, MirroredContact, Pair, PairStatus
from piggyadmin.duplicates.review import decisions, finder, queue, views
from piggyadmin.duplicates.review.filters import PAGE
from piggyadmin.piggy.errors import Unreachable
from piggyadmin.sandbox import seed
from tests.duplicates.pairs import fresh, make_cluster, make_contact, make_pair, reviewer

pytestmark = pytest.mark.django_db
QUEUE = "/duplicates/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def noor() -> User:
    """The person of the `admin` browser."""
    return User.objects.get(username="admin")


def url(pair: Pair, rest: str = "") -> str:
    return f"/duplicates/pair/{pair.first}/{pair.second}/{rest}"


def fragment(pair: Pair) -> str:
    """Give what the page of a pair says of deciding."""
    request = RequestFactory().get(url(pair))
    request.user, request.session = noor(), SessionBase()
    context = {"pair": fresh(pair)}
    parts = ("duplicates/_decision_bar.html", "duplicates/_decide.html")
    rendered = "".join(render_to_string(part, context, request) for part in parts)
    return " ".join(rendered.split())


def decide(client, pair, decision, **fields):
    return client.post(url(pair, "decide/"), {"decision": decision, **fields})


# --- The queue -------------------------------------------------------------------------------


def test_the_queue_is_for_those_who_review(admin, staff, auditor):
    for client in (staff, auditor):
        assert client.get(QUEUE).status_code == 403
    assert admin.get(QUEUE).status_code == 200


def test_a_pair_is_shown_with_who_how_sure_why_and_what_is_at_stake(admin, evidence):
    mira = make_contact("Mira Jansen", email="mira@example.test")
    pair = make_pair(mira, credits=150, last_transaction_at=timezone.now() - timedelta(days=3))
    page = text(admin.get(QUEUE))
    for words in (
        "One possible duplicate waits for a decision.",
        "<b>Mira Jansen</b>",
        "mira@<wbr>example.test",
        "very likely",
        "97 %",
        "same phone, written differently",
        "150 credits",
        "Bought 3 days ago",
        "To be decided · proposed. The surest with the most at stake first.",
        f'href="{url(pair)}"',
    ):
        assert words in page


def test_names_are_shown_as_text(admin):
    make_pair(make_contact("<script> O'Hara", email="a@b.test"))
    assert "&lt;script&gt; O&#x27;Hara" in text(admin.get(QUEUE))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_anonymous": True, "identifier": "CARD-7"}, ("Anonymous customer", "CARD-7")),
        ({"email": "x@y.test"}, ("Without a name", "x@y.test")),
    ],
)
def test_contacts_without_a_name_are_called_something(admin, fields, words):
    make_pair(make_contact("", **{"email": "", **fields}))
    page = text(admin.get(QUEUE))
    assert all(each in page for each in words)


def test_contacts_that_left_the_mirror_are_called_by_their_uuid(admin):
    pair = make_pair()
    make_contact()
    MirroredContact.objects.filter(uuid=pair.first).delete()
    assert f"<b>{pair.first}</b>" in text(admin.get(QUEUE))


def test_the_queue_tells_who_looks_at_what(admin):
    pair = make_pair()
    queue.hold(pair, reviewer("sanne"))
    assert "Sanne is looking at this" in text(admin.get(QUEUE))
    assert "Sanne is looking at this pair now" in fragment(pair)
    queue.release(pair, User.objects.get(username="sanne"))
    queue.hold(pair, noor())
    assert "is looking at this" not in text(admin.get(QUEUE))


def test_pairs_of_a_cluster_lead_to_it(admin):
    cluster = make_cluster(3)
    page = text(admin.get(QUEUE))
    assert page.count(f"/duplicates/clusters/{cluster.pk}/") == 2
    assert "3 hang together" in page


def test_what_was_dismissed_is_listed_with_who_and_why(admin):
    pair, other = make_pair(), make_pair()
    decisions.dismiss(pair, reviewer("sanne"), comment="Father and son.")
    decisions.dismiss(other, reviewer("bo"))
    page = text(admin.get(f"{QUEUE}?status=dismissed"))
    assert "Sanne: not a duplicate, “Father and son.”" in page
    assert "Bo: not a duplicate" in page
    assert "Sanne" not in text(admin.get(QUEUE))


def test_further_pages_keep_the_filter(admin):
    for number in range(PAGE + 2):
        make_pair(rank=number, credits=1)
    make_pair(credits=0)
    first = admin.get(QUEUE, {"has_credits": "on"})
    assert len(first.context["rows"]) == PAGE
    last = first.context["rows"][-1].pair
    link = f"/duplicates/?has_credits=on&amp;after={last.pk}"
    assert link in text(first)
    second = admin.get(link.replace("&amp;", "&"))
    assert len(second.context["rows"]) == 2
    assert "To the beginning" in text(second)
    assert "Further" not in text(second)


def test_more_than_are_counted(admin, monkeypatch):
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    make_pair(), make_pair(), make_pair()
    assert "2 possible duplicates or more wait for a decision" in text(admin.get(QUEUE))


def test_what_was_put_off_tells_when_it_comes_back(admin):
    make_pair(status=PairStatus.LATER, put_off_until=timezone.now() + timedelta(days=2, hours=1))
    assert "Comes back in 2 days" in text(admin.get(QUEUE, {"status": "later"}))


@pytest.mark.parametrize(
    ("words", "prepare", "query"),
    [
        ("has to read all of them once", lambda: None, ""),
        ("still being compared", lambda: make_contact(is_compared=False), ""),
        ("All done: nothing waits", make_contact, ""),
        ("No pair is like this", make_contact, "?certainty=99"),
    ],
)
def test_an_empty_queue_says_why(admin, words, prepare, query):
    prepare()
    assert words in text(admin.get(QUEUE + query))


def test_a_wrong_filter_is_told_beside_its_field(admin):
    make_pair()
    page = text(admin.post(QUEUE, {"q": "x" * 61}, follow=True))
    assert "at most 60 characters" in page
    assert "x" * 61 in page


def test_the_filter_goes_on_without_standing_in_an_address(admin):
    pair, other = make_pair(make_contact("Mira Jansen")), make_pair(make_contact("Noor Smit"))
    make_pair(make_contact("Mira Bakker"))
    response = admin.post(QUEUE, {"q": "mira", "status": ""})
    address = response["Location"]
    assert re.fullmatch(rf"{QUEUE}\?stored=[\w-]+", address)
    page = text(admin.get(address))
    assert 'value="mira"' in page
    assert pair.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    query = address.partition("?")[2]
    assert {f"/duplicates/csv/?{query}", f"/duplicates/next/?{query}"} <= {
        *re.findall(r'href="([^"]+)"', page)
    }
    following = admin.get(f"/duplicates/next/?{query}")["Location"]
    assert following.endswith(f"?{query}")
    next_one = admin.post(
        f"{following.partition('?')[0]}decide/", {"decision": "next", "kept": query}
    )
    assert next_one["Location"].endswith(f"?{query}")
    assert "mira" not in (following + next_one["Location"]).lower()


def test_a_filter_that_is_not_kept_any_more_is_told(admin):
    pair = make_pair()
    for address in (f"{QUEUE}?stored=x", "/duplicates/csv/?stored=x", "/duplicates/next/?stored=x"):
        response = admin.get(address, follow=True)
        assert response.redirect_chain == [(QUEUE, 302)]
        assert "not kept any more" in text(response)
    decided = admin.post(
        f"{pair.get_absolute_url()}decide/", {"decision": "next", "kept": "stored=x"}
    )
    assert decided["Location"] == QUEUE


# --- Next ------------------------------------------------------------------------------------


def test_next_leads_to_a_pair_with_the_filter_and_holds_it(admin):
    pair = make_pair(credits=5)
    response = admin.get("/duplicates/next/?has_credits=on&after=nonsense")
    assert response.url == f"{url(pair)}?has_credits=on"
    assert fresh(pair).held_by == noor().pk


def test_next_without_any_leads_back_to_the_queue(admin):
    response = admin.get("/duplicates/next/?has_credits=on", follow=True)
    assert response.redirect_chain == [("/duplicates/?has_credits=on", 302)]
    assert "no other pair here to look at now" in text(response)


# --- Deciding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "status", "words"),
    [
        ("dismiss", "dismissed", "Not a duplicate"),
        ("tomorrow", "later", "Put off until tomorrow."),
        ("next-week", "later", "Put off until next week."),
    ],
)
def test_a_decision_is_taken_and_the_next_pair_shown(admin, decision, status, words):
    pair, following = make_pair(rank=0.9), make_pair(rank=0.8)
    fields = {"comment": "Twins.", "seen": pair.seen, "kept": "sort=&show=all"}
    response = decide(admin, pair, decision, **fields)
    assert response.url == f"{url(following)}?sort=&show=all"
    assert fresh(pair).status == status
    assert Decision.objects.get().comment == "Twins."
    assert fresh(following).held_by == noor().pk
    page = text(admin.get(QUEUE))
    assert words in page
    assert "You have just decided: Mira Jansen · Mirra Jansen:" in page


def test_next_decides_nothing_and_lets_go(admin):
    pair, following = make_pair(rank=0.9), make_pair(rank=0.8)
    queue.hold(pair, noor())
    assert decide(admin, pair, "next").url == url(following)
    assert (fresh(pair).status, fresh(pair).held_by) == ("open", None)
    assert not Decision.objects.exists()


def test_after_the_last_pair_the_queue_comes(admin):
    response = decide(admin, make_pair(), "dismiss")
    assert response.url == QUEUE


def test_a_pair_can_be_opened_again(admin):
    pair = make_pair(status=PairStatus.DISMISSED)
    decisions.keep(pair, DecisionKind.DISMISS, reviewer("sanne"), comment="Twins.")
    page = fragment(pair)
    assert "Sanne: not a duplicate, “Twins.”" in page
    assert 'value="reopen"' in page
    assert 'value="dismiss"' not in page
    assert decide(admin, pair, "reopen", kept="status=dismissed").url == (
        f"{url(pair)}?status=dismissed"
    )
    assert fresh(pair).status == "open"


def test_who_is_overtaken_is_told_and_keeps_the_comment(admin):
    pair = make_pair()
    queue.hold(pair, reviewer("sanne"))
    response = decide(admin, pair, "dismiss", comment="They are twins.")
    assert response.url == url(pair)
    page = text(admin.get(QUEUE))
    assert "Sanne is looking at this pair now. Nothing was changed." in page
    assert "Your comment was: “They are twins.”" in page
    decide(admin, pair, "dismiss")
    assert "Your comment" not in text(admin.get(QUEUE))


def test_what_has_changed_is_not_decided_unseen(admin):
    pair = make_pair()
    decide(admin, pair, "dismiss", seen="other-data")
    assert fresh(pair).status == "open"
    assert "changed meanwhile" in text(admin.get(QUEUE))


@pytest.mark.parametrize("comment", ["x" * 1001, "null\x00byte"])
def test_a_comment_that_cannot_be_kept_is_told_and_not_lost(admin, comment):
    pair = make_pair()
    response = decide(admin, pair, "dismiss", comment=comment, seen=pair.seen, kept="show=all")
    assert response.status_code == 200
    form = response.context["decide_form"]
    assert form.errors["comment"]
    assert form["seen"].value() == pair.seen
    page = text(response)
    assert comment[:20].replace("\x00", "") in page.replace("\x00", "")
    assert f'href="{url(pair)}#action"' in page
    assert fresh(pair).status == "open"


def test_either_order_of_the_two_names_the_pair(admin):
    pair = make_pair()
    admin.post(f"/duplicates/pair/{pair.second}/{pair.first}/decide/", {"decision": "dismiss"})
    assert fresh(pair).status == "dismissed"


def test_what_is_no_pair_cannot_be_decided(admin):
    sent = {"decision": "dismiss", "comment": "Twins.", "kept": "show=all"}
    response = admin.post("/duplicates/pair/a/b/decide/", sent, follow=True)
    assert response.redirect_chain == [(f"{QUEUE}?show=all", 302)]
    assert "not taken for one person any more. Nothing was changed." in text(response)
    assert "Your comment was: “Twins.”" in text(response)
    assert not Decision.objects.exists()
    assert admin.get("/duplicates/pair/a/b/decide/").status_code == 405


@pytest.mark.parametrize("path", ["decide/", "hold/", "release/"])
def test_deciding_is_for_those_who_review(staff, path):
    assert staff.post(url(make_pair(), path), {"decision": "dismiss"}).status_code == 403
    assert staff.post("/duplicates/undo/").status_code == 403


def test_undo(admin):
    pair = make_pair()
    decide(admin, pair, "dismiss")
    assert "Take it back" in text(admin.get(QUEUE))
    response = admin.post("/duplicates/undo/", {"kept": "show=all"})
    assert response.url == f"{url(pair)}?show=all"
    assert fresh(pair).status == "open"
    response = admin.post("/duplicates/undo/", follow=True)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert "nothing to take back" in text(response)
    assert "You have just decided" not in text(response)


# --- Holding while a page is open ------------------------------------------------------------


def test_an_open_page_goes_on_holding(admin):
    pair = make_pair()
    assert admin.post(url(pair, "hold/")).status_code == 204
    assert fresh(pair).held_by == noor().pk
    assert admin.post(url(pair, "release/")).status_code == 204
    assert fresh(pair).held_by is None


def test_an_open_page_is_told_who_has_taken_over(admin):
    pair = make_pair()
    queue.hold(pair, reviewer("sanne"))
    response = admin.post(url(pair, "hold/"))
    assert response.status_code == 200
    assert "Sanne is looking at this pair now" in text(response)
    admin.post(url(pair, "release/"))
    assert fresh(pair).held_by_name == "Sanne"


def test_a_page_of_a_pair_that_is_gone_is_left_alone(admin):
    for path in ("hold/", "release/"):
        assert admin.post(f"/duplicates/pair/a/b/{path}").status_code == 204


# --- Clusters --------------------------------------------------------------------------------


def test_a_cluster_shows_its_contacts_and_its_weakest_link(admin, evidence):
    cluster = make_cluster(3)
    weakest = cluster.pairs.first()
    Pair.objects.filter(pk=weakest.pk).update(probability=0.91, is_proposed=False)
    page = text(admin.get(f"/duplicates/clusters/{cluster.pk}/"))
    assert "3 customers, together 150 credits." in page
    assert "The weakest link that holds them together is 91 % sure." in page
    assert page.count(f'href="{url(weakest)}"') == 4  # said, twice in the square, and listed
    assert page.count("same phone, written differently") == 2


def test_a_cluster_that_is_over_says_so(admin):
    cluster = make_cluster(2, status=PairStatus.MERGED)
    page = text(admin.get(f"/duplicates/clusters/{cluster.pk}/"))
    assert "Nothing of this is left" in page


def test_a_cluster_that_fell_apart_leads_to_what_is_left(admin):
    response = admin.get("/duplicates/clusters/999999999999999999/", follow=True)
    assert response.redirect_chain == [(QUEUE, 302)]
    assert "do not hang together any more" in text(response)


def test_a_cluster_adds_up_what_its_contacts_have_now(admin):
    cluster = make_cluster(3)
    MirroredContact.objects.update(credits=70)
    assert "together 210 credits" in text(admin.get(f"/duplicates/clusters/{cluster.pk}/"))


# --- From a contact's page -------------------------------------------------------------------


def test_a_contact_shows_its_possible_duplicates(admin, staff, sandbox, evidence):
    mira = make_contact("Mira Jansen", uuid=seed.MIRA_UUID)
    pair = make_pair(mira, make_contact("M. Jansen"), status=PairStatus.LATER)
    make_pair(mira, make_contact("Long Gone"), status=PairStatus.GONE)
    page = text(admin.get(f"/contacts/{seed.MIRA_UUID}/"))
    assert "Possible duplicates of this customer" in page
    assert f'href="{url(pair)}"' in page
    assert "<b>M. Jansen</b>" in page
    assert "put off" in page
    assert "Long Gone" not in page
    assert "Possible duplicates" not in text(staff.get(f"/contacts/{seed.MIRA_UUID}/"))


def test_a_contact_is_checked_now(admin, sandbox, monkeypatch):
    checked = []

    def check(uuid):
        checked.append(uuid)
        return [make_pair(), make_pair()][: 3 - len(checked)]

    monkeypatch.setattr(store, "refresh", lambda piggy, uuid: make_contact())
    monkeypatch.setattr(finder, "check", check)
    here = f"/contacts/{seed.MIRA_UUID}/"
    for words in ("2 possible duplicates", "one possible duplicate", "Checked: none"):
        response = admin.post(f"/duplicates{here}check/", follow=True)
        assert response.redirect_chain == [(here, 302)]
        assert words in text(response)
    assert checked == [seed.MIRA_UUID] * 3


def test_a_contact_that_is_gone_is_not_compared(admin, sandbox, monkeypatch):
    monkeypatch.setattr(store, "refresh", lambda piggy, uuid: None)
    monkeypatch.setattr(finder, "check", lambda uuid: pytest.fail("compared"))
    assert admin.post("/duplicates/contacts/nobody/check/").url == "/contacts/nobody/"


def test_checking_without_piggy_says_so(admin, sandbox, monkeypatch):
    def refresh(piggy, uuid):
        raise Unreachable(trace_id="t")

    monkeypatch.setattr(store, "refresh", refresh)
    response = admin.post(f"/duplicates/contacts/{seed.MIRA_UUID}/check/", follow=True)
    assert "Piggy" in text(response)
    assert "Checked" not in text(response)


@pytest.mark.parametrize("other", ["m.jansen@example.test", "CARD-0002", seed.DUPLICATE_UUID])
def test_any_two_contacts_are_compared_by_what_one_has(admin, sandbox, other):
    response = admin.post("/duplicates/compare/", {"first": seed.MIRA_UUID, "second": other})
    first, second = sorted([seed.MIRA_UUID, seed.DUPLICATE_UUID])
    assert response.url == f"/duplicates/pair/{first}/{second}/"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("CARD-0001", "This is the same customer."),
        ("nobody@example.test", "No customer with this e-mail"),
        ("", "This field is required."),
        ("x" * 256, "at most 255 characters"),
        ("a\x00b", "invisible control characters"),
    ],
)
def test_what_cannot_be_compared_is_told_beside_its_field(admin, sandbox, other, words):
    response = admin.post("/duplicates/compare/", {"first": seed.MIRA_UUID, "second": other})
    assert response.status_code == 200
    assert words in text(response)
    assert "second" in response.context["form"].errors


def test_comparing_without_piggy_keeps_what_was_typed(admin, sandbox):
    sandbox.faults(maintenance=True)
    response = admin.post("/duplicates/compare/", {"first": "a@b.test", "second": "c@d.test"})
    page = text(response)
    assert "maintenance" in page.lower() or "maintained" in page.lower()
    assert 'value="c@d.test"' in page


def test_compare_fills_in_what_the_address_has(admin):
    assert 'value="abc"' in text(admin.get("/duplicates/compare/?first=abc"))


# --- The desk --------------------------------------------------------------------------------


def test_the_desk_tells_how_many_wait(admin, staff):
    assert "possible duplicate" not in text(admin.get("/"))
    make_pair()
    assert "One possible duplicate waits for a decision." in text(admin.get("/"))
    assert "possible duplicate" not in text(staff.get("/"))
    assert views.QueuePage.permission == "actions.review_duplicates"
