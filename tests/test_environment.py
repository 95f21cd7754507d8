"""Settings from the environment: a wrong one is named, in a sentence, at the start."""

import ast
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from piggyadmin.environment import Environment, is_https_or_loopback

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """Read the console's settings anew, with these variables and no others of ours."""

    def read(**variables: str):
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        Environment.ENVIRON.files_cache.clear()  # what files said is remembered
        return runpy.run_path(str(ROOT / "piggyadmin" / "settings.py"))

    return read


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("PIGGY_CONNECT_TIMEOUT", "soon", "PIGGY_CONNECT_TIMEOUT must be a number"),
        ("PIGGY_READ_TIMEOUT", "", "PIGGY_READ_TIMEOUT must be a number"),
        ("REQUEST_LOG_DAYS", "1.5", "REQUEST_LOG_DAYS must be a whole number"),
        ("FOUR_EYES", "ja", "FOUR_EYES must be true or false, not 'ja'"),
        ("DEBUG", "2", "DEBUG must be true or false"),
        ("DUPLICATES", "ja", "DUPLICATES must be true or false"),
        ("PIGGY_TOKEN_EXPIRES", "soon", "PIGGY_TOKEN_EXPIRES must be YYYY-MM-DD"),
        ("PIGGY_API_URL", "ftp://api.piggy.eu", r"PIGGY_API_URL must be an http\(s\) address"),
        ("PIGGY_API_URL", "http://api.piggy.eu", "PIGGY_API_URL must be https"),
        ("DATABASE_URL", "mysql://u:s3cr3t@host/db", "DATABASE_URL must be postgres://"),
        ("DATABASE_URL", "postgres://u:s3cr3t@host:port/db", "DATABASE_URL must be postgres://"),
        ("TASKS_BACKEND", "celery", "TASKS_BACKEND must be database or rq"),
        ("TASKS_BACKEND", "rq", "TASKS_BACKEND=rq needs REDIS_URL"),
        ("PIGGY_API_TOKEN", "t", "Set SECRET_KEY"),
        ("PIGGY_SANDBOX", "ja", "PIGGY_SANDBOX must be true or false"),
        ("USUAL_REASONS", "Goodwill", "USUAL_REASONS must be name=value,name=value"),
        ("OIDC_ROLES", "tills", "OIDC_ROLES must be name=value,name=value"),
        ("PASSWORD_SIGN_IN", "ja", "PASSWORD_SIGN_IN must be true or false"),
        ("LANGUAGE_CODE", "xx", "LANGUAGE_CODE must be en or .*, not 'xx'"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be .*DEBUG.*, not 'loud'"),
        ("TIME_ZONE", "Europe", "TIME_ZONE must be such as Europe/Amsterdam, not 'Europe'"),
        ("TIME_ZONE", "CEST/", "TIME_ZONE must be such as Europe/Amsterdam, not 'CEST/'"),
        ("DEFAULT_COUNTRY", "UK", "DEFAULT_COUNTRY must be two letters as in ISO 3166, not 'UK'"),
        ("EMAIL_URL", "smtp.example.test", "EMAIL_URL must be smtp"),
        ("EMAIL_URL", "smtp://u:s3cr3t@host:port", "EMAIL_URL must be smtp"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be 0 or more"),
        ("THREADS", "0", "THREADS must be 1 or more, not 0"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY must be 1 or more"),
        ("WORKER_THREADS", "0", "WORKER_THREADS must be 1 or more"),
        ("LEDGER_SNAPSHOT_DAYS", "-1", "LEDGER_SNAPSHOT_DAYS must be 0 or more"),
        ("DATA_DIR", "/tmp", "DATA_DIR must be a folder of the console's own"),  # noqa: S108
    ],
)
def test_a_wrong_value_is_named(settings_with, variable, value, words):
    with pytest.raises(ImproperlyConfigured, match=words) as caught:
        settings_with(**{variable: value})
    assert "s3cr3t" not in str(caught.value)


def test_what_is_right_is_taken(settings_with):
    read = settings_with(
        PIGGY_CONNECT_TIMEOUT="1.5",
        REQUEST_LOG_DAYS="0",
        FOUR_EYES="Yes",
        PIGGY_CIRCUIT_BREAKER="off",
        DATABASE_URL="postgres://u:p@db.example:5433/piggyadmin",
    )
    assert (read["PIGGY_CONNECT_TIMEOUT"], read["REQUEST_LOG_DAYS"]) == (1.5, 0)
    assert (read["FOUR_EYES"], read["PIGGY_CIRCUIT_BREAKER"]) == (True, False)
    database = read["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)


def test_nothing_is_needed_for_a_sandbox(settings_with):
    read = settings_with()
    assert read["PIGGY_IN_PROCESS_SANDBOX"]
    assert not read["HTTPS"]
    assert read["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"


def test_with_a_token_it_is_the_real_account(settings_with):
    read = settings_with(PIGGY_API_TOKEN="t", SECRET_KEY="k" * 60)
    assert read["PIGGY_IS_REAL"]
    assert read["PIGGY_API_URL"] == "https://api.piggy.eu"
    assert read["HTTPS"]
    assert read["SESSION_COOKIE_SECURE"]
    assert "sandbox" not in read["DATABASES"]
    assert "piggyadmin.sandbox" not in read["INSTALLED_APPS"]


HERE = {"PIGGY_API_TOKEN": "t", "PIGGY_API_URL": "http://127.0.0.1:8001"}


def test_a_token_for_this_machine_is_a_real_account_too(settings_with):
    """As behind a proxy through which alone the network can be reached."""
    read = settings_with(**HERE, SECRET_KEY="k" * 60)
    assert read["PIGGY_IS_REAL"]
    assert "piggyadmin.sandbox" not in read["INSTALLED_APPS"]


def test_unless_it_says_that_it_is_a_sandbox(settings_with):
    read = settings_with(**HERE, PIGGY_SANDBOX="true")
    assert not read["PIGGY_IS_REAL"]
    assert not read["PIGGY_IN_PROCESS_SANDBOX"]


@pytest.mark.parametrize("url", ["https://api.piggy.eu", "https://127.0.0.1.example"])
def test_no_other_machine_is_a_sandbox(settings_with, url):
    with pytest.raises(ImproperlyConfigured, match="PIGGY_SANDBOX=true is for a sandbox on this"):
        settings_with(PIGGY_API_TOKEN="t", PIGGY_API_URL=url, PIGGY_SANDBOX="true")


def test_without_the_sandbox_and_a_token_the_console_keeps_one(settings_with):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        settings_with(PIGGY_SANDBOX="false")
    read = settings_with(
        PIGGY_SANDBOX="false", SECRET_KEY="k", PIGGY_API_URL="https://api.leat.com"
    )
    assert read["PIGGY_IS_REAL"]
    assert not read["PIGGY_IN_PROCESS_SANDBOX"]
    assert read["PIGGY_API_TOKEN"] == ""


def test_the_embedded_sandbox_can_be_chosen(settings_with):
    read = settings_with(PIGGY_SANDBOX="true")
    assert read["PIGGY_IN_PROCESS_SANDBOX"]
    assert read["PIGGY_SANDBOX_IS_CHOSEN"]
    assert not settings_with(PIGGY_SANDBOX="")["PIGGY_SANDBOX_IS_CHOSEN"]


@pytest.mark.parametrize("url", ["https://api.piggy.eu", "http://127.0.0.1:8001"])
def test_an_address_without_a_token_is_no_sandbox(settings_with, url):
    with pytest.raises(ImproperlyConfigured, match="Set PIGGY_API_TOKEN, or PIGGY_SANDBOX=false"):
        settings_with(PIGGY_API_URL=url)


def test_cookies_belong_to_this_host_alone_where_there_is_tls(settings_with):
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")
    read = settings_with()
    assert not any(read[name].startswith("__Host-") for name in names)
    read = settings_with(**HERE, SECRET_KEY="k" * 60)
    assert all(read[name].startswith("__Host-") for name in names)
    assert read["COOKIE_PREFIX"] == "__Host-"


def test_a_secret_can_come_from_a_file(settings_with, tmp_path):
    secret = tmp_path / "token"
    secret.write_text("$tarts with a dollar")
    read = settings_with(PIGGY_API_TOKEN_FILE=str(secret), SECRET_KEY="k" * 60)
    assert read["PIGGY_API_TOKEN"] == "$tarts with a dollar"


@pytest.mark.parametrize("key", ["$HOME", "$$x$", r"\$x", r"x\$\\$", "$"])
def test_a_dollar_sign_is_nothing_but_that(settings_with, key):
    read = settings_with(SECRET_KEY=key, DATABASE_URL=f"postgres://u:{key}@db.example/x")
    assert read["SECRET_KEY"] == key
    assert read["DATABASES"]["default"]["PASSWORD"] == key


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("127.0.0.1", True),
        ("192.0.2.7", True),
        ("0.0.0.0", True),  # noqa: S104
        ("till.example", True),
        ("", False),
    ],
)
def test_the_sandbox_answers_where_it_was_told_to_be(settings_with, host, served):
    allowed = settings_with(HOST=host)["ALLOWED_HOSTS"]
    assert validate_host(host or "elsewhere.example", allowed) is served
    assert validate_host("127.0.0.1", allowed)


def test_the_real_account_answers_only_under_its_names(settings_with):
    read = settings_with(PIGGY_API_TOKEN="t", SECRET_KEY="k" * 60, HOST="0.0.0.0")  # noqa: S104
    assert read["ALLOWED_HOSTS"] == []


@pytest.mark.parametrize(
    ("given", "proxies"),
    [
        ({}, 0),
        ({"BEHIND_PROXY": "true"}, 1),
        ({"BEHIND_PROXY": "true", "TRUSTED_PROXIES": "2"}, 2),
        ({"BEHIND_PROXY": "true", "TRUSTED_PROXIES": "0"}, 0),
        ({"TRUSTED_PROXIES": "1"}, 1),
    ],
)
def test_as_many_proxies_are_trusted_as_are_named(settings_with, given, proxies):
    assert settings_with(**given)["TRUSTED_PROXIES"] == proxies


def read_by(path: Path) -> set[str]:
    """Name the variables that a file reads: what it calls something with, in capitals."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    # A mapping of Django's own has names in capitals too.
    reading = [call for call in calls if call.args and "setdefault" not in ast.unparse(call.func)]
    named = [ast.unparse(call.args[0]) for call in reading]
    return {name.strip("'") for name in named if re.fullmatch("'[A-Z_]+'", name)}


def test_the_example_names_every_variable_and_no_other():
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE))
    read = read_by(ROOT / "piggyadmin" / "settings.py") | read_by(ROOT / "gunicorn.conf.py")
    assert named == read


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=true     # when TLS ends at a proxy", "true"),
        ("NAME=true\t# when TLS ends at a proxy", "true"),
        ("NAME=  # nothing yet", ""),
        ("NAME=#a#b", "#a#b"),
        ("NAME=postgres://u:a#b@host/db", "postgres://u:a#b@host/db"),
        ("NAME='a # b'", "a # b"),
        ('NAME="a # b"  # a comment', "a # b"),
        ("NAME='a' 'b'", "a' 'b"),
        ("NAME='a", "'a"),
        ("NAME=a ", "a "),
        ("# NAME=a", None),
    ],
)
def test_a_comment_behind_a_value_is_none_of_it(line, value, monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", "")
    monkeypatch.delenv("NAME")
    (tmp_path / ".env").write_text(f"{line}\n", encoding="utf8")
    Environment().read_file(tmp_path / ".env")
    assert os.environ.get("NAME") == value


def test_a_flag_that_is_not_set_is_its_default(monkeypatch):
    monkeypatch.delenv("NO_SUCH_FLAG", raising=False)
    assert Environment().flag("NO_SUCH_FLAG", default=True)
    monkeypatch.setenv("NO_SUCH_FLAG", " ")
    assert not Environment().flag("NO_SUCH_FLAG", default=False)


def test_the_command_line_says_it_in_a_sentence(tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "PIGGY_READ_TIMEOUT": "long"}
    environment["DJANGO_SETTINGS_MODULE"] = "piggyadmin.settings"
    run = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.strip() == "PIGGY_READ_TIMEOUT must be a number."


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://example.test/seals", True),
        ("http://127.0.0.1:9/seals", True),
        ("http://example.test/seals", False),
        ("ftp://127.0.0.1/seals", False),
        ("https:///seals", False),
        ("seals", False),
    ],
)
def test_what_nobody_reads_on_the_way(url, is_private):
    assert is_https_or_loopback(url) == is_private
