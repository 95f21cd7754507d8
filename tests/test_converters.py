"""Whatever Piggy names its records by: addresses hold it, and pages that link to it open."""

from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve, reverse

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.types import Contact
from piggyadmin.converters import OpaqueConverter
from piggyadmin.piggy.types import Page

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
    "%",
    "100%",
    ".",
    "..",
    "../../admin",
    "-",
    "--",
    "a\\b",
    "a\nb",
    "a\x00b",
    "é🐷",
    '"><script>',
    "{{ 7 }}",
    "c0ffee00-0000-4000-8000-000000000001",
]


@pytest.mark.parametrize("text", ODD)
def test_every_text_comes_back_as_it_was(text):
    address = reverse("duplicates:pair", args=[text, text])
    split = urlsplit(address)
    assert (split.scheme, split.netloc, split.query, split.fragment) == ("", "", "", "")
    # Servers undo the escapes once.
    found = resolve(unquote(split.path))
    assert found.url_name == "pair"
    assert found.kwargs == {"first": text, "second": text}


@pytest.mark.parametrize("text", ODD)
def test_no_step_means_something_of_its_own_in_a_path(text):
    steps = reverse("contacts:contact", args=[text]).strip("/").split("/")
    assert len(steps) == 2
    assert steps[1].lower().replace("%2e", ".") not in {"", ".", ".."}


def test_what_cannot_be_written_at_all():
    converter = OpaqueConverter()
    assert converter.to_url(None) == converter.to_url("")
    assert converter.to_url("\ud800") == "%3F"


def test_a_plain_uuid_stands_as_it_is():
    uuid = "c0ffee00-0000-4000-8000-000000000001"
    assert reverse("contacts:contact", args=[uuid]) == f"/contacts/{uuid}/"


@pytest.mark.parametrize("text", ODD)
def test_lists_link_to_whatever_piggy_named(text, support, sandbox, monkeypatch):
    contacts = [Contact(uuid=text, email="a@example.test"), Contact(uuid=None)]
    monkeypatch.setattr(
        "piggyadmin.contacts.views.services.list_contacts",
        lambda *_args, **_given: Page(items=contacts, page=1),
    )
    page = support.get("/contacts/")
    assert page.status_code == 200
    address = reverse("contacts:contact", args=[text])
    assert f'href="{address}"' in page.content.decode()
    assert support.get(address).status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("text", ODD)
def test_rows_of_our_own_do_too(text, support, sandbox):
    SeenBooking.objects.create(uuid=text.replace("\x00", ""), contact_uuid=text.replace("\x00", ""))
    assert support.get("/bookings/").status_code == 200
