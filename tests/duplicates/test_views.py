"""The page of the mirror, and what can be done there."""

import importlib
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.urls import clear_url_caches
from django.utils import timezone

from piggyadmin import urls
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import (
    ChangedContact,
    ContactReading,
    MirroredContact,
    Pair,
    Sweep,
)
from piggyadmin.tasks.models import Run, RunState, Worker

pytestmark = pytest.mark.django_db
PAGE = "/duplicates/mirror/"


@pytest.fixture
def swept() -> Sweep:
    """Give a sweep that is complete, and what it read."""
    begun = timezone.now() - timedelta(hours=3)
    Run.objects.create(
        pk=1, name=store.SWEEP, key="contacts", state=RunState.DONE, created_at=begun
    )
    for uuid, is_compared in (("a", True), ("b", False)):
        contact = MirroredContact.objects.create(uuid=uuid, is_compared=is_compared)
        ContactReading.objects.create(contact=contact, at=begun)
    return Sweep.objects.create(
        run_id=1,
        started_at=begun,
        finished_at=begun + timedelta(seconds=75),
        stage=Sweep.Stage.DONE,
        contacts=1234,
        added=17,
        changed=18,
        gone=19,
    )


def running(**values) -> Run:
    values = {"state": RunState.RUNNING, "progress": 400, "of": 2000} | values
    return Run.objects.create(pk=2, name=store.SWEEP, key="contacts", **values)


def text(client, **headers) -> str:
    response = client.get(PAGE, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- Looking ---------------------------------------------------------------------------------


def test_before_anything_was_read(admin):
    page = text(admin)
    assert "have not been read to the end yet" in page
    assert "Read all customers now" in page
    assert 'hx-trigger="every' not in page


def test_how_fresh_it_is(admin, swept):
    ChangedContact.objects.create(uuid="a", at=timezone.now())
    page = text(admin)
    assert "Everything is as it was at Piggy on" in page
    assert "3 hours ago" in page
    assert "One customer has been changed from here" in page
    assert "in 20 hours" in page
    for figure in ("1,234", "17", "18", "19", "75"):
        assert f'class="num">{figure}' in page
    assert "Stop reading" not in page


def test_only_on_demand(admin, swept, settings):
    settings.DUPLICATES_SWEEP_HOURS = 0
    assert "when somebody asks for it" in text(admin)


def test_while_it_reads(admin):
    run = running()
    Sweep.objects.create(run_id=run.pk, contacts=400)
    Worker.objects.create(name="w", host="h", pid=1, last_seen=Now())
    page = text(admin)
    assert "All customers are being read" in page
    assert "for the first time" in page
    assert "400 of 2,000" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Stop reading" in page
    assert "Read all customers now" not in page
    assert "Nobody is doing" not in page


def test_the_part_that_changes(admin, swept):
    fragment = text(admin, **{"hx-request": "true"})
    assert fragment.startswith('<div id="mirror-state"')
    assert "<html" not in fragment
    assert "is_meant" not in fragment


@pytest.mark.parametrize("stage", ["beginning", "asking"])
def test_what_it_is_at(admin, stage):
    Sweep.objects.create(run_id=running().pk, stage=stage)
    assert str(Sweep.Stage(stage).label) in text(admin)


def test_when_all_is_read_it_is_compared(admin, swept):
    Sweep.objects.create(run_id=running().pk, stage=Sweep.Stage.DONE, finished_at=timezone.now())
    assert "what has changed is being compared" in text(admin)


def test_no_worker(admin):
    running(state=RunState.WAITING, progress=0, of=None)
    page = text(admin)
    assert "Nobody is doing the background work" in page
    assert "Reading begins in a moment" in page


def test_piggy_is_down(admin):
    running(state=RunState.WAITING, failures=1, last_error="Maintenance: come back later")
    page = text(admin)
    assert "Reading waits for Piggy" in page
    assert "come back later" in page
    assert "Try again now" in page


def test_being_stopped(admin):
    running(is_cancel_asked=True)
    page = text(admin)
    assert "Reading is being stopped" in page
    assert "Stop reading" not in page


def test_given_up_and_stopped(admin):
    running(state=RunState.FAILED, last_error="Rejected (x.py:1 f)", trace_id="t-1")
    Sweep.objects.create(run_id=2)
    page = text(admin)
    assert "The last reading was given up" in page
    assert "Rejected (x.py:1 f)" in page
    assert "Cancelled" in page


def test_dutch_and_odd_values(admin, swept):
    admin.cookies["django_language"] = "nl"
    assert admin.get(PAGE).status_code == 200


# --- Doing -----------------------------------------------------------------------------------


def test_read_now(admin):
    response = admin.post(f"{PAGE}sweep/", follow=True)
    assert "All customers are being read." in response.content.decode()
    run = Run.objects.get(name=store.SWEEP)
    assert (run.state, run.asked_by_name) == (RunState.WAITING, "Admin")
    admin.post(f"{PAGE}sweep/")
    assert Run.objects.filter(name=store.SWEEP).count() == 1


def test_try_again_now(admin):
    running(state=RunState.WAITING, failures=3, due_at=timezone.now() + timedelta(hours=1))
    admin.post(f"{PAGE}sweep/")
    assert Run.objects.get().due_at <= timezone.now()


def test_stop(admin):
    running()
    assert "The reading stops" in admin.post(f"{PAGE}stop/", follow=True).content.decode()
    assert Run.objects.get().is_cancel_asked
    Run.objects.all().delete()
    assert "Nothing was being read" in admin.post(f"{PAGE}stop/", follow=True).content.decode()


def test_emptying_has_to_be_meant(admin, swept):
    response = admin.post(f"{PAGE}empty/", {})
    page = response.content.decode()
    assert "Tick this to say that it is meant" in page
    assert '<details class="card" open>' in " ".join(page.split())
    assert MirroredContact.objects.count() == 2


def test_empty(admin, swept):
    Pair.objects.create(first="a", second="b", probability=0.9)
    run = running()
    response = admin.post(f"{PAGE}empty/", {"is_meant": "on"}, follow=True)
    assert "2 customers were removed from the mirror" in response.content.decode()
    page = " ".join(response.content.decode().split())
    assert "The mirror is empty. Duplicates are found again once" in page
    assert "Everything is as it was at Piggy" not in page
    assert not MirroredContact.objects.exists()
    assert not Pair.objects.exists()
    run.refresh_from_db()
    assert run.is_cancel_asked


# --- Who -------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["", "sweep/", "stop/", "empty/"])
@pytest.mark.parametrize("who", ["support", "staff", "auditor", "roleless"])
def test_needs_the_permission(request, who, what, swept):
    client = request.getfixturevalue(who)
    assert client.get(f"{PAGE}{what}").status_code == 403
    assert client.post(f"{PAGE}{what}", {"is_meant": "on"}).status_code == 403
    assert MirroredContact.objects.count() == 2
    assert Run.objects.count() == 1


@pytest.mark.parametrize("what", ["sweep/", "stop/", "empty/"])
def test_rejects_get(admin, what):
    assert admin.get(f"{PAGE}{what}").status_code == 405


def test_rejects_post(admin):
    assert admin.post(PAGE).status_code == 405


def test_switched_off_there_is_no_page(admin, settings):
    try:
        settings.DUPLICATES = False
        importlib.reload(urls)
        clear_url_caches()
        assert admin.get(PAGE).status_code == 404
    finally:
        settings.DUPLICATES = True
        importlib.reload(urls)
        clear_url_caches()
    assert admin.get(PAGE).status_code == 200
