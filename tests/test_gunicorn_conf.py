"""The console as gunicorn serves it: its headers and first words, and a start after `kill -9`."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.browser.console import ConsoleServer
from tests.tasks.processes import ROOT, wait_until

# A real account, reached by a way out through this machine; its proxy speaks TLS.
REAL = {
    "PIGGY_SANDBOX": "false",
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "ALLOWED_HOSTS": "console.example.test,127.0.0.1",
    "BEHIND_PROXY": "true",
    "WORKER_BESIDE_WEB": "false",
}
OVER_TLS = {"Host": "console.example.test", "X-Forwarded-Proto": "https"}
POLICY = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def real(sandbox_server, tmp_path_factory) -> Iterator[ConsoleServer]:
    with ConsoleServer(tmp_path_factory.mktemp("real"), sandbox_server, **REAL) as server:
        yield server


def asked(server: ConsoleServer, path: str, **headers: str) -> requests.Response:
    return requests.get(
        f"{server.url}{path}", headers=OVER_TLS | headers, allow_redirects=False, timeout=30
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/accounts/login/", {}, 200),
        ("/static/ui.js", {}, 200),
        ("/healthz", {}, 200),
        ("/contacts/", {}, 302),
        ("/accounts/login/", {"X-Forwarded-Proto": "http"}, 301),
        ("/no-such-page/", {}, 404),
        ("/static/no-such-file.js", {}, 404),
        ("/accounts/login/", {"Host": "elsewhere.example"}, 400),
    ],
)
def test_every_answer_keeps_to_its_site(real, path, headers, status):
    answer = asked(real, path, **headers)
    assert answer.status_code == status
    assert POLICY.items() <= answer.headers.items()
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "clipboard-write" not in answer.headers["Permissions-Policy"]  # which it needs
    assert answer.headers["Server"] == "console"
    is_file = path == "/static/ui.js"
    assert ("no-store" in answer.headers["Cache-Control"]) is not is_file


def test_its_cookies_are_of_this_host_alone(real):
    session = requests.Session()
    page = session.get(f"{real.url}/accounts/login/", headers=OVER_TLS, timeout=30)
    form = {"next": "/accounts/login/", "language": "nl", "theme": "dark"}
    form["csrfmiddlewaretoken"] = page.text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    token = {"Cookie": f"__Host-csrftoken={page.cookies['__Host-csrftoken']}"}
    referer = {"Referer": "https://console.example.test/accounts/login/"}
    made = [page.headers["Set-Cookie"]]
    for path in ("/i18n/setlang/", "/theme/"):
        answer = requests.post(
            f"{real.url}{path}",
            form,
            headers=OVER_TLS | token | referer,
            allow_redirects=False,
            timeout=30,
        )
        made.append(answer.headers["Set-Cookie"])
    assert [cookie.split("=")[0] for cookie in made] == [
        "__Host-csrftoken",
        "__Host-django_language",
        "__Host-theme",
    ]
    for cookie in made:
        assert {"Secure", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_its_first_words_are_of_https_and_of_the_first_person(real):
    log = (real.directory / "console.log").read_text()
    assert "Open https://console.example.test or https://127.0.0.1: the proxy there" in log
    assert "manage.py createsuperuser" in log


def test_garbage_is_not_looked_for_in_what_was_loaded():
    """In a process of its own, whose settings nobody else has."""
    asked = (
        "import gc, runpy; conf = runpy.run_path('gunicorn.conf.py');"
        "conf['look_less_for_garbage']();"
        "print(gc.get_freeze_count() > 1000, gc.get_threshold()[0])"
    )
    told = subprocess.check_output([sys.executable, "-c", asked], cwd=ROOT, text=True)
    assert told == "True 20000\n"


# --- Starting ----------------------------------------------------------------------------------


def gunicorn(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Start a console that is going to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", "piggyadmin.wsgi", "-c", "gunicorn.conf.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "piggyadmin.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"DEBUG": "true"}, "DEBUG=true shows"), ({"SECRET_KEY": ""}, "Set SECRET_KEY")],
)
def test_a_refused_start_says_why_and_no_more(tmp_path, changed, words):
    here = {"DATA_DIR": str(tmp_path), "PIGGY_API_TOKEN": "t", "PORT": "0"}
    refused = gunicorn(REAL | here | changed)
    assert refused.returncode != 0
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "Open" not in refused.stdout


def test_processes_are_counted_that_the_command_line_asks_for(tmp_path):
    here = {"DATA_DIR": str(tmp_path), "PIGGY_API_TOKEN": "t", "PORT": "0", "REDIS_URL": ""}
    refused = gunicorn(REAL | here, "--workers", "3")
    assert "WEB_CONCURRENCY=3 without REDIS_URL" in refused.stderr


def test_a_port_in_use_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = gunicorn({"DATA_DIR": str(tmp_path), "PORT": str(port)})
    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} is in use: stop what serves there, or set PORT.\n"


def processes_of(directory: Path) -> set[int]:
    """List the processes of the console that keeps its data there."""
    marker = f"DATA_DIR={directory}".encode()
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if marker in path.read_bytes().split(b"\0"):
                found.add(int(path.parent.name))
        except OSError:  # it has gone, or is not ours
            continue
    return found


def test_it_starts_at_once_after_its_master_was_killed(sandbox_server, tmp_path):
    """Its web and its worker processes make way, even with connections that are still open."""
    # Where setproctitle is there, gunicorn names its processes with it; their surroundings stay.
    server = ConsoleServer(tmp_path, sandbox_server, WEB_CONCURRENCY="2", SPT_NOENV="1")
    with server:
        kept = requests.Session()
        kept.get(f"{server.url}/healthz", timeout=30)
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(b"GET / HT")
            # The master, two that serve, the worker and its keeper.
            wait_until(lambda: len(processes_of(tmp_path)) == 5)
            before = processes_of(tmp_path)
            server.process.kill()
            server.process.wait()
            server.start()
        # Until they have gone, those of before may have answered.
        log = tmp_path / "console.log"
        wait_until(lambda: log.read_text().count("Open http") == 2)
        assert "in use" not in log.read_text()
        wait_until(lambda: not before & processes_of(tmp_path))
        assert kept.get(f"{server.url}/healthz", timeout=30).ok
        kept.close()
