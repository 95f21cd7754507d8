"""Choosing another password before anything else."""

import pytest

from piggyadmin.accounts.models import User
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "a lamp of seven colours", "a chair with nine legs"
CHANGE = "/accounts/password/change/"


@pytest.fixture
def noor():
    return User.objects.create_user("noor", password=PASSWORD, must_change_password=True)


def choose(browser, password):
    return browser.post(
        CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )


def test_nothing_else_opens_before(noor):
    browser = signed_in(noor)
    assert browser.get("/settings/")["Location"] == CHANGE
    assert "Choose a new password first" in browser.get(CHANGE).content.decode()
    assert "Choose another." in choose(browser, PASSWORD).content.decode()
    assert browser.get("/settings/")["Location"] == CHANGE
    assert choose(browser, OTHER).status_code == 302
    assert browser.get("/settings/").status_code == 200
    noor.refresh_from_db()
    assert not noor.must_change_password


def test_signing_out_does(noor):
    assert signed_in(noor).post("/accounts/logout/").status_code == 302


def test_who_has_no_password_has_none_to_change(noor):
    noor.set_unusable_password()
    noor.save()
    assert signed_in(noor).get("/settings/").status_code == 200
