"""Pages on which many certain pairs are looked through, and merged after one yes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from piggyadmin.accounts.demo import make_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.duplicates.certain import running, views
from piggyadmin.duplicates.models import CertainRun, Cluster
from piggyadmin.duplicates.review import batches
from piggyadmin.ledger import approvals
from piggyadmin.ledger.models import Entry
from tests.actions.test_views import FRAGMENT, text
from tests.conftest import signed_in
from tests.duplicates.certain.making import carried, fresh, states, twins, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain")]
ADDRESS = "/duplicates/certain/"
REFUSE = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}


@pytest.fixture
def run(sandbox, admin) -> CertainRun:
    """Three pairs that an admin had looked for."""
    for number in (1, 2, 3):
        twins(sandbox, number)
    response = admin.post(ADDRESS, {"rule": "either"})
    work(running.CHECKER)
    return CertainRun.objects.get(pk=response["Location"].split("/")[-2])


def post(client, run: CertainRun, step: str, **more):
    return client.post(run.get_absolute_url(), {"step": step, **more})


def ticks(response) -> list[int]:
    return [each.certain.pk for each in response.context["rows"]]


def look_through(client, run: CertainRun, *, sample: int = 10):
    """Look at the sample and at all screens, and give the page with the yes."""
    shown = client.get(run.get_absolute_url())
    post(client, run, "sample", pair=ticks(shown)[:sample])
    shown = client.get(run.get_absolute_url())
    while shown.context["part"] == "screen":
        response = post(client, run, "screen", page=shown.context["page"].page, pair=ticks(shown))
        shown = client.get(response["Location"])
    return shown


def yes(client, run: CertainRun, shown, **more: str):
    plan = shown.context["plan"]
    typed = {"reason": "Double account", "confirmation": str(plan.pairs), "digest": plan.digest}
    return post(client, run, "confirm", **{**typed, **more})


def said(response) -> str:
    return " ".join(str(each) for each in response.wsgi_request._messages)


# --- The rules --------------------------------------------------------------------------------


def test_rules_stand_beside_how_often_they_were_right(sandbox, admin):
    twins(sandbox, 1)
    twins(sandbox, 2, cluster=Cluster.objects.create(size=3, weakest=0.99))
    page = text(admin.get(ADDRESS))
    assert "Same date of birth, or same telephone: of" in page
    assert "1 pair of the queue is sure enough" in page
    assert "1 more belongs to a group" in page


def test_a_rule_that_there_is_not(admin):
    response = admin.post(ADDRESS, {"rule": "all"})
    assert response.status_code == 422
    assert not CertainRun.objects.exists()


def test_only_for_those_who_may_merge_and_do_many_at_once(sandbox, staff):
    assert staff.get(ADDRESS).status_code == 403
    merger = User.objects.create_user("merger")
    merger.user_permissions.add(Permission.objects.get(codename="run_merge_duplicates"))
    assert signed_in(merger).get(ADDRESS).status_code == 403
    assert not views.CertainRuns.allows(merger)


def test_the_queue_leads_there(sandbox, admin):
    assert f'href="{ADDRESS}"' in text(admin.get("/duplicates/"))


# --- Looking through --------------------------------------------------------------------------


def test_from_the_rule_to_the_last_merge(run, admin):
    shown = admin.get(run.get_absolute_url())
    assert shown.context["part"] == "sample"
    assert "different e-mail addresses" in text(shown)
    shown = look_through(admin, run)
    assert "Merge 3 pairs?" in text(shown)
    yes(admin, run, shown)
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["merged"] * 3)
    page = text(admin.get(run.get_absolute_url()))
    assert "3 of 3 pairs were merged" in page
    assert page.count("/duplicates/merges/") >= 3
    assert "Double account" in text(admin.get(ADDRESS))
    gone = {each.gone_name for each in admin.get(run.get_absolute_url()).context["rows"]}
    assert gone == {"Anna1 de Boer", "Anna2 de Boer", "Anna3 de Boer"}


def test_pairs_without_a_tick_stay(run, admin):
    shown = look_through(admin, run, sample=2)
    page = text(shown)
    assert "Merge 2 pairs?" in page
    assert "1 pair has no tick" in page
    assert "you took 1 for two people" in page


def test_screen_by_screen(run, admin, monkeypatch):
    monkeypatch.setattr(views, "SCREEN", 1)
    run.pairs.update(is_sample=False)
    post(admin, run, "sample")
    shown = admin.get(run.get_absolute_url())
    assert "screen 1 of 3" in text(shown)
    response = post(admin, run, "screen", page="1", pair=ticks(shown))
    assert response["Location"].endswith("?page=2")
    shown = admin.get(response["Location"])
    response = post(admin, run, "screen", page="2", pair=ticks(shown), stop_here="yes")
    page = text(admin.get(response["Location"]))
    assert "Merge 2 pairs?" in page
    assert "1 pair was not looked at" in page


def test_nothing_is_certain(sandbox, admin):
    response = admin.post(ADDRESS, {"rule": "both"})
    work(running.CHECKER)
    assert "No pair is certain by this rule" in text(admin.get(response["Location"]))


def test_says_why_all_are_left_out(sandbox, admin):
    pair = twins(sandbox, 1)
    values = {"attributes": {"firstname": "Berta"}}
    sandbox.api("PUT", f"contacts/{pair.first}", json=values)
    response = admin.post(ADDRESS, {"rule": "both"})
    work(running.CHECKER)
    assert "somebody has to choose: First name" in text(admin.get(response["Location"]))


def test_nothing_is_ticked(run, admin):
    assert "there is nothing to merge" in text(look_through(admin, run, sample=0))


def test_somebody_else_does_not_go_on_with_it(run, admin):
    make_demo_people()
    other = signed_in(User.objects.create_superuser("other"))
    assert "looks these pairs through" in text(other.get(run.get_absolute_url()))
    post(other, run, "sample")
    assert not fresh(run).is_sampled


def test_left_in_the_queue(run, admin):
    post(admin, run, "cancel")
    assert fresh(run).status == "cancelled"
    assert "0 of 0 pairs were merged" in text(admin.get(run.get_absolute_url()))


def test_how_far_the_look_is(sandbox, admin):
    twins(sandbox, 1)
    response = admin.post(ADDRESS, {"rule": "either"})
    address = response["Location"]
    assert "are being read" in text(admin.get(address))
    assert "HX-Refresh" not in admin.get(f"{address}?watch", headers=FRAGMENT)
    work(running.CHECKER)
    assert admin.get(f"{address}?watch", headers=FRAGMENT)["HX-Refresh"] == "true"


# --- The yes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"confirmation": "2"}, "not how many they are"),
        ({"confirmation": ""}, "required"),
        ({"reason": ""}, "reason"),
        ({"reason": "Nonsense"}, "reason"),
    ],
)
def test_what_is_missing_stands_beside_its_field(run, admin, typed, words):
    response = yes(admin, run, look_through(admin, run), **typed)
    assert response.status_code == 422
    assert words in text(response)
    assert not Entry.objects.exists()


def test_other_ticks_than_were_shown(run, admin):
    shown = look_through(admin, run)
    run.pairs.filter(position=1).update(is_wanted=False)
    yes(admin, run, shown, confirmation="2")
    assert (fresh(run).status, Entry.objects.exists()) == ("checked", False)


def test_what_was_checked_long_ago(run, admin):
    shown = look_through(admin, run)
    CertainRun.objects.update(checked_at=timezone.now() - timedelta(days=2))
    yes(admin, run, shown)
    assert (fresh(run).status, Entry.objects.exists()) == ("checked", False)


def test_a_second_yes_does_nothing_more(run, admin):
    shown = look_through(admin, run)
    yes(admin, run, shown)
    yes(admin, run, shown)
    assert Entry.objects.count() == 1


def test_an_unknown_step(run, admin):
    post(admin, run, "nonsense")
    post(admin, run, "resume")
    assert fresh(run).status == "checked"


# --- A second person --------------------------------------------------------------------------


@pytest.fixture
def waiting(run, admin, settings) -> CertainRun:
    """A run that waits for a second person."""
    settings.FOUR_EYES, settings.FOUR_EYES_INDEPENDENT_DAYS = True, 0
    shown = look_through(admin, run)
    assert "Ask a colleague" in text(shown)
    yes(admin, run, shown)
    return fresh(run)


@pytest.fixture
def joost(db):
    user = User.objects.create_superuser("joost", first_name="Joost")
    return signed_in(user)


def test_approved_by_a_second_person(waiting, joost):
    page = text(joost.get(waiting.get_absolute_url()))
    assert "look through them first" in page
    assert "Approve, and do it" in page
    post(joost, waiting, "decide", decision="approve", note="")
    assert carried(waiting).status == "done"


def test_declined_with_a_reason(waiting, joost):
    response = post(joost, waiting, "decide", decision="decline", note="")
    assert response.status_code == 422
    post(joost, waiting, "decide", decision="decline", note="Too many.")
    assert fresh(waiting).status == "checked"


def test_withdrawn(waiting, admin):
    assert "Withdraw it" in text(admin.get(waiting.get_absolute_url()))
    post(admin, waiting, "decide", decision="approve", note="")
    assert fresh(waiting).status == "waiting"
    post(admin, waiting, "decide", decision="withdraw")
    assert fresh(waiting).status == "checked"


def test_one_hand_is_no_second_person(waiting, joost, settings, monkeypatch):
    monkeypatch.setattr(approvals, "objection", lambda *_: "Both are yours.")
    page = text(joost.get(waiting.get_absolute_url()))
    assert "Both are yours." in page
    assert "Approve, and do it" not in page


def test_too_late(waiting, joost):
    CertainRun.objects.update(checked_at=timezone.now() - timedelta(days=2))
    post(joost, waiting, "decide", decision="approve", note="")
    assert fresh(waiting).status == "waiting"


# --- Steering ---------------------------------------------------------------------------------


def test_a_surprise_and_taken_up(run, admin, sandbox):
    yes(admin, run, look_through(admin, run))
    sandbox.faults(REFUSE, merge_seconds=0)
    run = carried(run)
    page = text(admin.get(run.get_absolute_url()))
    assert "stopped at a surprise" in page
    assert "Take it up" in page
    post(admin, run, "resume")
    assert fresh(run).status == "running"
    post(admin, run, "cancel")
    assert fresh(run).status == "cancelled"


# --- Chosen in the queue ---------------------------------------------------------------------


def test_only_the_pairs_that_were_chosen(admin, sandbox):
    one, other, third = twins(sandbox, 1), twins(sandbox, 2), twins(sandbox, 3)
    third.probability = 0.9
    third.save()
    posted = {"step": "among", "pairs": [batches.token(one), batches.token(third)]}
    page = admin.post(ADDRESS, posted)
    assert "Only the 2 pairs that you chose are looked at." in " ".join(page.text.split())
    among = page.context["form"]["among"].value()
    assert among == f"{one.pk} {third.pk}"
    answer = admin.post(ADDRESS, {"rule": "either", "among": among})
    work(running.CHECKER)
    run = CertainRun.objects.get()
    assert [row.first for row in run.pairs.all()] == [one.first]
    shown = " ".join(admin.get(answer["Location"]).text.split())
    assert "Chosen: 2 pairs; of these 1 kept the rule." in shown
    assert other.first not in run.pairs.values_list("first", flat=True)


@pytest.mark.parametrize("posted", [{}, {"pairs": "x"}, {"pairs": ""}])
def test_nothing_was_chosen(admin, posted):
    answer = admin.post(ADDRESS, {"step": "among", **posted}, follow=True)
    assert "Nothing was chosen." in answer.text
    assert not CertainRun.objects.exists()
