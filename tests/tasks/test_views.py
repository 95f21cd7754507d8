"""The page of the background work."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.template import Context, Template
from django.utils import timezone

from piggyadmin.tasks.models import Run, RunState, Schedule, Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return Run.objects.create(
        name="follow",
        key="entry-7",
        state=RunState.FAILED,
        progress=3,
        of=9,
        last_error="Busy: later",
    )


def test_shows_runs(auditor, run):
    page = auditor.get("/tasks/").content.decode()
    for text in ("follow", "entry-7", "3 / 9", "Busy: later", "Failed"):
        assert text in page
    assert "/retry/" not in page
    assert 'hx-trigger="every' in page


def test_unfinished_first(auditor, run):
    Run.objects.create(name="follow", key="entry-6", state=RunState.DONE)
    Run.objects.create(name="follow", key="entry-1")
    page = auditor.get("/tasks/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in page
    assert page.index("entry-1") < page.index("entry-7") < page.index("entry-6")


def test_pages(auditor):
    Run.objects.bulk_create(Run(name="a", key=str(number)) for number in range(60))
    assert "page=2" in auditor.get("/tasks/").content.decode()
    assert auditor.get("/tasks/?page=2").content.decode().count("<tr>") == 11


def test_says_whether_anybody_works(auditor):
    assert "Nobody is doing" in auditor.get("/tasks/").content.decode()
    Worker.objects.create(name="w", host="shop", pid=7, last_seen=Now() - timedelta(seconds=90))
    assert "Nobody is doing" in auditor.get("/tasks/").content.decode()
    Worker.objects.update(last_seen=Now())
    page = auditor.get("/tasks/").content.decode()
    assert "Nobody is doing" not in page
    assert "shop 7" in page


def test_says_what_periodic_work_fails(auditor):
    Schedule.objects.create(name="recover", last_error="ValueError (x.py:1 f)")
    assert "ValueError (x.py:1 f)" in auditor.get("/tasks/").content.decode()


def test_retry(admin, run):
    assert "/retry/" in admin.get("/tasks/").content.decode()
    page = admin.post(f"/tasks/{run.pk}/retry/", follow=True).content.decode()
    assert "tried again" in page
    assert Run.objects.get().state == RunState.WAITING
    again = admin.post(f"/tasks/{run.pk}/retry/", follow=True).content.decode()
    assert "Nothing changed" in again


def test_cancel(admin):
    run = Run.objects.create(name="follow", key="1", due_at=timezone.now())
    assert "/cancel/" in admin.get("/tasks/").content.decode()
    admin.post(f"/tasks/{run.pk}/cancel/")
    assert Run.objects.get().state == RunState.CANCELLED


def test_only_admins_change(auditor, staff, run):
    for browser in (auditor, staff):
        assert browser.post(f"/tasks/{run.pk}/retry/").status_code == 403
    assert Run.objects.get().state == RunState.FAILED


def test_notice_for_other_pages():
    page = Template("{% load tasks %}{% no_worker_notice %}")
    assert "Nobody is doing" in page.render(Context())
    Worker.objects.create(name="w", host="h", pid=1)
    assert page.render(Context()).strip() == ""


@pytest.mark.django_db(databases="__all__")
def test_readyz(client):
    assert client.get("/readyz").json()["worker"] == "none for a minute"
    Worker.objects.create(name="w", host="h", pid=1)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (200, "ok")
