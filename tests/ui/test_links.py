"""Who is led where: links, the menu and the desk ask one rule."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template

from piggyadmin.accounts.roles import Role
from piggyadmin.ui.links import may_open
from tests.conftest import person

pytestmark = pytest.mark.django_db

UUID = "c0ffee00-0000-4000-8000-0000000000ff"
LED = [
    ("/", {*Role}),
    ("/contacts/", {Role.SUPPORT, Role.STAFF, Role.ADMIN}),
    # A reader of the ledger is led on to what the ledger knows of the contact.
    (f"/contacts/{UUID}/", {*Role}),
    ("/actions/find-voucher-by-code/?code=X", {Role.SUPPORT, Role.STAFF, Role.ADMIN}),
    ("/actions/update-bookings/", {Role.STAFF, Role.ADMIN}),
    ("/actions/no-such-action/", set()),
    ("/duplicates/", {Role.ADMIN}),
    (f"/duplicates/pair/{UUID}/{UUID}/", {Role.ADMIN}),
    (f"/duplicates/merges/{UUID}/", {Role.ADMIN, Role.AUDITOR}),
    ("/duplicates/decisions/", {Role.ADMIN, Role.AUDITOR}),
    ("/ledger/look-ups/", {Role.ADMIN, Role.AUDITOR}),
    ("/ledger/approvals/", {Role.ADMIN, Role.AUDITOR}),
    ("/nowhere/", set()),
]


@pytest.mark.parametrize(("address", "roles"), LED)
def test_who_is_led_where(address, roles):
    assert {role for role in Role if may_open(person(role), address)} == roles


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_is_led_to_what_needs_a_permission(nobody):
    assert not may_open(nobody, "/ledger/")


def drawn(user):
    text = "{% load ui %}{% linked url code=code %}<b>{{ code }}</b>{% endlinked %}"
    values = {"user": user, "url": "/actions/update-bookings/", "code": "<a&b>"}
    return Template(text).render(Context(values))


def test_a_link_for_whom_it_opens():
    link = '<a href="/actions/update-bookings/?code=%3Ca%26b%3E"><b>&lt;a&amp;b&gt;</b></a>'
    assert drawn(person(Role.STAFF)) == link


def test_plain_text_for_others():
    assert drawn(person(Role.SUPPORT)) == "<b>&lt;a&amp;b&gt;</b>"
