import pytest
from django.urls import reverse

from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from tests.conftest import person

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
