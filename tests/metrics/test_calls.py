"""Calls are counted by endpoint, status and time; nothing in it tells of anybody."""

import json

import pytest

from piggyadmin.metrics.calls import bound_of, count_turn
from piggyadmin.metrics.models import MetricTotal
from piggyadmin.piggy import throttle
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Busy, PiggyError
from piggyadmin.tasks.signals import worker_stopped
from tests.piggy.scripted import Script, Server, answers

pytestmark = pytest.mark.django_db
UUID = "c0ffee00-0000-4000-8000-0000000000ff"


def stored(metric: str) -> dict[tuple[str, ...], float]:
    """Give what was counted by its labels, of which the last is the bound."""
    rows = MetricTotal.objects.filter(metric=metric)
    return {tuple(json.loads(row.labels)[:-1]): row.number for row in rows}


def test_every_attempt_is_counted_by_endpoint(counted):
    with Server() as server:
        server.will(
            Script(status=503), Script(resets=True), answers({"uuid": UUID}), Script(status=404)
        )
        client = PiggyClient(server.url, "t", sleep=lambda _: None)
        client.get(f"contacts/{UUID}")
        with pytest.raises(PiggyError):
            client.get("vouchers/find", params={"code": "SECRET-CODE"})
        server.will(answers({}))
        client.check_connection()
    counted.store()
    assert stored("piggy_call_seconds") == {
        ("GET", "contacts/{contact_uuid}", "503"): 1,
        ("GET", "contacts/{contact_uuid}", "Unreachable"): 1,
        ("GET", "contacts/{contact_uuid}", "200"): 1,
        ("GET", "vouchers/find", "404"): 1,
        ("GET", "other", "200"): 1,
    }
    assert all(number > 0 for number in stored("piggy_call_seconds_sum").values())
    kept = str(list(MetricTotal.objects.values_list()))
    assert UUID not in kept
    assert "SECRET-CODE" not in kept


def test_waiting_for_a_turn_is_counted(counted):
    class OneTurn:
        turns = 1

        def take(self) -> None:
            self.turns -= 1
            if self.turns < 0:
                raise Busy(trace_id="", retry_after=1)

    with Server() as server:
        server.will(answers([]))
        client = PiggyClient(server.url, "t", throttle=OneTurn(), sleep=lambda _: None)
        client.get("shops")
        with throttle.without_waiting(), pytest.raises(Busy):
            client.get("shops")
    counted.store()
    assert stored("throttle_wait_seconds") == {("taken",): 1, ("refused",): 1}


@pytest.mark.parametrize(
    ("seconds", "bound"),
    [(0, "0.05"), (0.05, "0.05"), (0.0501, "0.1"), (29, "30.0"), (31, "+Inf")],
)
def test_the_least_bound(seconds, bound):
    assert bound_of(seconds) == bound


def test_a_worker_stores_the_rest_when_it_stops(counted):
    count_turn(0.1, is_taken=True)
    worker_stopped.send(object)
    assert MetricTotal.objects.count() == 2


def test_nothing_is_counted_where_nobody_wants_it(settings, counted):
    settings.METRICS = False
    count_turn(0.1, is_taken=True)
    counted.store()
    assert not MetricTotal.objects.exists()
