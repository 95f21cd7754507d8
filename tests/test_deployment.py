"""What the image, the compose file and the unit name is there; with their settings it works."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.browser.console import ConsoleServer
from tests.postgresql import migrated_database_or_skip
from tests.tasks.processes import ROOT, wait_until

KNOWN = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
CONSOLES = ("prepare", "web", "worker")
# What compose says again, so that no .env says otherwise.
OF_THE_IMAGE = ("DATA_DIR", "HOST", "PORT")
GIVEN = {
    "PIGGY_API_TOKEN": "sandbox",
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "CONSOLE_HOST": "console.example.test",
    "POSTGRES_PASSWORD": "unused",
}


def lines(path: str) -> list[str]:
    return (ROOT / path).read_text().splitlines()


def filled_in(value: str) -> str:
    """Do what compose does with variables."""
    return re.sub(r"\$\{(\w+)(:\?)?\}", lambda found: GIVEN[found[1]], value)


def test_the_image_takes_only_what_is_there():
    copied = [line.split()[1:-1] for line in lines("Dockerfile") if line.startswith("COPY ")]
    ours = {name for names in copied for name in names if not name.startswith(("--", "/"))}
    assert ours
    assert [name for name in ours if not (ROOT / name).exists()] == []
    sent = {line.removeprefix("!") for line in lines(".dockerignore") if line.startswith("!")}
    assert ours == sent


def test_nobody_is_root_in_the_image():
    user = [line for line in lines("Dockerfile") if line.startswith("USER ")]
    assert user == ["USER piggyadmin"]


@pytest.mark.parametrize("service", CONSOLES)
def test_every_setting_is_one_that_the_console_knows(service):
    assert set(COMPOSE["services"][service]["environment"]) <= KNOWN


def test_every_setting_of_the_unit_is_one_that_the_console_knows():
    unit = (ROOT / "deploy/piggyadmin.service").read_text()
    named = set(re.findall(r"\b([A-Z_]+)=", unit))
    assert named - KNOWN == {"PYTHONUNBUFFERED"}


@pytest.mark.parametrize("service", CONSOLES)
def test_every_setting_of_the_shop_reaches_the_console(service):
    assert COMPOSE["services"][service]["env_file"] == ".env"


@pytest.mark.parametrize("service", CONSOLES)
def test_nothing_of_the_console_can_be_written_but_its_data(service):
    definition = COMPOSE["services"][service]
    assert definition["read_only"]
    assert definition["cap_drop"] == ["ALL"]
    assert definition["volumes"] == ["data:/data"]


@pytest.mark.parametrize("service", CONSOLES)
def test_where_data_is_and_who_is_answered_is_said_by_no_shop(service):
    told = COMPOSE["services"][service]["environment"]
    of_the_image = re.search(r"^ENV PATH=.+", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert of_the_image
    assert all(f"{name}={told[name]}" in of_the_image[0].split() for name in OF_THE_IMAGE)


def test_secrets_stand_in_no_file():
    text = (ROOT / "compose.yaml").read_text()
    assert all(f"${{{name}:?}}" in text for name in GIVEN.keys() - {"PIGGY_API_TOKEN"})


@pytest.fixture
def composed(sandbox_server, tmp_path):
    """Serve the console with the settings of the compose file, on this machine's services."""
    told = GIVEN | {
        key: filled_in(value)
        for key, value in COMPOSE["services"]["web"]["environment"].items()
        if key not in OF_THE_IMAGE
    }
    told |= {"REDIS_URL": "redis://127.0.0.1:6379/11", "DUPLICATES": "false"}
    with (
        migrated_database_or_skip() as url,
        ConsoleServer(tmp_path, sandbox_server, **(told | {"DATABASE_URL": url})) as console,
    ):
        yield console


def test_it_works_with_the_settings_of_the_compose_file(composed, tmp_path):
    command = COMPOSE["services"]["worker"]["command"]
    worker = subprocess.Popen(
        [sys.executable, *command[1:]],
        cwd=ROOT,
        env=composed.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = wait_until(lambda: ready_with_a_worker(composed))
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    assert ready == {"ready": True, "databases": {"default": "ok"}, "worker": "ok", "redis": "ok"}
    over_tls = {"Host": "console.example.test", "X-Forwarded-Proto": "https"}
    page = requests.get(f"{composed.url}/accounts/login/", headers=over_tls, timeout=10)
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000; includeSub")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert all(cookie.name.startswith("__Host-") and cookie.secure for cookie in page.cookies)
    assert not list(Path(tmp_path).glob("*.sqlite3"))


def ready_with_a_worker(console: ConsoleServer) -> dict[str, Any] | None:
    told: dict[str, Any] = requests.get(f"{console.url}/readyz", timeout=10).json()
    return told if told["worker"] == "ok" else None
