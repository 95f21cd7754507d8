"""No address, parameter, field, header or cookie ends in a fault of ours, whoever asks.

Every address that the resolver knows is asked for, as each role, with hostile values in every place
where the outside can put some. Which values meet which address is drawn from a fixed seed. The
owner asks for all addresses, and everybody else for a part.
"""

import random
import re
import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import get_resolver, resolve
from django.utils import timezone

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.duplicates.models import Cluster
from piggyadmin.ledger import appending, writes
from piggyadmin.ledger.models import Approval, EntryState
from piggyadmin.ledger.writes import WriteRequest
from piggyadmin.sandbox import pristine
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.models import RunState as TaskState
from tests.conftest import person, signed_in
from tests.duplicates.pairs import make_contact, make_pair
from tests.ledger.making import somebody
from tests.request_log.conftest import call
from tests.rotation import turn
from tests.test_urls import SAMPLE, addresses

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

UUID = SAMPLE["key"]
HOSTILE: list[str | bytes] = [
    *("", " ", "\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass"), b"\xff\xfe", "%", "%zz"),
    *("-1", "0", "1" * 30, "9" * 5000, str(2**63), str(2**64), "1e999", "NaN", "inf", "0x1", "٣"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "0001-01-01T00:00", "9999-12-31T23:59"),
    *("0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-14:00~1", "2026-01-01T00:00:00Z~٣"),
    *("//[", "http://[", "http://[::1", "//evil.example", "javascript:alert(1)", "/\\[", "///"),
    *("aa" + "@aa" * 80, "[" * 200, "(" * 200, "{" * 200, '"' * 200, "=1+1", "'", "<script>"),
    *(
        "../../etc/passwd",
        "{{ 7*7 }}",
        "%(x)s %d %s",
        "\r\nX-Evil: 1",
        "\u202e\u200b\ufeff",
        "😀" * 200,
    ),
    *(UUID, UUID.upper(), "x" * 300, "x" * 3000, "true", "on", "[]", '{"a": 1}', "null", "a@b.nl"),
]
URLS = [
    "//[",
    "http://[",
    "http://[::1",
    "//evil.example",
    "/\\[",
    "///",
    "/\0",
    "http:///x",
    "x" * 3000,
]
# One of each kind that has brought down a filter.
SHARP: list[str | bytes] = [
    *("\0", b"\xff", "9" * 5000, "9" * 19, "٣", "a" * 5000, "[" * 200, "nowhere"),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00~1", "9999-12-31T23:59:59-14:00~1"),
]
HEADERS = [
    *("", "\0", "[", "//[", "http://[", "http://testserver:99999/", "x" * 3000, "\xff\xfe", "=,;"),
    *("http://testserver/?q=%ff", "-1", "9" * 5000, "nl;q=9e999,*;q=-1", "ÿ-ÿ,\x7f", "a=b; c", "{"),
]
HEADER_NAMES = [
    *("ACCEPT", "ACCEPT_LANGUAGE", "COOKIE", "HOST", "HX_BOOSTED", "HX_CURRENT_URL", "HX_PROMPT"),
    *("HX_CURRENT_URL_URI_AUTOENCODED", "HX_HISTORY_RESTORE_REQUEST", "HX_REQUEST", "HX_TARGET"),
    *("HX_TRIGGER", "HX_TRIGGER_NAME", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "ORIGIN", "REFERER"),
    *("TRIGGERING_EVENT", "TRIGGERING_EVENT_URI_AUTOENCODED", "USER_AGENT", "X_CSRFTOKEN"),
    *(
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PROTO",
        "X_REQUEST_ID",
        "X_REQUESTED_WITH",
    ),
]
COOKIES = ["csrftoken", "django_language", "messages", "sessionid", "theme"]
# Read by views, and fields of no form.
OTHER_NAMES = {
    *("_popup", "_to_field", "add_row", "after", "again", "agreement", "all", "before", "comment"),
    *("confirmation", "decision", "e", "kept", "language", "letter", "next", "note", "o", "page"),
    *("p", "q", "repeat_of", "seen", "step", "stored", "submission_key", "survivor_contact_uuid"),
    *("theme", "watch", "without"),
}
PARTS = [
    "9" * 400,
    "0",
    "-1",
    UUID,
    "a" * 300,
    "aa" + "@aa" * 80,
    "%00",
    "%ff",
    "%ed%a0%80",
    "..",
    "%5b",
]


@cache
def names() -> list[str]:
    """List every name under which a form of the console takes something."""
    found, kinds = set(OTHER_NAMES), [forms.BaseForm]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found |= set(getattr(kind, "base_fields", {}))
    return sorted(found)


def patterns() -> list[str]:
    """List every address, those of actions one by one."""
    listed = sorted(set(addresses(get_resolver().url_patterns)))
    return [*listed, *(action.url for action in actions())]


def filled(address: str, draw: random.Random, *, hostile: bool) -> str:
    """Write an address of the URL files as one that a browser asks for."""

    def part(match: re.Match[str]) -> str:
        name = match[1]
        return draw.choice(PARTS) if hostile else SAMPLE.get(name, "1")

    return re.sub(r"<(?:\w+:)?(\w+)>", part, address.replace("^", "").split("(?P")[0])


def values(draw: random.Random, most: int) -> dict[str, str | bytes]:
    """Draw values for some fields, and for what views read beside their forms."""
    drawn = draw.sample(names(), k=draw.randint(1, most)) + draw.sample(sorted(OTHER_NAMES), k=3)
    return {name: draw.choice(HOSTILE) for name in drawn} | {"next": draw.choice(URLS)}


def headers(draw: random.Random) -> dict[str, str]:
    chosen = draw.sample(HEADER_NAMES, k=draw.randint(0, 4))
    return {f"HTTP_{name}": draw.choice(HEADERS) for name in chosen}


def quoted(parameters: dict[str, str | bytes]) -> str:
    """Percent-encode by hand, so that what is no UTF-8 gets through."""

    def encode(value: str | bytes) -> str:
        octets = value if isinstance(value, bytes) else value.encode()
        return "".join(f"%{octet:02x}" for octet in octets)

    return "&".join(f"{name}={encode(value)}" for name, value in parameters.items())


BODIES = [
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
    (b"\xff" * 100, "multipart/form-data; boundary=\xff"),
    (
        b"--x\r\nContent-Disposition: form-data; name=q; filename=\0\r\n\r\n1\r\n--x--",
        "multipart/form-data; boundary=x",
    ),
    (b"q=%ff&" * 2000, "application/x-www-form-urlencoded"),
    (b"q=1", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"{", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"\xff", "text/plain; charset=utf-16"),
]


def asked(client: Client, address: str, draw: random.Random) -> Iterator[tuple[str, int]]:
    """Ask for an address by GET and POST, and follow where a filter leads."""
    path = filled(address, draw, hostile=draw.random() < 0.3)
    plan = [
        ("get", filled(address, draw, hostile=False), values(draw, 6), {}),
        ("get", path, values(draw, 3), headers(draw)),
        ("post", path, values(draw, 12), headers(draw)),
    ]
    for method, url, given, extra in plan:
        if method == "get":
            response = client.get(f"{url}?{quoted(given)}", **extra)
        else:
            body = quoted(given).encode(), "application/x-www-form-urlencoded"
            if draw.random() < 0.3:
                body = draw.choice(BODIES)
            response = client.generic("POST", url, *body, **extra)
        yield told(method, url, given, extra), finished(response)
        if "stored=" in (where := response.get("Location", "")):
            yield where, finished(client.get(where))


def finished(response: Any) -> int:
    """Read an answer to its end: a file that is cut short is a fault too."""
    if response.streaming:
        b"".join(response)
    return int(response.status_code)


def told(*what: object) -> str:
    return "\n  ".join(repr(each)[:300] for each in what)


# Who asks for a part of all addresses; those of whom most is open ask for all of them.
BY_TURNS = [*(role for role in Role if role is not Role.ADMIN), None]
PARTS_OF_ADDRESSES = 6


def faults(client: Client, who: str, asked_for: list[str]) -> str:
    found = []
    signed_in_as = client.cookies.get("sessionid")
    # Leaving comes last: nobody gets in afterwards.
    for address in sorted(asked_for, key=lambda address: "logout" in address):
        draw = random.Random(f"{who} {address}")
        for what, status in asked(client, address, draw):
            if status >= 500:
                found.append(f"{status} {what}")
        client.cookies.clear()
        if signed_in_as:
            client.cookies["sessionid"] = signed_in_as.value
    return "\n".join(found)


ATTRIBUTE = {"name": "shoe", "label": "Shoe", "data_type": "text", "options": []}


def make_something() -> None:
    """Put something at every address of the samples."""
    request = WriteRequest(
        action=get_action("create-contact-attribute"),
        person=somebody(),
        data=ATTRIBUTE,
        submission_key=uuid.UUID(UUID),
    )
    entry, _is_new = writes._intend(request)
    for state in (EntryState.SENT, EntryState.UNKNOWN):
        appending.append(entry, state)
    Approval.objects.create(
        submission_key=UUID,
        asked_by=somebody(),
        action="merge-contacts",
        form_data={},
        agreement="",
    )
    cluster = Cluster.objects.create(pk=1, size=2, weakest=0.9, credits=1)
    contacts = [make_contact(uuid=SAMPLE[side]) for side in ("first", "second")]
    make_pair(*contacts, cluster=cluster, last_transaction_at=timezone.now())
    call(pk=1)
    Run.objects.create(pk=1, name="a", key="a", state=TaskState.FAILED)


@pytest.fixture
def unfaltering(sandbox, settings, monkeypatch):
    """Let faults become answers, as they do for a browser; throttles have tests of their own."""
    make_something()
    # The pages of the sandbox show the one of this process.
    pristine.reset(contacts=1, number=1)
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr("allauth.core.ratelimit.consume", lambda *_args, **_kwargs: True)


def browser(role: Role | None, *, is_owner: bool = False) -> Client:
    user = person(role)
    user.is_staff = user.is_superuser = is_owner
    user.save()
    client = signed_in(user)
    client.raise_request_exception = False
    return client


# Values of which each field of a filter meets one in so many.
PARTS_OF_VALUES = 5
LISTS = ["/ledger/", "/ledger/csv/", "/requests/", "/duplicates/", "/duplicates/csv/", "/vouchers/"]


@pytest.mark.parametrize("address", LISTS)
def test_no_value_of_a_filter_is_a_fault(address, unfaltering):
    """One at a time: a second value that makes no sense would hide what the first one does."""
    client = browser(Role.ADMIN)
    filter_class = vars(resolve(address).func)["view_class"].filter_class
    fields = [*filter_class.base_fields, "after", "page", "stored"]
    row = LISTS.index(address)
    found = [
        (name, value)
        for place, name in enumerate(fields)
        for value in turn(row + place, SHARP, PARTS_OF_VALUES)
        if finished(client.get(f"{address}?{quoted({name: value})}", follow=True)) >= 500
    ]
    assert not found


@pytest.mark.parametrize("role", BY_TURNS)
def test_no_address_is_a_fault_for_any_role(role, unfaltering):
    asked_for = turn(BY_TURNS.index(role), patterns(), PARTS_OF_ADDRESSES)
    assert not faults(browser(role), str(role), asked_for)


def test_no_address_is_a_fault_for_an_admin_or_the_owner(unfaltering):
    assert not faults(browser(Role.ADMIN, is_owner=True), "owner", patterns())


def test_no_address_is_a_fault_for_nobody(unfaltering):
    client = Client(raise_request_exception=False)
    assert not faults(client, "nobody", turn(len(BY_TURNS), patterns(), PARTS_OF_ADDRESSES))
