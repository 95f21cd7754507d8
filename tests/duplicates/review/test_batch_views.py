"""The pages on which many pairs are decided at once."""

import re
from uuid import uuid4

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import RUN_IN_BULK
from piggyadmin.duplicates.models import Decision
from piggyadmin.duplicates.review import batches, queue
from piggyadmin.duplicates.review.filters import PAGE
from piggyadmin.ledger.models import Entry
from tests.duplicates.pairs import fresh, make_contact, make_pair
from tests.duplicates.review.test_batches import statuses, text_of

pytestmark = pytest.mark.django_db
MANY, WHY = "/duplicates/many/", {"reason": "Double account"}


def text(response) -> str:
    return " ".join(response.content.decode().split())


def shown(client, *pairs, **more):
    return client.post(MANY, {"pairs": [batches.token(pair) for pair in pairs], **more})


def confirmed(client, page, decision="dismiss", **more):
    """Agree to what a page shows."""
    form = page.context["form"]
    fields = {name: form[name].value() for name in ("pairs", "submission_key", "kept")}
    typed = {"decision": decision, **fields, **WHY, **more}
    return client.post(
        MANY, {name: "" if value is None else value for name, value in typed.items()}
    )


def test_pairs_are_ticked_in_the_queue(admin):
    pair = make_pair(make_contact("Mira Jansen"))
    page = text(admin.get("/duplicates/"))
    assert f'value="{batches.token(pair)}"' in page
    assert "Decide on the 1 that is listed…" in page
    assert "Merge the certain ones among the chosen…" in page
    assert "1 to 1 of 1." in page
    assert 'name="pairs"' not in text(admin.get("/duplicates/?status=dismissed"))


def test_each_pair_says_where_in_the_list_it_is(admin, monkeypatch):
    for number in range(PAGE + 2):
        make_pair(rank=number)
    first = admin.get("/duplicates/")
    assert f"1 to {PAGE} of {PAGE + 2}." in text(first)
    second = text(admin.get(f"/duplicates/?after={first.context['last'].pk}"))
    assert f"{PAGE + 1} to {PAGE + 2} of {PAGE + 2}." in second
    assert re.search(rf'pair-place">{PAGE + 1}<', second)
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    page = text(admin.get("/duplicates/"))
    assert "pair-place" not in page
    assert "Decide on all that are listed…" in page


def test_what_would_and_what_would_not_be_decided_stands_first(admin, sanne):
    sure, unsure, held = make_pair(probability=0.96), make_pair(probability=0.7), make_pair()
    queue.hold(held, sanne)
    page = shown(admin, sure, unsure, held)
    words = text(page)
    assert "Decide on 2 pairs?" in words
    assert "2 pairs, from 96 % down to 70 % sure." in words
    assert "1 pair is left as it is. Sanne is looking at it now." in words
    assert "1 of them is very likely one person" in words
    assert statuses(sure, unsure) == ["open"] * 2
    assert not Entry.objects.exists()


def test_chosen_pairs_are_dismissed_and_taken_back(admin):
    one, other, third = make_pair(), make_pair(), make_pair()
    answer = confirmed(admin, shown(admin, one, other))
    assert statuses(one, other, third) == ["dismissed", "dismissed", "open"]
    page = admin.get(answer["Location"])
    assert "2 pairs were decided on." in text(page)
    assert "Take it back: open 2 pairs again" in text(page)
    answer = admin.post(answer["Location"], {"submission_key": page.context["submission_key"]})
    assert statuses(one, other) == ["open", "open"]
    page = text(admin.get(answer["Location"]))
    assert "opened again" in page
    assert "Take it back" not in page


@pytest.mark.parametrize("decision", ["tomorrow", "next-week"])
def test_all_that_the_filter_leaves_is_put_off(admin, decision):
    rich, poor = make_pair(credits=5), make_pair(credits=0)
    page = admin.post(MANY, {"all": "yes", "kept": "has_credits=on"})
    assert "Later: 1 pair, until tomorrow" in text(page)
    assert 'href="/duplicates/?has_credits=on"' in text(page)
    confirmed(admin, page, decision)
    assert statuses(rich, poor) == ["later", "open"]
    assert fresh(rich).put_off_until is not None


def test_more_than_can_be_decided_at_once_or_shown(admin, monkeypatch):
    for number in range(PAGE + 2):
        make_pair(rank=number)
    monkeypatch.setattr(batches, "MOST_PAIRS", PAGE + 1)
    words = text(admin.post(MANY, {"all": "yes", "kept": ""}))
    assert f"The list has more than {PAGE + 1} pairs" in words
    assert "And 1 more, less sure than these." in words


def test_a_reason_is_asked_for(admin):
    pair = make_pair()
    answer = confirmed(admin, shown(admin, pair), reason="")
    assert answer.status_code == 422
    assert statuses(pair) == ["open"]
    assert batches.token(pair) in text(answer)


def test_what_is_no_pair_any_more(admin):
    pair = make_pair()
    chosen = text_of(pair)
    Decision.objects.all().delete()
    pair.delete()
    words = text(admin.post(MANY, {"pairs": [chosen, text_of(make_pair())]}))
    assert "1 is no pair any more." in words


def test_only_what_is_left_as_it_is(admin, sanne):
    held = make_pair()
    queue.hold(held, sanne)
    words = text(shown(admin, held))
    assert "Sanne is looking at it now" in words
    assert 'value="dismiss"' not in words


@pytest.mark.parametrize("posted", [{}, {"pairs": "x"}, {"pairs": "99999.ab"}])
def test_nothing_was_chosen(admin, posted):
    answer = admin.post(MANY, {**posted, "kept": "has_credits=on"}, follow=True)
    assert "Nothing was chosen." in answer.text
    assert answer.redirect_chain[0][0] == "/duplicates/?has_credits=on"


def test_a_filter_that_is_not_kept_any_more(admin):
    answer = admin.post(MANY, {"all": "yes", "kept": "stored=nothing"}, follow=True)
    assert "is not kept any more" in answer.text


def test_nothing_that_was_chosen_stands_in_an_address(admin):
    assert admin.get(MANY)["Location"] == "/duplicates/"


def test_who_has_lost_the_right_meanwhile(admin, monkeypatch):
    page = shown(admin, pair := make_pair())
    monkeypatch.setattr(batches, "PERMISSIONS", ("actions.nobody_has_this",))
    monkeypatch.setattr(
        "piggyadmin.duplicates.review.batch_views.BatchPage.allows", lambda *_: True
    )
    answer = confirmed(admin, page, kept="has_credits=on")
    assert answer["Location"] == "/duplicates/?has_credits=on"
    assert statuses(pair) == ["open"]


def test_who_may_not_take_it_back(admin, auditor, monkeypatch):
    address = confirmed(admin, shown(admin, pair := make_pair()))["Location"]
    page = auditor.get(address)
    assert "Take it back" not in text(page)
    answer = auditor.post(address, {"submission_key": str(uuid4())}, follow=True)
    assert answer.status_code == 200
    assert statuses(pair) == ["dismissed"]


@pytest.mark.parametrize("key", ["", "nonsense", "d0ffee00-0000-4000-8000-000000000001"])
def test_nothing_to_take_back(admin, key):
    address = confirmed(admin, shown(admin, make_pair()))["Location"]
    admin.post(address, {"submission_key": str(uuid4())})
    answer = admin.post(address, {"submission_key": key}, follow=True)
    assert "There is nothing to take back any more." in answer.text


def test_pairs_that_are_gone_and_decisions_not_kept_yet(admin, monkeypatch):
    def dies(_entry):
        raise RuntimeError

    pair = make_pair()
    page = shown(admin, pair)
    monkeypatch.setattr(batches, "keep", dies)
    with pytest.raises(RuntimeError):
        confirmed(admin, page)
    pair.delete()
    words = text(admin.get(f"{MANY}{Entry.objects.get().submission_key}/"))
    assert "The decisions are not kept yet" in words
    assert "None of these is a pair any more" in words


def test_another_entry_is_no_batch(admin):
    assert admin.get(f"{MANY}{uuid4()}/").status_code == 404


def test_who_reviews_but_may_not_do_many(admin):
    user = User.objects.get(username="admin")
    for group in user.groups.all():
        group.permissions.remove(group.permissions.get(codename=RUN_IN_BULK.partition(".")[2]))
    make_pair()
    assert 'name="pairs"' not in text(admin.get("/duplicates/"))
    assert admin.post(MANY, {}).status_code == 403
