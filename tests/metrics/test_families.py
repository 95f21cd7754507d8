"""What is told at /metrics is what is so, and names nobody."""

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.models import Sweep
from piggyadmin.ledger import people_events
from piggyadmin.ledger.models import EntryState, Head
from piggyadmin.ledger.people_events import PersonEventKind
from piggyadmin.metrics.calls import count_call, count_turn
from piggyadmin.metrics.families import Families
from piggyadmin.piggy.circuit_breaker import CircuitBreaker, CircuitState
from piggyadmin.piggy.client import Exchange, piggy_client
from piggyadmin.tasks.models import Run, RunState, Schedule, Worker
from tests.ledger.making import make_entry
from tests.piggy.memory_store import MemoryStore

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told() -> dict[str, float]:
    """Give every sample by its name and labels, as Prometheus would read it."""
    text = generate_latest(Families()).decode()
    return {
        sample.name.removeprefix("piggyadmin_")
        + ("{" + ",".join(ordered(sample.labels)) + "}" if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def ordered(labels: dict[str, str]) -> list[str]:
    """Give what labels say, the bound last."""
    return [labels[name] for name in sorted(labels, key=lambda name: (name == "le", name))]


def call(seconds: float, status: int | None = 200) -> Exchange:
    path = f"contacts/{uuid4()}"
    return Exchange("GET", path, 1, seconds, "trace", status, None)


def test_calls(sandbox, counted):
    for seconds in (0.04, 0.2, 0.3, 45.0):
        count_call(call(seconds))
    count_turn(0.0, is_taken=True)
    counted.store()
    now = told()
    name = "GET,contacts/{contact_uuid},200"
    assert now[f"piggy_call_seconds_bucket{{{name},0.05}}"] == 1
    assert now[f"piggy_call_seconds_bucket{{{name},0.25}}"] == 2
    assert now[f"piggy_call_seconds_bucket{{{name},30.0}}"] == 3
    assert now[f"piggy_call_seconds_bucket{{{name},+Inf}}"] == 4
    assert now[f"piggy_call_seconds_count{{{name}}}"] == 4
    assert now[f"piggy_call_seconds_sum{{{name}}}"] == pytest.approx(45.54)
    assert now["throttle_wait_seconds_count{taken}"] == 1


def test_the_queue(sandbox):
    ago = timezone.now() - HOUR
    Run.objects.create(name="settle-entry", key="1", due_at=ago)
    Run.objects.create(name="settle-entry", key="2")
    Run.objects.create(name="follow-entry", key="1", due_at=timezone.now() + HOUR)
    Run.objects.create(name="follow-entry", key="2", state=RunState.FAILED)
    Run.objects.create(name="follow-entry", key="3", state=RunState.DONE)
    Worker.objects.create(name="w", host="h", pid=1)
    Schedule.objects.create(name="seal", last_error="OSError")
    now = told()
    assert now["queue_depth{settle-entry}"] == 2
    assert "queue_depth{follow-entry}" not in now
    assert now["queue_age_seconds"] == pytest.approx(3600, abs=60)
    assert (now["runs{waiting}"], now["runs{running}"], now["runs{failed}"]) == (3, 0, 1)
    assert "runs{done}" not in now
    assert (now["workers"], now["periodic_work_failing"]) == (1, 1)


def test_nothing_waits(sandbox):
    now = told()
    assert now["queue_age_seconds"] == 0
    assert now["ledger_unsettled_age_seconds"] == 0
    assert now["ledger_events_total"] == 0
    assert "mirror_age_seconds" not in now
    assert "backup_age_seconds" not in now
    assert "token_days_left" not in now


def test_the_ledger(sandbox):
    make_entry()
    now = told()
    states = {state: now[f"ledger_entries{{{state}}}"] for state in EntryState.values}
    assert sum(states.values()) == 1
    assert now["ledger_events_total"] == Head.objects.get().sequence


@pytest.mark.tells_of_people
def test_sign_ins(sandbox):
    user = User.objects.create_user("sanne")
    people_events.record(PersonEventKind.SIGN_IN_FAILED, user)
    people_events.record(PersonEventKind.SIGN_IN_FAILED, None)
    people_events.record(PersonEventKind.SIGNED_IN, user)
    now = told()
    assert now["sign_ins_total{sign-in-failed}"] == 2
    assert now["sign_ins_total{signed-in}"] == 1
    assert now["sign_ins_total{locked-out}"] == 0
    assert "sanne" not in generate_latest(Families()).decode()


def test_the_mirror(sandbox, settings):
    Sweep.objects.create(
        run_id=1, started_at=timezone.now() - 2 * HOUR, finished_at=timezone.now() - HOUR
    )
    assert told()["mirror_age_seconds"] == pytest.approx(7200, abs=60)
    settings.DUPLICATES = False
    assert not [name for name in told() if name.startswith("mirror")]


def test_piggy(sandbox, settings, monkeypatch):
    assert told()["piggy_obstacle{token}"] == 0
    settings.PIGGY_TOKEN_EXPIRES = timezone.localdate() + timedelta(days=3)
    store = MemoryStore()
    store.state = CircuitState(refused_since=1.0, open_since=1.0)
    monkeypatch.setattr(piggy_client(), "line", CircuitBreaker(store))
    now = told()
    assert now["token_days_left"] == 3
    assert now["piggy_obstacle{token}"] == now["piggy_obstacle{unreachable}"] == 1
    assert now["piggy_obstacle{maintenance}"] == 0


def test_the_machine(sandbox, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "piggyadmin.metrics.families.shutil.disk_usage", lambda _folder: SimpleNamespace(free=7)
    )
    settings.BACKUP_DIR = tmp_path
    backup = tmp_path / "piggyadmin-1.sqlite3"
    backup.touch()
    ago = timezone.now().timestamp() - 60
    os.utime(backup, (ago, ago))
    now = told()
    assert now["disk_free_bytes"] == 7
    assert now["backup_age_seconds"] == pytest.approx(60, abs=30)


# --- Grafana's dashboard ---------------------------------------------------------------------

DASHBOARD = json.loads((Path(__file__).parents[2] / "deploy/grafana-dashboard.json").read_text())
EXPRESSIONS = [
    (panel["title"], target["expr"])
    for panel in DASHBOARD["panels"]
    for target in panel.get("targets", ())
]
SUFFIXES = {
    "histogram": ("_bucket", "_count", "_sum"),
    "counter": ("_total",),
    "gauge": ("",),
}
FUNCTIONS = {"sum", "rate", "increase", "max", "histogram_quantile", "by"}


def test_the_dashboard_asks_for_what_there_is(sandbox):
    known = {
        family.name + suffix: set(getattr(family, "_labelnames", ()))
        for family in Families().collect()
        for suffix in SUFFIXES[family.type]
    }
    asked = set()
    for title, expression in EXPRESSIONS:
        bare = re.sub(r'"[^"]*"', "", expression)
        names = set(re.findall(r"piggyadmin_\w+", bare))
        assert names, title
        assert names <= set(known), title
        labels = {"le"}.union(*(known[name] for name in names))
        words = set(re.findall(r"(?<![\[\w])[a-z]\w*", bare)) - names - FUNCTIONS
        assert words <= labels, title
        asked |= {name.removesuffix(suffix) for name in names for suffix in known_suffixes(name)}
    families = {family.name for family in Families().collect()}
    assert {name for name in families if name not in asked} == set()


def known_suffixes(name: str) -> list[str]:
    return [
        suffix for suffixes in SUFFIXES.values() for suffix in suffixes if name.endswith(suffix)
    ]


def test_the_dashboard_is_one_that_grafana_can_draw():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert panel["type"] in {"row", "stat", "timeseries"}
        refs = [target["refId"] for target in panel.get("targets", ())]
        assert len(set(refs)) == len(refs)
