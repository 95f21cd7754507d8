"""Settings that leave a real account open: each is named, with its cure."""

from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from piggyadmin.checks import REAL_ACCOUNT
from piggyadmin.status.startup import refuse_unsafe_settings

GOOD_KEY = "0123456789abcdefghij" * 3
SAFE = {
    "PIGGY_IS_REAL": True,
    "SECRET_KEY": GOOD_KEY,
    "SECRET_KEY_FALLBACKS": [GOOD_KEY],
    "DATA_KEY": GOOD_KEY[::-1],
    "DEBUG": False,
    "HTTPS": True,
    "BEHIND_PROXY": True,
    "ALLOWED_HOSTS": ["console.example.test"],
    "CSRF_TRUSTED_ORIGINS": ["https://console.example.test", "https://*.example.test"],
    "WEB_CONCURRENCY": 4,
    "REDIS_URL": "redis://cache:6379/0",
    "LOG_LEVEL": "INFO",
}
REFUSED = [
    ({"SECRET_KEY": "x"}, "SECRET_KEY can be guessed"),
    ({"SECRET_KEY": "k" * 60}, "SECRET_KEY can be guessed"),
    ({"SECRET_KEY": "django-insecure-" + GOOD_KEY}, "SECRET_KEY can be guessed"),
    ({"SECRET_KEY_FALLBACKS": [GOOD_KEY, "old"]}, "SECRET_KEY_FALLBACKS can be guessed"),
    ({"DATA_KEY": "short"}, "DATA_KEY can be guessed"),
    ({"DEBUG": True}, "DEBUG=true"),
    ({"HTTPS": False}, "HTTPS=false"),
    ({"HTTPS": False, "ALLOWED_HOSTS": ["localhost", "till.example"]}, "HTTPS=false"),
    ({"ALLOWED_HOSTS": ["*"]}, r"ALLOWED_HOSTS=\*"),
    ({"ALLOWED_HOSTS": ["console.example.test", "*"]}, r"ALLOWED_HOSTS=\*"),
    ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS is not set"),
    ({"CSRF_TRUSTED_ORIGINS": ["*"]}, "CSRF_TRUSTED_ORIGINS trusts too much"),
    ({"CSRF_TRUSTED_ORIGINS": ["https://*"]}, "CSRF_TRUSTED_ORIGINS trusts too much"),
    ({"CSRF_TRUSTED_ORIGINS": ["https://*.com"]}, "CSRF_TRUSTED_ORIGINS trusts too much"),
    ({"CSRF_TRUSTED_ORIGINS": ["http://console.example.test"]}, "CSRF_TRUSTED_ORIGINS trusts"),
    ({"REDIS_URL": ""}, "WEB_CONCURRENCY=4 without REDIS_URL"),
]
DOUBTFUL = [
    ({"HTTPS": False, "ALLOWED_HOSTS": ["localhost", "127.0.0.1"]}, "HTTPS=false"),
    ({"BEHIND_PROXY": False}, "BEHIND_PROXY is not set"),
    ({"LOG_LEVEL": "DEBUG"}, "LOG_LEVEL=DEBUG"),
    ({"DATA_KEY": ""}, "DATA_KEY is not set"),
]


@pytest.fixture
def real(settings, tmp_path, monkeypatch):
    """Give a console on a real account, set up as it should be."""
    monkeypatch.setattr("piggyadmin.checks.connection", SimpleNamespace(vendor="postgresql"))
    tmp_path.chmod(0o700)
    for name, value in {**SAFE, "DATA_DIR": tmp_path, "BASE_DIR": tmp_path}.items():
        setattr(settings, name, value)
    return settings


def told(settings, **changed) -> list[str]:
    for name, value in changed.items():
        setattr(settings, name, value)
    return [f"{each.msg} {each.hint}" for each in run_checks(tags=[REAL_ACCOUNT])]


def test_what_is_safe_starts(real):
    assert told(real) == []
    refuse_unsafe_settings()
    assert told(real, WEB_CONCURRENCY=1, REDIS_URL="") == []


@pytest.mark.parametrize(("changed", "words"), REFUSED)
def test_what_is_not_is_refused_by_name(real, changed, words):
    assert len(told(real, **changed)) == 1
    with pytest.raises(ImproperlyConfigured, match=words):
        refuse_unsafe_settings()
    assert told(real, PIGGY_IS_REAL=False) == []


@pytest.mark.parametrize(("changed", "words"), DOUBTFUL)
def test_what_can_be_meant_is_only_told(real, changed, words):
    (only,) = told(real, **changed)
    assert words in only
    refuse_unsafe_settings()


def test_one_process_is_enough_for_sqlite(real, monkeypatch):
    monkeypatch.setattr("piggyadmin.checks.connection", SimpleNamespace(vendor="sqlite"))
    assert "WEB_CONCURRENCY=4 on SQLite" in told(real)[0]
    assert told(real, WEB_CONCURRENCY=1) == []


def test_all_of_them_are_told_at_once(real):
    real.SECRET_KEY, real.DEBUG = "x", True
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY .*\nDEBUG=true"):
        refuse_unsafe_settings()


def test_files_of_others_are_told(real, tmp_path):
    (tmp_path / ".env").touch(mode=0o644)
    (tmp_path / ".env").chmod(0o644)
    assert "chmod 600" in told(real)[0]
    tmp_path.chmod(0o755)
    with pytest.raises(ImproperlyConfigured, match="Others can read"):
        refuse_unsafe_settings()


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "LEDGER_SEAL_KEY"])
def test_a_secret_that_can_be_guessed_is_refused(real, name):
    setattr(real, name, "short")
    assert "piggyadmin.E020" in [each.id for each in run_checks(tags=[REAL_ACCOUNT])]
    setattr(real, name, "0123456789abcdefghij-long")
    assert "piggyadmin.E020" not in [each.id for each in run_checks(tags=[REAL_ACCOUNT])]
