"""Taking secrets out of what is kept of a call."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from piggyadmin.json_text import read_json, storable
from piggyadmin.piggy.tokens import current_token

# Longer texts are cut, longer lists shortened, and larger answers not looked into at all.
BODY_LIMIT = 8_000  # characters
LIST_LIMIT = 10
# A page of 30 contacts is below that, one of 100 above: reading all of them does not fill the log.
READ_LIMIT_BYTES = 256 * 1024

REMOVED = "[removed]"
_KEYS = (
    r"\w*(?:token|secret|password|passcode|release_?key|api_?key|authorization|url|hash)"
    r"|custom_?app_?login\w*|digital_?reward_?code"
)
_SECRET_KEYS = re.compile(_KEYS, re.IGNORECASE)
# The same where no JSON tells keys and values apart: up to what can end a value.
_IS = r"[\"']?\s*[:=]\s*[\"']?"
_SECRET_IN_TEXT = re.compile(rf"((?<!\w)(?:{_KEYS}){_IS})[^\"'\s&,<>}}]+", re.IGNORECASE)
_CODE_IN_TEXT = re.compile(rf"(code{_IS})\w+", re.IGNORECASE)
# What was bought with credits stands in an object of its own.
_REWARD_CODE_IN_TEXT = re.compile(
    r"(digital_?reward_?code\W{1,20}code\W{1,20})[\w-]+", re.IGNORECASE
)
# Answers and requests of these are secret as a whole: a token may come as a bare string.
_SECRET_PATHS = (
    *("contact-verification/auth-token/", "contact-session-tokens", "portal-sessions"),
    *("loyalty-tokens", "oauth/token"),
)
# A code that was mailed to somebody proves who they are.
_SECRET_CODES = ("contact-verification/verify",)
_BEARER = re.compile(r"(?i)bearer\s+\S+")


def scrubbed_query(path: str, query: Mapping[str, Any] | None) -> str:
    """Write down the parameters of a call."""
    return _cut(_dump(storable(_clean(path, dict(query))))) if query else ""


def scrubbed_request(path: str, body: Any) -> str:
    """Write down what was sent."""
    return "" if body is None else _cut(_dump(storable(_clean(path, body))))


def scrubbed_answer(path: str, body: bytes | None) -> str:
    """Write down what was answered; what is no JSON as the text that it is."""
    if not body:
        return ""
    if path.startswith(_SECRET_PATHS):
        return REMOVED
    if len(body) > READ_LIMIT_BYTES:
        return f"[{len(body)} bytes]"
    try:
        return _cut(_dump(_clean(path, read_json(body))))
    except (ValueError, RecursionError):
        return _clean_text(path, _cut(storable(body.decode(errors="replace"))))


def _clean_text(path: str, text: str) -> str:
    text = _REWARD_CODE_IN_TEXT.sub(rf"\1{REMOVED}", text)
    text = _SECRET_IN_TEXT.sub(rf"\1{REMOVED}", _BEARER.sub(REMOVED, _without_our_token(text)))
    return _CODE_IN_TEXT.sub(rf"\1{REMOVED}", text) if path.startswith(_SECRET_CODES) else text


def _clean(path: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: REMOVED if item and _is_secret(path, str(key)) else _clean(path, item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        kept = [_clean(path, item) for item in value[:LIST_LIMIT]]
        more = len(value) - len(kept)
        return [*kept, f"[{more} more]"] if more else kept
    return value


def _is_secret(path: str, key: str) -> bool:
    if key == "code" and path.startswith(_SECRET_CODES):
        return True
    return _names_a_secret(key)


@lru_cache(maxsize=2_000)
def _names_a_secret(key: str) -> bool:
    return _SECRET_KEYS.fullmatch(key) is not None


def _dump(value: Any) -> str:
    """Write JSON in one line: that takes a third of the time, and it is read by few."""
    return _without_our_token(json.dumps(value, ensure_ascii=False, default=str))


def _without_our_token(text: str) -> str:
    """Take this console's own token out, which something on the way may have sent back."""
    token = current_token()
    return text.replace(token, REMOVED) if token else text


def _cut(text: str) -> str:
    return text if len(text) <= BODY_LIMIT else text[:BODY_LIMIT] + " […]"
