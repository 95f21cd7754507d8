"""The page on which a wrong merge is taken back."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.repairing import views
from piggyadmin.duplicates.repairing.operations import REPAIR_MERGE, repairs_of
from piggyadmin.ledger import approvals, entries, writes
from piggyadmin.ledger.models import Approval, Entry, EntryState, Subject
from piggyadmin.ledger.rows import sentence_of
from tests.actions.test_views import FRAGMENT, text
from tests.conftest import signed_in
from tests.duplicates.repairing.making import DUPLICATE, MIRA, SHOP, fill, made, merged
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
REFUSE = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts$"}


@pytest.fixture
def wrong_merge(admin, sandbox) -> Entry:
    """A merge of two who are two people."""
    fill(sandbox)
    return merged(admin, sandbox, keep_birthdate=DUPLICATE)


def page_of(merge: Entry) -> str:
    return f"/duplicates/merges/{merge.submission_key}/repair/"


def post(client, merge: Entry, step: str, **typed):
    return client.post(page_of(merge), {"step": step, **typed})


def filled(client, merge: Entry, **more: str):
    form = client.get(page_of(merge)).context["form"]
    typed = {
        "shop_uuid": SHOP,
        "reason": "Correction of a mistake",
        "confirmation": form.confirm_with,
        **{name: str(form[name].value()) for name in ("agreement", "submission_key")},
    }
    return post(client, merge, "begin", **{**typed, **more})


def begun(client, merge: Entry) -> Entry:
    filled(client, merge)
    return repairs_of(merge).get()


def test_says_what_comes_back_and_what_does_not(admin, wrong_merge):
    page = text(admin.get(page_of(wrong_merge)))
    for words in ("What cannot come back", "CARD-0002", "m.jansen@example.test", "1 customer anew"):
        assert words in page, words


def test_from_the_report_to_the_end(admin, sandbox, wrong_merge):
    report = REPAIR_MERGE  # its page is led to from the report, and from the ledger
    run = Entry.objects.get(action="merge-duplicates")
    for address in (
        f"/duplicates/merges/{run.submission_key}/",
        f"/ledger/{wrong_merge.submission_key}/",
    ):
        assert page_of(wrong_merge) in text(admin.get(address))
    repair = begun(admin, wrong_merge)
    assert report.page_of(repair) == page_of(wrong_merge)
    assert "out of" not in sentence_of(repair)
    page = text(admin.get(page_of(wrong_merge)))
    assert "the balances of both agree" in page
    assert page.count("In the ledger") > 9
    assert made(repair)
    # Once it has ended, it is only told.
    assert "the balances of both agree" in text(admin.get(page_of(wrong_merge)))
    assert "How far each part is" in text(admin.get(f"/ledger/{repair.submission_key}/"))


def test_who_it_is_about(admin, wrong_merge):
    repair = begun(admin, wrong_merge)
    roles = dict(Subject.objects.filter(entry=repair).values_list("role", "contact_uuid"))
    assert roles == {"survivor": MIRA, "source": DUPLICATE}
    assert str(REPAIR_MERGE.field_label("merge")) == "Merge"
    assert REPAIR_MERGE.field_label("other") == ""
    assert str(REPAIR_MERGE.entity_label) == "Customers"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"confirmation": "nobody"}, "That is something else"),
        ({"confirmation": ""}, "required"),
        ({"reason": ""}, "reason"),
        ({"reason": "Nonsense"}, "reason"),
        ({"shop_uuid": ""}, "required"),
        ({"submission_key": "x"}, "UUID"),
    ],
)
def test_what_is_missing_stands_beside_its_field(admin, wrong_merge, typed, words):
    response = filled(admin, wrong_merge, **typed)
    assert response.status_code == 422
    assert words in text(response)
    assert not repairs_of(wrong_merge).exists()


def test_what_has_changed_since_is_shown_anew(admin, sandbox, wrong_merge):
    filled(admin, wrong_merge, agreement="x")
    assert not repairs_of(wrong_merge).exists()
    assert "Something has changed" in text(admin.get(page_of(wrong_merge)))


def test_a_second_press_does_nothing_more(admin, wrong_merge):
    form = admin.get(page_of(wrong_merge)).context["form"]
    key = str(form["submission_key"].value())
    begun(admin, wrong_merge)
    response = post(admin, wrong_merge, "begin", submission_key=key, shop_uuid=SHOP)
    assert response.status_code == 302
    assert repairs_of(wrong_merge).count() == 1


def test_says_why_not(admin, sandbox, wrong_merge):
    sandbox.api("POST", "contacts", json={"email": "m.jansen@example.test"})
    assert "somebody&#x27;s by now" in admin.get(page_of(wrong_merge)).content.decode()
    post(admin, wrong_merge, "begin")
    assert not repairs_of(wrong_merge).exists()


def test_when_piggy_is_away(admin, sandbox, wrong_merge):
    sandbox.faults({"kind": "status", "status": 503})
    assert "Piggy is being maintained" in text(admin.get(page_of(wrong_merge)))
    post(admin, wrong_merge, "begin")
    assert not repairs_of(wrong_merge).exists()


def test_a_merge_that_there_is_not(admin):
    assert (
        admin.get("/duplicates/merges/c0ffee00-0000-4000-8000-000000000abc/repair/").status_code
        == 404
    )


def test_stopped_and_gone_on_with(admin, sandbox, wrong_merge):
    sandbox.faults(REFUSE)
    begun(admin, wrong_merge)
    page = text(admin.get(page_of(wrong_merge)))
    assert "was not done" in page
    assert "Let it go on" in page
    sandbox.faults()
    post(admin, wrong_merge, "resume")
    response = admin.get(f"{page_of(wrong_merge)}?watch", headers=FRAGMENT)
    assert "the balances of both agree" in text(response)
    assert "<html" not in text(response)
    post(admin, wrong_merge, "resume")  # there is nothing left
    post(admin, wrong_merge, "nonsense")


def test_piggy_is_away_while_it_is_under_way(admin, sandbox, wrong_merge):
    begun(admin, wrong_merge)
    sandbox.faults({"kind": "status", "status": 503})
    page = text(admin.get(page_of(wrong_merge)))
    assert "hx-get" in page
    sandbox.faults()
    assert "agree" in text(admin.get(page_of(wrong_merge)))


def test_before_it_has_begun(wrong_merge, admin):
    entry = make_entry(slug="delete-contact", contact=MIRA)
    assert entries.reread(entry).state == EntryState.INTENDED
    assert "has not begun" in views.see_how_far(entries.reread(entry)).words


# --- A second person --------------------------------------------------------------------------


@pytest.fixture
def waiting(admin, wrong_merge, settings) -> Approval:
    """A repair that waits for a second person."""
    settings.FOUR_EYES, settings.FOUR_EYES_INDEPENDENT_DAYS = True, 0
    assert "Ask a colleague" in text(admin.get(page_of(wrong_merge)))
    filled(admin, wrong_merge)
    return Approval.objects.get(action="repair-merge")


@pytest.fixture
def joost(db):
    return signed_in(User.objects.create_superuser("joost", first_name="Joost"))


def test_approved_by_a_second_person(waiting, wrong_merge, joost):
    assert REPAIR_MERGE.page_of_request(waiting.data) == page_of(wrong_merge)
    assert "Approve, and do it" in text(joost.get(page_of(wrong_merge)))
    post(joost, wrong_merge, "decide", decision="approve", note="")
    repair = repairs_of(wrong_merge).get()
    assert (repair.person_name, repair.reason) == (waiting.asked_by_name, "Correction of a mistake")
    assert "agree" in text(joost.get(page_of(wrong_merge)))


def test_nobody_approves_their_own(waiting, wrong_merge, admin):
    assert "Withdraw it" in text(admin.get(page_of(wrong_merge)))
    post(admin, wrong_merge, "decide", decision="approve", note="")
    assert not repairs_of(wrong_merge).exists()
    post(admin, wrong_merge, "decide", decision="withdraw")
    assert "Ask a colleague" in text(admin.get(page_of(wrong_merge)))


def test_declined_with_a_reason(waiting, wrong_merge, joost):
    assert post(joost, wrong_merge, "decide", decision="decline", note="").status_code == 422
    post(joost, wrong_merge, "decide", decision="decline", note="They are one.")
    waiting.refresh_from_db()
    assert waiting.status == "declined"
    assert post(joost, wrong_merge, "decide", decision="approve").status_code == 422


def test_what_has_changed_is_not_approved(waiting, wrong_merge, joost, sandbox):
    spent = {"contact_uuid": MIRA, "shop_uuid": SHOP, "credits": -180}
    sandbox.api("POST", "credit-receptions", json=spent)
    post(joost, wrong_merge, "decide", decision="approve", note="")
    assert not repairs_of(wrong_merge).exists()


def test_one_hand_is_no_second_person(waiting, wrong_merge, joost, monkeypatch):
    monkeypatch.setattr(approvals, "objection", lambda *_: "Both are yours.")
    page = text(joost.get(page_of(wrong_merge)))
    assert "Both are yours." in page
    assert "Approve, and do it" not in page


def test_too_late(waiting, wrong_merge, joost, monkeypatch):
    def too_late(*_args, **_more):
        raise approvals.TooLate

    monkeypatch.setattr(writes, "carry_out", too_late)
    post(joost, wrong_merge, "decide", decision="approve", note="")
    assert not repairs_of(wrong_merge).exists()
