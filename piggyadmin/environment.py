"""Reading settings from the environment, and naming the one that is wrong."""

import re
from collections.abc import Collection
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

YES = {"true", "on", "yes", "y", "1"}
NO = {"false", "off", "no", "n", "0"}
DATABASES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
_NAMES: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    dict: "name=value,name=value",
}


class LiteralMapping(FileAwareMapping):  # type: ignore[misc]
    """The environment and the files it names, where a dollar sign is nothing but that.

    django-environ takes what begins with one for the name of another variable: one generated key
    in fifty would be replaced by another, or by nothing.
    """

    def __getitem__(self, name: str) -> Any:
        """Give the value with its dollar signs escaped, as `escape_proxy` undoes it."""
        return super().__getitem__(name).replace("$", r"\$")


class Environment(environ.Env):  # type: ignore[misc]
    """What the environment says; a secret can also come from a file that `NAME_FILE` names.

    Each of its methods raises ImproperlyConfigured, with a sentence that says what is wrong.
    """

    ENVIRON = LiteralMapping()

    def __init__(self) -> None:
        super().__init__()
        self.escape_proxy = True

    def read_file(self, path: Path) -> None:
        """Read a file of settings, such as `.env`; what is set already stays as it is."""
        lines = path.read_text(encoding="utf8").splitlines()
        self.read_env(StringIO("\n".join(map(_without_comment, lines))))

    def get_value(self, var: str, cast: Any = None, *rest: Any, **options: Any) -> Any:
        """Read a value of any type."""
        try:
            return super().get_value(var, cast, *rest, **options)
        except ValueError:
            raise ImproperlyConfigured(f"{var} must be {_NAMES[cast]}.") from None

    def flag(self, var: str, *, default: bool) -> bool:
        """Read yes or no, in any of the usual words."""
        text = self.str(var, default="").strip().lower()
        if text in YES | NO:
            return text in YES
        if text:
            raise ImproperlyConfigured(f"{var} must be true or false, not {text!r}.")
        return default

    def choice(self, var: str, choices: Collection[str], *, default: str) -> str:
        """Read one of some words."""
        text: str = self.str(var, default=default)
        if text not in choices:
            raise ImproperlyConfigured(f"{var} must be {' or '.join(choices)}, not {text!r}.")
        return text

    def count(self, var: str, *, default: int, least: int = 0) -> int:
        """Read how many there are of something."""
        number: int = self.int(var, default=default)
        if number < least:
            raise ImproperlyConfigured(f"{var} must be {least} or more, not {number}.")
        return number

    def mail_server(self, var: str) -> dict[str, Any]:
        """Read the address of a mail server, whose password is not repeated."""
        try:
            config: dict[str, Any] = self.email_url(var)
        except (ValueError, ImproperlyConfigured):
            raise ImproperlyConfigured(
                f"{var} must be smtp+tls://user:password@host:587, or smtp+ssl://… or smtp://…."
            ) from None
        return config

    def database(self, var: str, *, default: str) -> dict[str, Any]:
        """Read the address of a database, whose password is not repeated."""
        try:
            config: dict[str, Any] = self.db_url(var, default=default)
        except ValueError:
            config = {}
        if config.get("ENGINE") not in DATABASES:
            raise ImproperlyConfigured(f"{var} must be postgres://… or sqlite:///….")
        return config


def _without_comment(line: str) -> str:
    """Leave out what stands behind a value: a number sign after a space, outside of quotes."""
    name, _equals, value = line.partition("=")
    quoted = re.match(r"""('[^']*'|"[^"]*")(?=\s+#)""", value)
    if quoted:
        return f"{name}={quoted[0]}"
    if value.startswith(("'", '"')):
        return line
    kept, *comment = re.split(r"\s#", line, maxsplit=1)
    return kept.rstrip() if comment else line


def is_time_zone(name: str) -> bool:
    """Tell whether this machine knows the time there."""
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return False
    return True


def is_https_or_loopback(url: str) -> bool:
    """Tell whether what is sent to `url` can be read by nobody on the way."""
    parts = urlsplit(url)
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))


def is_loopback(url: str) -> bool:
    """Tell whether `url` names this very machine: a sandbox, or a way out to the real Piggy.

    Raises:
        ValueError: it is no address.
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
