import json

import pytest

from piggyadmin.sandbox import faults
from piggyadmin.sandbox.api import PREFIX, ApiRequest, ConnectionDropped, handle
from piggyadmin.sandbox.faults import KINDS, WrongSettingsError, read_settings
from piggyadmin.sandbox.models import Contact, Job, ReceivedRequest

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def set_faults(*wanted, **settings):
    faults.store(read_settings({"faults": list(wanted), **settings}))


def create(api, email="new@example.test"):
    return api.raw("POST", "contacts", email=email)


def was_created():
    return Contact.objects.filter(email="new@example.test").exists()


def waited(request):
    """Handle a request without waiting, and tell how long it would have waited."""
    seconds: list[float] = []
    answer = handle(request, sleep=seconds.append)
    return answer, sum(seconds)


def creation():
    headers = {"Authorization": "Bearer sandbox"}
    body = b"email=new@example.test"
    return ApiRequest("POST", f"{PREFIX}contacts", headers=headers, body=body)


def test_none_by_default(api):
    assert faults.current() == read_settings({})
    assert create(api).status == 200


def test_latency():
    set_faults(latency_ms=250)
    assert waited(creation())[1] == 0.25


def test_maintenance(api):
    set_faults(maintenance=True)
    answer = create(api)
    assert answer.status == 503
    assert b"Service Unavailable" in answer.body
    assert not was_created()
    faults.clear()
    assert create(api).status == 200


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_dropped(api, kind):
    set_faults({"kind": kind})
    with pytest.raises(ConnectionDropped):
        create(api)
    assert was_created() == (kind == "drop_after")
    assert ReceivedRequest.objects.get().status is None


@pytest.mark.parametrize("kind", ["garbage", "garbage_after", "no_data", "no_data_after"])
def test_wrong_bodies(api, kind):
    set_faults({"kind": kind})
    answer = create(api)
    assert answer.status == 200
    assert b'"data"' not in answer.body
    assert was_created() == kind.endswith("_after")


@pytest.mark.parametrize("kind", ["status", "status_after"])
def test_statuses(api, kind):
    set_faults({"kind": kind, "status": 502})
    assert create(api).status == 502
    assert was_created() == kind.endswith("_after")


def test_a_page_of_html_after_doing_it(api):
    set_faults({"kind": "html_after", "status": 503})
    answer = create(api)
    assert (answer.status, answer.headers["Content-Type"][:9]) == (503, "text/html")
    assert was_created()


def test_filters_ignored(api, account):
    """What pages through a list still counts."""
    uuids = [api("POST", "contacts", email=f"{name}@example.test")["uuid"] for name in "ab"]
    for uuid in uuids:
        api(
            "POST",
            "credit-receptions",
            shop_uuid=account.shop.uuid,
            contact_uuid=uuid,
            credits=1,
        )
    path, wanted = "loyalty-transactions", {"contact_uuid": uuids[0]}
    assert len(api("GET", path, **wanted)) == 1
    set_faults({"kind": "filters_ignored", "path": f"^{path}$"})
    assert len(api("GET", path, **wanted)) > 1
    assert len(api("GET", path, limit=1, **wanted)) == 1


def test_codes(api):
    set_faults({"kind": "code", "code": 60001})
    assert api.code("POST", "contacts", email="new@example.test") == 60001


@pytest.mark.parametrize("after", [7, None])
def test_throttled(api, after):
    set_faults({"kind": "throttled", "retry_after": after})
    answer = create(api)
    assert answer.status == 429
    assert answer.headers.get("Retry-After") == (str(after) if after else None)


def test_redirect(api):
    set_faults({"kind": "redirect"})
    answer = create(api)
    assert answer.status == 302
    assert answer.headers["Location"].startswith("https://elsewhere")


def test_silence_without_doing():
    set_faults({"kind": "timeout_before", "seconds": 30})
    answer, seconds = waited(creation())
    assert (answer.status, seconds) == (504, 30)
    assert not was_created()


def test_silence_after_doing():
    set_faults({"kind": "timeout_after", "seconds": 30})
    answer, seconds = waited(creation())
    assert (answer.status, seconds) == (200, 30)
    assert was_created()
    assert json.loads(answer.body)["data"]["uuid"]


def test_only_some_calls(api):
    set_faults({"kind": "status", "method": "post", "path": "^contacts$"})
    assert create(api).status == 500
    assert api.raw("GET", "contacts").status == 200
    assert api.raw("POST", "contacts/anonymous").status == 200


def test_only_some_times(api):
    set_faults({"kind": "throttled", "times": 2}, {"kind": "status", "status": 500, "times": 1})
    statuses = [api.raw("GET", "shops").status for _ in range(4)]
    assert statuses == [429, 429, 500, 200]
    assert faults.current().faults == []


def test_taken_by_another_meanwhile(api):
    set_faults({"kind": "throttled", "times": 1})
    seen_before = faults.current()
    assert faults.take(seen_before, "GET", "shops")
    assert faults.take(seen_before, "GET", "shops") is None
    faults.clear()
    assert faults.take(seen_before, "GET", "shops") is None


def test_durations(api, account):
    set_faults(merge_seconds=100, lock_seconds=10)
    api(
        "POST",
        "contacts/merge",
        source_contact_uuid=account.double.uuid,
        destination_contact_uuid=account.mira.uuid,
    )
    job = Job.objects.get()
    assert 99 < (job.due_at - job.created_at).total_seconds() < 101


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"colour": 1},
        {"latency_ms": -1},
        {"latency_ms": "slow"},
        {"faults": {}},
        {"faults": ["x"]},
        {"faults": [{"kind": "explode"}]},
        {"faults": [{"kind": "status", "colour": 1}]},
        {"faults": [{"kind": "status", "path": "("}]},
        {"faults": [{"kind": "status", "path": "(a+)+$"}]},
        {"faults": [{"kind": "status", "path": "a*a*a*$"}]},
        {"faults": [{"kind": "status", "path": "a" * 201}]},
        {"faults": [{"kind": "status", "times": -1}]},
        {"faults": [{"kind": "status", "seconds": 10_000}]},
    ],
)
def test_settings_that_make_no_sense(values):
    with pytest.raises(WrongSettingsError):
        read_settings(values)


def test_settings_survive_a_round_trip():
    kinds = [{"kind": kind, "times": 3} for kind in KINDS]
    settings = read_settings({"faults": kinds, "latency_ms": 5, "maintenance": True})
    assert read_settings(settings.as_json()) == settings
