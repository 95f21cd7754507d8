import re

import pytest
from django.urls import reverse

from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db


def sign_in(client, username, password):
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_sign_in_works(client):
    make_demo_people()
    response = sign_in(client, "staff", DEMO_PASSWORD)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.get("/").status_code == 200


def test_sign_in_leads_to_where_one_wanted_to_go(client):
    make_demo_people()
    wanted = reverse("actions:list")
    login = client.get(wanted)["Location"]
    assert login == f"/accounts/login/?next={wanted}"
    response = client.post(login, {"login": "staff", "password": DEMO_PASSWORD, "next": wanted})
    assert response["Location"] == wanted


def test_wrong_password_is_told_and_keeps_the_name(client):
    make_demo_people()
    response = sign_in(client, "staff", "wrong")
    assert response.status_code == 200
    assert b'value="staff"' in response.content
    assert "_auth_user_id" not in client.session


def test_sandbox_introduces_the_demo_people(client):
    assert DEMO_PASSWORD.encode() in client.get("/accounts/login/").content


def test_real_account_does_not(client, settings):
    settings.PIGGY_IS_REAL = True
    assert DEMO_PASSWORD.encode() not in client.get("/accounts/login/").content


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code in {302, 404}
    assert not User.objects.exists()


def test_sign_out_works(staff):
    assert staff.get("/accounts/logout/").status_code == 200
    staff.post("/accounts/logout/")
    assert staff.get("/")["Location"].startswith("/accounts/login/")


def test_rules_for_passwords_are_a_list(support):
    html = support.get("/accounts/password/change/").content.decode()
    assert "<ul><li>Your password" in html


def test_password_change_works(client):
    make_demo_people()
    sign_in(client, "staff", DEMO_PASSWORD)
    response = client.post(
        "/accounts/password/change/",
        {
            "oldpassword": DEMO_PASSWORD,
            "password1": "a-longer-secret-7",
            "password2": "a-longer-secret-7",
        },
    )
    assert response.status_code == 302
    assert User.objects.get(username="staff").check_password("a-longer-secret-7")


@pytest.mark.parametrize("wanted", ["//[", "http://[", "//evil.example", "http://[::1"])
def test_what_is_no_page_of_ours_leads_nowhere_after_signing_in(client, wanted):
    person(Role.STAFF)
    assert client.get("/accounts/login/", {"next": wanted}).status_code == 200
    typed = {"login": "staff", "password": "piggy-test", "next": wanted}
    assert client.post("/accounts/login/", typed)["Location"] == "/"


# --- Passwords and cookies -------------------------------------------------------------------

LONG = "  a lamp of seven colours, " + "and of an eighth 🕯 " * 4 + " "
FORM = re.compile(r"<input[^>]+type=.password.[^>]*>")


def test_a_password_is_taken_just_as_it_is_typed(client):
    noor = person(Role.STAFF)
    client.force_login(noor)
    own = {"oldpassword": "piggy-test", "password1": LONG, "password2": LONG}
    client.post("/accounts/password/change/", own)
    client.logout()
    for wrong in (LONG.strip(), LONG.upper(), LONG[:72]):
        sign_in(client, "staff", wrong)
        assert client.get("/").status_code == 302
    sign_in(client, "staff", LONG)
    assert client.get("/").status_code == 200


def test_another_password_ends_the_other_sessions(client):
    noor = person(Role.STAFF)
    other = signed_in(noor)
    client.force_login(noor)
    own = {"oldpassword": "piggy-test", "password1": LONG, "password2": LONG}
    client.post("/accounts/password/change/", own)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/accounts/login/", 1),
        ("/accounts/password/change/", 3),
        ("/accounts/reauthenticate/", 1),
        ("/people/new/", 2),
    ],
)
def test_password_managers_fill_in_what_is_hidden(admin, client, page, fields):
    browser = client if page == "/accounts/login/" else admin
    found = FORM.findall(browser.get(page).content.decode())
    assert len(found) == fields
    assert all("autocomplete=" in field and "off" not in field for field in found)
    assert not any(" value=" in field or "maxlength" in field for field in found)


def test_every_cookie_says_who_may_see_it(client, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.LANGUAGE_COOKIE_SECURE = True
    person(Role.STAFF)
    sign_in(client, "staff", "piggy-test")
    client.get("/settings/")
    client.post("/i18n/setlang/", {"language": "nl"})
    client.post("/theme/", {"theme": "dark"})
    assert len(client.cookies) >= 4
    for name, cookie in client.cookies.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
        assert cookie["samesite"] == "Lax", name
        assert cookie["httponly"] or name == "csrftoken"
