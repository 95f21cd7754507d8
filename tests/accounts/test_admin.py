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


def test_admin_keeps_people_and_groups(people):
    client = signed_in(people["admin"])
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get("/admin/auth/group/").status_code == 200
    assert client.get(f"/admin/accounts/user/{people['staff'].pk}/change/").status_code == 200


def test_admin_cannot_make_superusers(people):
    client = signed_in(people["admin"])
    page = client.get(f"/admin/accounts/user/{people['admin'].pk}/change/").content.decode()
    assert 'name="is_superuser"' not in page
    assert 'name="groups"' in page


def test_admin_cannot_change_a_superuser(people):
    owner = User.objects.create_superuser("owner")
    page = signed_in(people["admin"]).get(f"/admin/accounts/user/{owner.pk}/change/")
    assert 'name="_save"' not in page.content.decode()
    password = signed_in(people["admin"]).get(f"/admin/accounts/user/{owner.pk}/password/")
    assert password.status_code == 403


def test_superuser_can(people):
    owner = User.objects.create_superuser("owner")
    page = signed_in(owner).get(f"/admin/accounts/user/{owner.pk}/change/")
    assert 'name="is_superuser"' in page.content.decode()


def test_auditor_reads_the_ledger_only(people):
    client = signed_in(people["auditor"])
    assert client.get("/admin/actions/entry/").status_code == 200
    assert client.get("/admin/actions/entry/add/").status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 403


@pytest.mark.parametrize(("name", "status"), [("admin", 200), ("auditor", 200), ("support", 403)])
def test_the_role_alone_lets_in(people, name, status):
    for is_staff in (False, True):
        people[name].is_staff = is_staff
        people[name].save()
        browser = signed_in(people[name])
        assert browser.get("/admin/", follow=True).status_code == status
        assert ('href="/admin/"' in browser.get("/").content.decode()) == (status == 200)


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
