import time

import pytest
import requests

from piggyadmin.sandbox import faults, transport
from piggyadmin.sandbox.api import PREFIX
from piggyadmin.sandbox.faults import read_settings
from piggyadmin.sandbox.models import Contact
from piggyadmin.sandbox.transport import SandboxAdapter

pytestmark = pytest.mark.django_db(databases=["sandbox"])

URL = f"https://api.piggy.eu{PREFIX}"


@pytest.fixture
def session(account):
    with requests.Session() as session:
        session.mount("https://", SandboxAdapter())
        session.headers["Authorization"] = "Bearer sandbox"
        yield session


@pytest.fixture
def waits(monkeypatch):
    """Keep a list of how long would have been waited."""
    seconds: list[float] = []
    monkeypatch.setattr(transport, "wait", seconds.append)
    return seconds


def test_get_with_query(session, account):
    response = session.get(f"{URL}contacts/find-one-by", params={"email": "mira@example.test"})
    assert response.ok
    assert response.reason == "OK"
    assert response.headers["content-type"] == "application/json"
    assert response.json()["data"]["uuid"] == account.mira.uuid


def test_bodies(session):
    json = session.post(f"{URL}contacts", json={"email": "j@example.test"})
    form = session.post(f"{URL}contacts", data={"email": "f@example.test"})
    assert json.json()["data"]["uuid"] != form.json()["data"]["uuid"]


def test_bodies_as_files_and_headers_as_bytes(session, tmp_path):
    path = tmp_path / "body"
    path.write_text("email=file@example.test")
    with path.open("rb") as body:
        response = session.post(f"{URL}contacts", data=body, headers={"X-Request-ID": b"t"})
    assert response.ok
    assert Contact.objects.filter(email="file@example.test").exists()


def test_streams(session):
    with session.get(f"{URL}shops", stream=True) as response:
        assert b"Amsterdam" in b"".join(response.iter_content(7))


def test_percent_signs_in_paths(session):
    assert session.get(f"{URL}contacts/a%20b").json()["code"] == 55031


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_dropped_connections(session, kind):
    faults.store(read_settings({"faults": [{"kind": kind}]}))
    with pytest.raises(requests.ConnectionError) as error:
        session.post(f"{URL}contacts", json={"email": "new@example.test"})
    assert "Connection reset by peer" in str(error.value)


@pytest.mark.parametrize("timeout", [2, (1, 2), (None, 2)])
def test_read_timeouts_come_after_the_timeout(session, waits, timeout):
    faults.store(read_settings({"faults": [{"kind": "timeout_after", "seconds": 9}]}))
    with pytest.raises(requests.ReadTimeout):
        session.post(f"{URL}contacts", json={"email": "new@example.test"}, timeout=timeout)
    assert waits == [2]
    assert Contact.objects.filter(email="new@example.test").exists()


def test_patience_is_used_up(session, waits):
    fault = {"kind": "timeout_before", "seconds": 1.5}
    faults.store(read_settings({"faults": [fault], "latency_ms": 1000}))
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{URL}shops", timeout=2)
    assert waits == [1, 1]
    waits.clear()
    assert session.get(f"{URL}shops", timeout=None).status_code == 504
    assert waits == [1, 1.5]


def test_waiting_is_real(session):
    faults.store(read_settings({"latency_ms": 50}))
    started = time.perf_counter()
    session.get(f"{URL}shops", timeout=5)
    assert time.perf_counter() - started > 0.05


def test_redirects_are_the_clients_business(session):
    faults.store(read_settings({"faults": [{"kind": "redirect"}]}))
    response = session.get(f"{URL}shops", allow_redirects=False)
    assert response.is_redirect
