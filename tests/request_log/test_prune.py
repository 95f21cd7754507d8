"""Old calls are forgotten, by hand and by the workers."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from piggyadmin.request_log import retention
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.request_log.tasks import prune_requests
from tests.request_log.conftest import call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keep_ten_days(settings):
    settings.REQUEST_LOG_DAYS = 10


def test_the_command_forgets_what_is_old_enough(capsys, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for days in (10, 11, 12, 13, 400):
        call(ago=timedelta(days=days, seconds=1))
    kept = call(ago=timedelta(days=9, hours=23))
    call_command("requests_prune")
    assert list(LoggedCall.objects.all()) == [kept]
    assert "5 calls deleted" in capsys.readouterr().out


def test_the_workers_do_so_by_themselves():
    call(ago=timedelta(days=11))
    prune_requests()
    assert not LoggedCall.objects.exists()


def test_when_none_are_kept_all_are_old(settings):
    settings.REQUEST_LOG_DAYS = 0
    call(ago=timedelta(seconds=1))
    assert retention.prune() == 1
