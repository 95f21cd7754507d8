"""Scan mode: a verdict for each code, and the camera allowed there and nowhere else."""

import re

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import PersonLookUp, ReadCount

pytestmark = pytest.mark.django_db
URL = "/vouchers/scan/"
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("code", "tone", "words"),
    [
        ("WELCOME-ACTIVE", "success", "Can be used, until"),
        ("WELCOME-LOCKED", "warning", "Locked"),
        ("WELCOME-EXPIRED", "danger", "Expired"),
        ("NO-SUCH-CODE", "danger", "voucher"),
        ("", "danger", "This field is required."),
    ],
)
def test_each_code_has_its_verdict(support, sandbox, code, tone, words):
    html = support.post(URL, {"code": code}, headers=HTMX).content.decode()
    assert f'data-tone="{tone}"' in html
    assert words in html
    assert "<html" not in html


def test_it_works_without_a_script_too(support, sandbox):
    html = support.post(URL, {"code": "WELCOME-ACTIVE"}).content.decode()
    assert "<html" in html
    assert "Can be used, until" in html
    assert 'value="WELCOME-ACTIVE"' in html


def test_it_counts_as_a_look_at_a_voucher_and_not_at_a_person(support, sandbox):
    support.post(URL, {"code": "WELCOME-ACTIVE"}, headers=HTMX)
    assert ReadCount.objects.get().action == "find-voucher-by-code"
    assert not PersonLookUp.objects.exists()


def test_piggy_s_absence_is_a_verdict_as_well(support, sandbox):
    sandbox.faults(maintenance=True)
    html = support.post(URL, {"code": "WELCOME-ACTIVE"}, headers=HTMX).content.decode()
    assert 'data-tone="danger"' in html


@pytest.mark.parametrize("address", ["/vouchers/", URL])
def test_pages_that_scan_may_ask_for_the_camera(support, sandbox, address):
    policy = support.get(address).headers["Permissions-Policy"]
    assert "camera=(self)" in policy
    assert "microphone=()" in policy


@pytest.mark.parametrize("address", ["/", "/vouchers/codes/", "/vouchers/WELCOME-ACTIVE/"])
def test_no_other_page_may(support, sandbox, address):
    assert "camera=()" in support.get(address).headers["Permissions-Policy"]


def memory(client):
    """Give by what the browser remembers the codes of this sign-in."""
    return re.search(r'data-queue="(\w+)"', client.get(URL).content.decode())[1]


def test_what_the_browser_remembers_is_of_one_sign_in(support, staff, sandbox):
    first = memory(support)
    assert first == memory(support)
    assert first != memory(staff)
    # Proving it anew in between, which gives the session another key, loses nothing.
    session = support.session
    session.cycle_key()
    support.cookies["sessionid"] = session.session_key
    assert memory(support) == first
    user = User.objects.get(username="support")
    support.logout()
    support.force_login(user)
    assert memory(support) != first
