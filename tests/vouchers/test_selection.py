"""One step for many vouchers: what it will touch, each done once, and what came of each."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import Entry
from piggyadmin.sandbox import seed
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.vouchers import selection_views
from piggyadmin.vouchers.selection import CARRIER, Selection
from tests.vouchers.acting import AMSTERDAM, multi_use, voucher
from tests.vouchers.test_many import paste, signed_answers

pytestmark = pytest.mark.django_db
URL = "/vouchers/codes/step/"
OFF, ON, EXTEND, USE = "deactivate-voucher", "activate-voucher", "extend-voucher", "redeem-voucher"
CODES = ["WELCOME-EXPIRED", "WELCOME-ACTIVE", "NO-SUCH-CODE", "WELCOME-LOCKED", "WELCOME-INACTIVE"]


def choose(person, slug, codes, **typed):
    """Choose vouchers and a step; gives the page that says what it would touch."""
    return person.post(URL, {"step": slug, "codes": codes, **typed})


def judged(page):
    """Give why each will not be touched, by its code; nothing for those that will."""
    return {each.code: each.words for each in page.context["judgements"]}


def agree(person, page, **more):
    """Press the button; gives the page of what came of it."""
    return person.post(URL, {"selection": page.context["selection"]}, follow=True, **more)


def became(page):
    """Give what became of each voucher, by its code."""
    return {each.code: (each.state, each.words) for each in page.context["outcomes"]}


def test_the_table_offers_what_can_be_done_and_with_how_many(staff, sandbox):
    page = paste(staff, "\n".join(CODES))
    offered = dict(
        re.findall(r'name="step"\s+value="([\w-]+)">\s*<svg.*?</svg>\s*([^<]+?)…', page, re.DOTALL)
    )
    assert offered == {
        USE: "Use 1 voucher",
        "lock-voucher": "Lock 1 voucher",
        EXTEND: "Extend 2 vouchers",
        OFF: "Switch 2 vouchers off",
    }
    ticked = re.findall(r'form="selection"\s+name="codes"\s+value="([^"]+)"', page)
    assert ticked == ["WELCOME-ACTIVE", "WELCOME-INACTIVE"]


def test_who_may_not_is_offered_nothing_and_refused(support, sandbox):
    page = paste(support, "\n".join(CODES))
    assert 'form="selection"' not in page
    assert 'name="step"' not in page
    assert choose(support, OFF, CODES).status_code == 403
    assert support.get(URL).url == "/vouchers/codes/"


def test_where_nothing_is_ticked_it_is_all_in_the_table_with_which_it_can_be_done(staff, sandbox):
    answers = signed_answers(paste(staff, "\n".join(CODES)))
    page = staff.post(URL, {"step": OFF, "answers": answers, "status": ""})
    assert judged(page) == {"WELCOME-ACTIVE": "", "WELCOME-INACTIVE": ""}
    page = staff.post(URL, {"step": OFF, "answers": answers, "status": "ACTIVE"})
    assert judged(page) == {"WELCOME-ACTIVE": ""}
    page = staff.post(URL, {"step": OFF, "answers": answers, "status": "EXPIRED"})
    assert "This can be done with none of these vouchers." in page.content.decode()


def test_what_will_not_be_touched_says_why_and_nothing_is_done_before_the_yes(staff, sandbox):
    page = choose(staff, OFF, CODES)
    reasons = judged(page)
    assert reasons["WELCOME-EXPIRED"] == "It cannot be used anyway."
    assert reasons["NO-SUCH-CODE"] == "No voucher has this code."
    assert reasons["WELCOME-LOCKED"].startswith("Somebody else holds its lock")
    html = page.content.decode()
    assert "Switch 2 vouchers off?" in html
    assert "Will be touched: 2" in html
    assert "Will not be touched: 3" in html
    assert not Entry.objects.exists()
    assert voucher(sandbox, "WELCOME-ACTIVE")["status"] == "ACTIVE"


def test_each_is_done_once_with_an_entry_of_its_own(staff, sandbox):
    page = choose(staff, OFF, CODES)
    done = agree(staff, page)
    assert became(done) == {"WELCOME-ACTIVE": ("done", ""), "WELCOME-INACTIVE": ("done", "")}
    assert voucher(sandbox, "WELCOME-ACTIVE")["status"] == "DEACTIVATED"
    assert [entry.data["code"] for entry in Entry.objects.order_by("pk")] == list(became(done))
    sandbox.api(
        "PUT",
        f"vouchers/{voucher(sandbox, 'WELCOME-ACTIVE')['uuid']}",
        json={"status": "ACTIVE"},
    )
    again = agree(staff, page)
    assert became(again) == became(done)
    assert Entry.objects.count() == 2
    assert voucher(sandbox, "WELCOME-ACTIVE")["status"] == "ACTIVE"


def test_a_run_that_is_begun_anew_sends_nothing_twice(staff, sandbox):
    agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    Run.objects.update(state=RunState.WAITING)
    runs.carry_at_once(Run.objects.get().pk)
    assert Run.objects.get().state == RunState.DONE
    assert Entry.objects.count() == 1


def test_an_end_is_asked_for_first_and_compared_with_each(staff, sandbox):
    page = choose(staff, EXTEND, ["WELCOME-ACTIVE", "WELCOME-INACTIVE"])
    assert sorted(page.context["form"].fields) == ["comment", "expiration_date", "reason"]
    assert sandbox.calls() == []
    late = (timezone.localtime() + timedelta(days=900)).strftime("%Y-%m-%dT%H:%M")
    uuid = voucher(sandbox, "WELCOME-INACTIVE")["uuid"]
    sandbox.api("PUT", f"vouchers/{uuid}", json={"expiration_date": "2040-01-01T00:00:00+00:00"})
    typed = {"check": "yes", "expiration_date": late, "reason": "Goodwill"}
    page = choose(staff, EXTEND, ["WELCOME-ACTIVE", "WELCOME-INACTIVE"], **typed)
    assert judged(page)["WELCOME-ACTIVE"] == ""
    assert judged(page)["WELCOME-INACTIVE"].startswith("It is good until 1 Jan 2040")
    assert became(agree(staff, page)) == {"WELCOME-ACTIVE": ("done", "")}
    end = datetime.fromisoformat(voucher(sandbox, "WELCOME-ACTIVE")["expiration_date"])
    assert timezone.localtime(end).strftime("%Y-%m-%dT%H:%M") == late
    assert Entry.objects.get().reason == "Goodwill"


def test_what_is_missing_is_told_beside_its_field(staff, sandbox):
    typed = {"check": "yes", "expiration_date": "yesterday", "reason": ""}
    page = choose(staff, EXTEND, ["WELCOME-ACTIVE"], **typed)
    assert set(page.context["form"].errors) == {"expiration_date", "reason"}


def test_vouchers_are_used_in_a_shop_by_those_whose_they_are(staff, sandbox):
    codes = [multi_use(sandbox), multi_use(sandbox)]
    typed = {"check": "yes", "shop_uuid": AMSTERDAM}
    page = choose(staff, USE, [*codes, "WELCOME-REDEEMED"], **typed)
    assert ("Shop", "Amsterdam") in page.context["facts"]
    assert judged(page)["WELCOME-REDEEMED"].startswith("Used")
    assert {state for state, _words in became(agree(staff, page)).values()} == {"done"}
    assert [voucher(sandbox, code)["times_redeemed"] for code in codes] == [1, 1]


def test_what_has_changed_since_is_left_alone_and_told(staff, sandbox):
    page = choose(staff, OFF, ["WELCOME-ACTIVE", "WELCOME-INACTIVE"])
    uuid = voucher(sandbox, "WELCOME-ACTIVE")["uuid"]
    sandbox.api("PUT", f"vouchers/{uuid}", json={"status": "DEACTIVATED"})
    assert became(agree(staff, page)) == {
        "WELCOME-ACTIVE": ("UNTOUCHED", "It is switched off already."),
        "WELCOME-INACTIVE": ("done", ""),
    }
    assert Entry.objects.count() == 1


def test_a_lost_answer_stays_unknown_and_the_others_go_on(staff, sandbox):
    page = choose(staff, OFF, ["WELCOME-ACTIVE", "WELCOME-INACTIVE"])
    uuid = voucher(sandbox, "WELCOME-ACTIVE")["uuid"]
    sandbox.faults({"kind": "drop_after", "path": f"^vouchers/{uuid}$"})
    done = agree(staff, page)
    states = {code: state for code, (state, _words) in became(done).items()}
    assert states == {"WELCOME-ACTIVE": "unknown", "WELCOME-INACTIVE": "done"}
    assert "Outcome unknown" in done.content.decode()
    sandbox.faults()
    agree(staff, page)
    assert Entry.objects.count() == 2


def test_what_takes_longer_is_done_by_workers(staff, sandbox, monkeypatch):
    monkeypatch.setattr(selection_views, "AT_ONCE_SECONDS", -1.0)
    page = agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    assert became(page) == {"WELCOME-ACTIVE": ("WAITING", "")}
    assert "It goes on by itself" in page.content.decode()
    runs.carry_at_once(Run.objects.get().pk)
    page = staff.get(page.request["PATH_INFO"])
    assert became(page) == {"WELCOME-ACTIVE": ("done", "")}
    assert "It goes on by itself" not in page.content.decode()


def test_while_piggy_is_away_it_waits(staff, sandbox):
    page = choose(staff, OFF, ["WELCOME-ACTIVE"])
    sandbox.faults(maintenance=True)
    waits = agree(staff, page)
    assert became(waits) == {"WELCOME-ACTIVE": ("WAITING", "")}
    run = Run.objects.get()
    assert (run.state, run.failures) == (RunState.WAITING, 1)


def test_one_that_was_stopped_says_so(staff, sandbox, monkeypatch):
    monkeypatch.setattr(selection_views, "AT_ONCE_SECONDS", -1.0)
    page = agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    runs.cancel(Run.objects.get())
    page = staff.get(page.request["PATH_INFO"])
    assert became(page) == {"WELCOME-ACTIVE": ("UNTOUCHED", "")}
    assert "It was stopped before its end." in page.content.decode()


def test_who_has_lost_the_right_has_nothing_done(staff, sandbox, monkeypatch):
    monkeypatch.setattr(selection_views, "AT_ONCE_SECONDS", -1.0)
    page = agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    User.objects.get(username="staff").groups.clear()
    runs.carry_at_once(Run.objects.get().pk)
    words = Run.objects.get().payload["untouched"]["WELCOME-ACTIVE"]
    assert "may not do this, or not any more" in words
    assert voucher(sandbox, "WELCOME-ACTIVE")["status"] == "ACTIVE"
    assert page.status_code == 200


def test_what_one_asked_for_is_seen_by_them_and_by_readers_of_the_ledger(
    staff, support, auditor, sandbox
):
    page = agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    address = page.request["PATH_INFO"]
    assert support.get(address).status_code == 403
    assert auditor.get(address).status_code == 200
    assert staff.get("/vouchers/codes/c0ffee00-0000-4000-8000-000000000001/").status_code == 404


def test_a_yes_that_is_not_ours_or_another_s_is_none(staff, admin, sandbox):
    page = choose(staff, OFF, ["WELCOME-ACTIVE"])
    for person, text in ((staff, "nonsense"), (admin, page.context["selection"])):
        answer = person.post(URL, {"selection": text}, follow=True)
        assert "Nothing was done: choose again." in answer.content.decode()
    assert not Run.objects.filter(name=CARRIER).exists()


@pytest.mark.parametrize("slug", ["replace-voucher", "merge-contacts", ""])
def test_other_steps_are_none_for_many(staff, sandbox, slug):
    assert choose(staff, slug, ["WELCOME-ACTIVE"]).status_code == 404


def test_codes_that_can_be_none_are_left_out_and_so_is_what_is_too_much(staff, sandbox):
    page = choose(staff, EXTEND, ["A\0B", "", "A", "A", *(f"C-{each}" for each in range(600))])
    assert page.context["codes"][:2] == ["A", "C-0"]
    assert len(page.context["codes"]) == 500


def test_it_is_told_in_the_language_of_whoever_asked(staff, sandbox, monkeypatch):
    monkeypatch.setattr(selection_views, "AT_ONCE_SECONDS", -1.0)
    staff.cookies["django_language"] = "nl"
    agree(staff, choose(staff, OFF, ["WELCOME-ACTIVE"]))
    assert Selection.model_validate(Run.objects.get().payload).language == "nl"


def test_locks_belong_to_whoever_asked(staff, sandbox):
    codes = [multi_use(sandbox), multi_use(sandbox)]
    agree(staff, choose(staff, "lock-voucher", codes))
    assert [voucher(sandbox, code)["status"] for code in codes] == ["LOCKED", "LOCKED"]
    page = choose(staff, "release-voucher", codes)
    assert set(judged(page).values()) == {""}
    agree(staff, page)
    assert [voucher(sandbox, code)["status"] for code in codes] == ["ACTIVE", "ACTIVE"]


def test_a_voucher_that_was_just_asked_for_is_held_back(staff, sandbox):
    code = multi_use(sandbox)
    typed = {"check": "yes", "shop_uuid": seed.AMSTERDAM_UUID}
    agree(staff, choose(staff, USE, [code], **typed))
    page = agree(staff, choose(staff, USE, [code], **typed))
    state, words = became(page)[code]
    assert state == "UNTOUCHED"
    assert "used the voucher" in words
    assert voucher(sandbox, code)["times_redeemed"] == 1
