"""The sandbox behind a real socket, as any client meets it."""

import http.client
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sandbox.server import ROOT, SandboxServer


@pytest.fixture(scope="module")
def server(sandbox_server: SandboxServer) -> SandboxServer:
    return sandbox_server


@pytest.fixture(autouse=True)
def fresh(server):
    server.reset()


def mira(server):
    return server.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})


def test_the_well_known_records_are_there(server):
    known = server.known()
    assert {each["name"] for each in known["shops"]} == {"Amsterdam", "Web shop"}
    assert {each["code"]: each["status"] for each in known["vouchers"]}["WELCOME-ACTIVE"]
    assert mira(server)["credit_balance"]["balance"] == 120


def test_as_the_sdk_calls_it(server):
    """Form bodies with PHP's nesting, a slash after `lock`, a PUT without `update`."""
    voucher = server.api("GET", "vouchers/find", params={"code": "WELCOME-ACTIVE"})
    assert server.api("POST", f"vouchers/{voucher['uuid']}/lock/")["lock"]["release_key"]
    changed = server.api("PUT", f"vouchers/{voucher['uuid']}", data={"status": "DEACTIVATED"})
    assert changed["status"] == "DEACTIVATED"
    form = {"attributes[firstname]": "Mi"}
    contact = server.api("PUT", f"contacts/{mira(server)['uuid']}", data=form)
    assert contact["current_values"]["firstname"] == "Mi"


def test_errors(server):
    assert server.request("GET", "nothing").status_code == 404
    assert server.request("DELETE", "shops").status_code == 405
    answer = server.request("GET", "vouchers/find", params={"code": "no"})
    assert (answer.status_code, answer.json()["code"]) == (400, 80004)
    url = f"{server.url}/api/v3/oauth/clients/shops"
    assert server.session.get(url, timeout=5).status_code == 401
    token = {"grant_type": "client_credentials", "client_id": 1, "client_secret": "sandbox"}
    answer = server.session.post(f"{server.url}/oauth/token", data=token, timeout=5)
    assert answer.json()["access_token"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_dropped_connections_are_reset(server, kind):
    email = {"email": "new@example.test"}
    with server.misbehaving({"kind": kind}), pytest.raises(requests.ConnectionError) as error:
        server.request("POST", "contacts", json=email)
    assert "reset" in str(error.value)
    found = server.request("GET", "contacts/find-one-by", params=email)
    assert found.status_code == (200 if kind == "drop_after" else 400)
    assert server.calls("POST", "/contacts")[0]["status"] is None


def test_silence(server):
    email = {"email": "new@example.test"}
    fault = {"kind": "timeout_after", "seconds": 1, "method": "POST"}
    with server.misbehaving(fault), pytest.raises(requests.ReadTimeout):
        server.session.post(
            f"{server.url}/api/v3/oauth/clients/contacts",
            json=email,
            headers={"Authorization": f"Bearer {server.token}"},
            timeout=0.3,
        )
    assert server.request("GET", "contacts/find-one-by", params=email).ok


def test_latency_maintenance_and_throttling(server):
    with server.misbehaving(latency_ms=100):
        started = time.perf_counter()
        server.api("GET", "shops")
        assert time.perf_counter() - started >= 0.1
    with server.misbehaving(maintenance=True):
        assert server.request("GET", "shops").status_code == 503
    with server.misbehaving({"kind": "throttled", "retry_after": 3, "times": 1}):
        assert server.request("GET", "shops").headers["Retry-After"] == "3"
        assert server.request("GET", "shops").ok


def test_merge_and_batch_happen_later(server):
    server.faults(merge_seconds=0.3, batch_seconds=0.3)
    double = server.api("GET", "contacts/find-one-by", params={"email": "m.jansen@example.test"})
    both = {
        "source_contact_uuid": double["uuid"],
        "destination_contact_uuid": mira(server)["uuid"],
    }
    assert server.request("POST", "contacts/merge", json=both).json()["data"] is None
    assert mira(server)["credit_balance"]["balance"] == 120
    promotion = next(
        each for each in server.known()["promotions"] if each["name"] == "Welcome coffee"
    )
    values = {"promotion_uuid": promotion["uuid"], "quantity": 5}
    assert server.api("POST", "vouchers/batch", json=values)["status"] == "PENDING"
    time.sleep(0.4)
    assert mira(server)["credit_balance"]["balance"] == 150
    made = server.request("GET", "vouchers", params={"promotion_uuid": promotion["uuid"]})
    assert made.json()["meta"]["total"] == promotion["issued"] + 5


def test_parallel_writes_never_break_sums_or_limits(server):
    contact = mira(server)
    shop = server.known()["shops"][0]["uuid"]
    promotion = server.api(
        "POST", "promotions", json={"name": "Few", "description": "x", "voucher_limit": 7}
    )
    given = {"shop_uuid": shop, "contact_uuid": contact["uuid"]}

    def work(number):
        token = {"Authorization": f"Bearer {server.token}"}
        base = f"{server.url}/api/v3/oauth/clients"
        with requests.Session() as session:
            session.headers.update(token)
            amount = 10 if number % 2 else -10
            booked = session.post(f"{base}/credit-receptions", json={**given, "credits": amount})
            issued = session.post(f"{base}/vouchers", json={"promotion_uuid": promotion["uuid"]})
        return amount * booked.ok, issued.ok

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(40)))
    assert mira(server)["credit_balance"]["balance"] == 120 + sum(each for each, _ in results)
    assert sum(issued for _, issued in results) == 7
    rows = server.api(
        "GET", "loyalty-transactions", params={"contact_uuid": contact["uuid"], "limit": 100}
    )
    assert sum(row["credits"] for row in rows) == mira(server)["credit_balance"]["balance"]


def test_reset_is_quick_and_complete(server):
    server.api("POST", "contacts", json={"email": "new@example.test"})
    server.faults(latency_ms=1)
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        server.reset()
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.05
    assert server.calls() == []
    assert server.mailbox() == []
    found = server.request("GET", "contacts/find-one-by", params={"email": "new@example.test"})
    assert found.json()["code"] == 55031


def test_reset_while_others_read_and_write(server):
    def work(number):
        if number % 5 == 0:
            server.reset()
            return 200
        with requests.Session() as session:
            return session.post(
                f"{server.url}/api/v3/oauth/clients/contacts",
                json={"email": f"n{number}@example.test"},
                headers={"Authorization": f"Bearer {server.token}"},
                timeout=30,
            ).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(30))) <= {200, 400}
    assert server.api("GET", "shops")


@pytest.mark.parametrize("page", ["", "sandbox/", "sandbox/mailbox/", "sandbox/faults/"])
def test_pages(server, page):
    answer = server.session.get(f"{server.url}/{page}", timeout=5)
    assert answer.ok
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "sandbox/sandbox.css" in answer.text
    assert "style=" not in answer.text


def test_static_files_and_lost_pages(server):
    for path, status in (("static/sandbox/sandbox.css", 200), ("nowhere/", 404)):
        assert server.session.get(f"{server.url}/{path}", timeout=5).status_code == status


def test_pressing_buttons(server):
    with requests.Session() as browser:
        page = browser.get(f"{server.url}/sandbox/faults/", timeout=5)
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"latency_ms": 1, "maintenance": "on", "csrfmiddlewaretoken": token}
        answer = browser.post(f"{server.url}/sandbox/faults/", data=form, timeout=5)
        assert "503" in answer.text
        assert server.request("GET", "shops").status_code == 503
        form = {"csrfmiddlewaretoken": token}
        answer = browser.post(f"{server.url}/sandbox/start-again/", data=form, timeout=30)
        assert answer.ok
    assert server.api("GET", "shops")
    answer = server.session.post(f"{server.url}/sandbox/start-again/", timeout=5)
    assert answer.status_code == 403


def test_odd_requests(server):
    """What `requests` would never send: a chunked body, a wild path, a foreign host."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    headers = {
        "Authorization": "Bearer sandbox",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    path = "/api/v3/oauth/clients/contacts"
    connection.request("POST", path, iter([b"email=", b"chunk@example.test"]), headers)
    assert connection.getresponse().read().startswith(b'{"data":{"uuid"')
    connection.request("GET", "/api/v3/oauth/clients/contacts/%00%ff", headers=headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 404
    connection.request("GET", "/", headers={"Host": "evil.example.test"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 400
    connection.close()


def test_it_refuses_to_start_beside_a_real_account(tmp_path):
    environment = {
        **os.environ,
        "PIGGY_API_TOKEN": "real",
        "PIGGY_API_URL": "https://api.piggy.eu",
        "SECRET_KEY": "x" * 60,
        "DATA_DIR": str(tmp_path),
    }
    outcome = subprocess.run(
        [sys.executable, "-c", "import piggyadmin.sandbox.server"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode != 0
    assert "real account" in outcome.stderr
