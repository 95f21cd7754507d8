"""The pages of people: who may change what of whom."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db


def test_taking_roles_is_a_question():
    browser, daan = signed_in(person(Role.ADMIN)), person(Role.STAFF)
    page = browser.post("/people/staff/roles/", {"groups": []}).content.decode()
    assert "Give credits" in page
    assert daan.groups.exists()
    browser.post("/people/staff/roles/", {"groups": [], "confirmed": "yes"})
    assert not daan.groups.exists()


@pytest.mark.parametrize("page", ["roles", "password", "disable"])
def test_nobody_lifts_or_locks_themselves(admin, page):
    assert admin.post("/people/admin/" + page + "/", {"groups": []}).status_code == 403


@pytest.mark.parametrize("page", ["edit", "roles", "password", "disable", "enable", "sign-out"])
def test_an_admin_has_no_power_over_a_superuser(admin, page):
    User.objects.create_superuser("owner")
    assert admin.post("/people/owner/" + page + "/", {"username": "x"}).status_code == 403


def test_whoever_is_disabled_is_out_at_once(admin):
    daan = person(Role.STAFF)
    theirs = signed_in(daan)
    assert "signed out of 1 browser" in admin.get("/people/staff/disable/").content.decode()
    admin.post("/people/staff/disable/")
    assert theirs.get("/").status_code == 302
    admin.post("/people/staff/enable/")
    daan.refresh_from_db()
    assert daan.is_active
