import pytest
from django.core.cache import cache

from piggyadmin.accounts.demo import DEMO_PASSWORD, make_demo_people
from piggyadmin.accounts.models import User
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    make_demo_people()
    return {user.username: user for user in User.objects.all()}


@pytest.mark.parametrize("name", ["admin", "auditor", "staff"])
def test_no_role_lets_in(people, name):
    browser = signed_in(people[name])
    assert browser.get("/admin/accounts/user/", follow=True).status_code == 403
    assert 'href="/admin' not in browser.get("/").content.decode()


def test_superuser_can(people):
    owner = User.objects.create_superuser("owner")
    page = signed_in(owner).get(f"/admin/accounts/user/{owner.pk}/change/")
    assert 'name="is_superuser"' in page.content.decode()


def test_nobody_is_deleted_not_even_by_a_superuser(people):
    owner = User.objects.create_superuser("owner")
    browser, url = signed_in(owner), f"/admin/accounts/user/{people['staff'].pk}"
    assert "Delete" not in browser.get(f"{url}/change/").content.decode()
    assert browser.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": people["staff"].pk, "post": "yes"}
    browser.post("/admin/accounts/user/", chosen)
    assert User.objects.filter(username="staff").exists()


def test_staff_do_not_enter(people):
    response = signed_in(people["staff"]).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "Your role does not include this" in response.content.decode()


def test_the_admin_site_has_no_sign_in_of_its_own(client, people):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    password = {"username": "admin", "password": DEMO_PASSWORD, "next": "/admin/"}
    client.post("/admin/login/", password)
    assert "_auth_user_id" not in client.session


def test_passwords_cannot_be_tried_without_end(client, people):
    cache.clear()
    wrong = {"login": "admin", "password": "guess"}
    answers = [client.post("/accounts/login/", wrong).content.decode() for _ in range(12)]
    assert "Too many failed login attempts" in answers[-1]
    right = {"login": "admin", "password": DEMO_PASSWORD}
    assert "Too many failed" in client.post("/accounts/login/", right).content.decode()
    cache.clear()
