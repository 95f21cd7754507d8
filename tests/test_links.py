"""No link, and no address that a button leads to, holds what tells of people."""

import html
import re
from urllib.parse import unquote_plus

import pytest
from django.test import Client

from piggyadmin.sandbox import seed
from tests.duplicates.pairs import make_contact, make_pair
from tests.request_log.conftest import call

pytestmark = pytest.mark.django_db
PERSONAL = (seed.MIRA_EMAIL, "CARD-0001", "WELCOME-ACTIVE", "Sanne", "Mira")
PAGES = [
    *("/", "/contacts/", f"/contacts/{seed.MIRA_UUID}/", "/vouchers/", "/credits/", "/bookings/"),
    *("/ledger/", "/requests/", "/duplicates/", "/search/"),
]


def in_addresses(page: str) -> str:
    found = re.findall(r'(?:href|action|formaction|hx-get|hx-post|hx-push-url)="([^"]*)"', page)
    return "\n".join(unquote_plus(html.unescape(each)) for each in found)


@pytest.mark.parametrize("address", PAGES)
def test_no_link_tells_of_people(address, admin, sandbox):
    call(person_name="Sanne")
    make_pair(make_contact("Mira Jansen", email=seed.MIRA_EMAIL))
    page = admin.get(address).content.decode()
    assert "<h1" in page
    assert not [each for each in PERSONAL if each in in_addresses(page)]


def pressed(client: Client, page: str, name: str, value: str) -> str:
    """Press the button with this value, as a browser does: with its form's own fields."""
    tag = next(
        each
        for each in re.findall(r"<button[^>]*>", page)
        if f'value="{value}"' in each and f'name="{name}"' in each
    )
    (form_id,) = re.findall(r'form="([^"]+)"', tag)
    start, inner = re.findall(rf'(<form id="{form_id}"[^>]*>)(.*?)</form>', page, re.DOTALL)[0]
    fields = dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', inner))
    (action,) = re.findall(r'action="([^"]+)"', start)
    return client.post(action, fields | {name: value}, follow=True).content.decode()


def test_a_voucher_is_opened_from_a_list(support, sandbox):
    page = support.get("/vouchers/").content.decode()
    assert "Can be used" in pressed(support, page, "code", "WELCOME-ACTIVE")


def test_a_card_is_opened_from_its_contact(staff, sandbox):
    page = staff.get(f"/contacts/{seed.MIRA_UUID}/").content.decode()
    links = in_addresses(page).splitlines()
    (change,) = [each for each in links if each.startswith("/actions/update-contact-identifiers/")]
    assert "CARD-0001" not in change
    answer = staff.get(change).content.decode()
    assert 'value="CARD-0001"' in answer
    assert seed.MIRA_EMAIL in answer


def test_calls_of_a_person_are_listed(auditor):
    wanted, _other = call(person_name="Sanne"), call(person_name="Noor")
    page = auditor.get("/requests/").content.decode()
    answer = pressed(auditor, page, "person", "Sanne")
    assert f'href="/requests/{wanted.pk}/"' in answer
    assert answer.count('href="/requests/') - answer.count('href="/requests/"') == 1
