"""How the sandbox misbehaves on demand; one row of settings, shared by all processes.

`*_before` means that the call was not carried out, `*_after` that it was and only its answer is
lost. Which calls a fault hits is said by `method` and `path` (a regular expression searched for in
the path after the prefix, such as `^vouchers/find$`), and how often by `times` (null: always).
"""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import Faults
from piggyadmin.sandbox.validation import to_integer, to_number

KINDS = {
    "drop_before": "the connection is reset, nothing was done",
    "drop_after": "the connection is reset after it was done",
    "garbage": "200 with a body that is not JSON, nothing was done",
    "garbage_after": "200 with a body that is not JSON after it was done",
    "no_data": "200 with JSON without `data`, nothing was done",
    "no_data_after": "200 with JSON without `data` after it was done",
    "status": "the HTTP status `status`, nothing was done",
    "status_after": "the HTTP status `status` after it was done",
    "code": "the API's error `code` with HTTP 400, nothing was done",
    "throttled": "429, with Retry-After if `retry_after` is set",
    "redirect": "302 to another host, nothing was done",
    "timeout_before": "silence for `seconds`, then 504; nothing was done",
    "html_after": "the HTTP status `status` with a page of HTML after it was done",
    "filters_ignored": "answered, but of a list as if no filter had been given",
    "timeout_after": "done, then silence for `seconds` before the answer",
}
MAX_SECONDS = 600

# Characters of a path, and of a pattern, that are looked at; and what a pattern may repeat.
LONGEST_PATH = 200
MOST_REPEATS = 2


@dataclass
class Fault:
    """One misbehaviour."""

    kind: str
    method: str = ""
    path: str = ""
    times: int | None = None
    status: int = 500
    code: int = 1000
    retry_after: int | None = None
    seconds: float = 60.0

    def hits(self, method: str, path: str) -> bool:
        """Tell whether it concerns this call."""
        return self.method in {"", method} and re.search(self.path, path[:LONGEST_PATH]) is not None

    @property
    def is_after(self) -> bool:
        """Tell whether the call is carried out all the same."""
        return self.kind.endswith("_after")


@dataclass
class Settings:
    """All that can be set; durations in milliseconds or seconds as named."""

    latency_ms: int = 0
    maintenance: bool = False
    faults: list[Fault] = field(default_factory=list)
    merge_seconds: float = 3.0
    delete_seconds: float = 3.0
    batch_seconds: float = 3.0
    lock_seconds: float = 3600.0
    # Of two contacts that are merged, the source's values win; Piggy does not say whose do.
    source_wins: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give the settings as `/sandbox/faults` shows them."""
        return asdict(self)


class WrongSettingsError(ValueError):
    """Settings that make no sense; the message says which."""


def read_settings(values: Json) -> Settings:
    """Make settings of JSON values; what is left out is as it was at the beginning."""
    if not isinstance(values, dict):
        raise WrongSettingsError("The settings must be an object.")
    if unknown := set(values) - set(asdict(Settings())):
        raise WrongSettingsError(f"Unknown: {', '.join(sorted(unknown))}.")
    settings = Settings(
        maintenance=bool(values.get("maintenance", False)),
        source_wins=bool(values.get("source_wins", False)),
    )
    settings.latency_ms = int(_seconds(values, "latency_ms", 0, MAX_SECONDS * 1000))
    for name in ("merge_seconds", "delete_seconds", "batch_seconds", "lock_seconds"):
        setattr(settings, name, _seconds(values, name, getattr(settings, name), 10**8))
    faults = values.get("faults", [])
    if not isinstance(faults, list):
        raise WrongSettingsError("faults must be a list.")
    settings.faults = [_fault(each) for each in faults]
    return settings


def _seconds(values: dict[str, Any], name: str, default: float, most: float) -> float:
    number = to_number(values.get(name, default))
    if number is None or not 0 <= number <= most:
        raise WrongSettingsError(f"{name} must be a number from 0 to {most}.")
    return float(number)


def _fault(values: Json) -> Fault:
    if not isinstance(values, dict) or values.get("kind") not in KINDS:
        raise WrongSettingsError(f"A fault needs a kind: {', '.join(KINDS)}.")
    if unknown := set(values) - set(asdict(Fault("drop_before"))):
        raise WrongSettingsError(f"Unknown in a fault: {', '.join(sorted(unknown))}.")
    fault = Fault(kind=values["kind"], method=str(values.get("method") or "").upper())
    fault.path = str(values.get("path") or "")
    if len(fault.path) > LONGEST_PATH or repeats_too_much(fault.path):
        raise WrongSettingsError("path is too long, or repeats too much.")
    try:
        re.compile(fault.path)
    except re.error as error:
        raise WrongSettingsError(f"path is no regular expression: {error}.") from error
    fault.seconds = _seconds(values, "seconds", fault.seconds, MAX_SECONDS)
    fault.status = _whole(values, "status", fault.status) or fault.status
    fault.code = _whole(values, "code", fault.code) or fault.code
    fault.times = _whole(values, "times", None)
    fault.retry_after = _whole(values, "retry_after", None)
    return fault


def repeats_too_much(pattern: str) -> bool:
    """Tell whether a search for this could take long: a group is repeated, or more than two are."""
    repeats = sum(map(pattern.count, "*+?{"))
    return repeats > MOST_REPEATS or re.search(r"\)[*+?{]", pattern) is not None


def _whole(values: dict[str, Any], name: str, default: int | None) -> int | None:
    value = values.get(name, default)
    if value is None:
        return None
    number = to_integer(value)
    if number is None or number < 0:
        raise WrongSettingsError(f"{name} must be a whole number.")
    return number


def current() -> Settings:
    """Give the settings in force."""
    values = Faults.objects.filter(pk=1).values_list("settings", flat=True).first()
    return read_settings(values or {})


def store(settings: Settings) -> None:
    """Put settings in force, for all processes."""
    Faults.objects.update_or_create(pk=1, defaults={"settings": settings.as_json()})


def clear() -> None:
    """Behave again."""
    Faults.objects.all().delete()


def take(settings: Settings, method: str, path: str) -> Fault | None:
    """Give the first fault that hits this call, and count it off if its times are limited."""
    fault = next((each for each in settings.faults if each.hits(method, path)), None)
    if fault is None or fault.times is None:
        return fault
    return _count_off(method, path)


def _count_off(method: str, path: str) -> Fault | None:
    """Look again under a lock: two calls must not take the same last time."""
    with transaction.atomic(using="sandbox"):
        row = Faults.objects.select_for_update().filter(pk=1).first()
        settings = read_settings(row.settings if row else {})
        fault = next((each for each in settings.faults if each.hits(method, path)), None)
        if row and fault and fault.times is not None:
            fault.times -= 1
            settings.faults = [each for each in settings.faults if each.times != 0]
            row.settings = settings.as_json()
            row.save()
        return fault
