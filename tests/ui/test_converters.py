"""What a part of an address can be."""

import re
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Page
from tests.test_urls import ADDRESSES


@pytest.mark.parametrize(
    "path",
    [
        f"/requests/{'9' * 19}/",
        f"/tasks/{'9' * 5000}/retry/",
        f"/contacts/{'a' * 256}/",
        "/contacts/a\0b/",
        f"/duplicates/pair/{'aa' + '@aa' * 40}/x/",
    ],
)
def test_what_is_no_number_and_no_identifier_has_no_page(path):
    with pytest.raises(Resolver404):
        resolve(path)


@pytest.mark.parametrize("path", [f"/requests/{'9' * 18}/", f"/contacts/{'a' * 255}/"])
def test_the_longest_have(path):
    assert resolve(path)


ODD = [
    "",
    " ",
    "a b",
    "a/b",
    "/",
    "//evil.example",
    "a?b=c",
    "a#b",
    "a%2Fb",
    "100%",
    ".",
    "..",
    "../../admin",
    "-",
    "a\\b",
    "a\nb",
    "a\x00b",
    "\ud800",
    "é🐷",
    "<b>",
    "mira@example.test",
    "a" * 999,
]


@pytest.mark.parametrize("odd", ODD)
def test_links_to_whatever_piggy_calls_an_identifier_lead_there_or_nowhere(odd):
    address = reverse("duplicates:pair", args=[odd, odd])
    split = urlsplit(address)
    assert (split.netloc, split.query, split.fragment) == ("", "", "")
    steps = split.path.strip("/").split("/")
    assert len(steps) == 4
    assert steps[2].lower().replace("%2e", ".") not in {"", ".", ".."}  # which browsers take out
    with suppress(Resolver404):
        assert resolve(unquote(split.path)).kwargs == {"first": odd, "second": odd}


@pytest.mark.parametrize("plain", ["c0ffee00-0000-4000-8000-000000000001", "A_b.c~1"])
def test_what_is_usual_stands_as_it_is(plain):
    assert reverse("contacts:contact", args=[plain]) == f"/contacts/{plain}/"


def test_what_nobody_named_has_an_address_too():
    assert reverse("contacts:contact", args=[None]) == reverse("contacts:contact", args=[""])


@pytest.mark.parametrize("odd", [*(odd for odd in ODD if odd != "\ud800"), None])
def test_a_list_opens_whatever_it_links_to(odd, support, sandbox, monkeypatch):
    contacts = [Contact(uuid=odd, email="a@example.test")]
    monkeypatch.setattr(
        services, "list_contacts", lambda *_args, **_given: Page(items=contacts, page=1)
    )
    page = support.get("/contacts/")
    assert page.status_code == 200
    address = reverse("contacts:contact", args=[odd])
    assert f'href="{address}"' in page.content.decode()
    assert support.get(address).status_code == 404


def test_every_address_can_hold_what_others_named():
    kinds = {kind for address in ADDRESSES for kind in re.findall(r"<(\w+):", address)}
    # What people type into an address leads on, and no page links to it.
    assert kinds - {"code", "email"} == {"id", "number", "person", "slug", "uuid"}
