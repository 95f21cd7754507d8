"""Who needs a second factor, and from when on."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.factors import authenticators, requirements
from piggyadmin.factors.requirements import due_at, is_required_of, require_of_role
from tests.conftest import person
from tests.factors.conftest import App, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_person():
    return person(Role.ADMIN)


@pytest.fixture
def admins_need_one(settings):
    settings.SECOND_FACTOR_ROLES = ["Admin"]


def test_nobody_on_a_sandbox(admin_person, settings):
    assert settings.SECOND_FACTOR_ROLES == []
    assert due_at(admin_person) is None


def test_by_a_setting_or_by_a_choice(admin_person, admins_need_one):
    staff, owner = person(Role.STAFF), User.objects.create_superuser("owner")
    assert [is_required_of(each) for each in (admin_person, owner, staff)] == [True, True, False]
    assert require_of_role(Group.objects.get(name="Staff"), is_required=True)
    assert not require_of_role(Group.objects.get(name="Staff"), is_required=True)
    assert is_required_of(staff)
    assert require_of_role(Group.objects.get(name="Staff"), is_required=False)
    assert not is_required_of(staff)


def test_demo_people_never(admin_person, admins_need_one):
    admin_person.is_demo = True
    assert due_at(admin_person) is None


def test_the_days_of_grace_count_from_when_one_was_told(admin_person, admins_need_one):
    due = due_at(admin_person)
    assert due - timezone.now() > timedelta(days=13)
    admin_person.refresh_from_db()
    assert due_at(admin_person) == due
    authenticators.add_app(admin_person, authenticators.new_secret(), 0)
    assert due_at(admin_person) is None


def enter(browser, days):
    User.objects.filter(username="admin").update(
        factor_asked_at=timezone.now() - timedelta(days=days)
    )
    sign_in(browser, name="admin", password="piggy-test")


def test_within_the_days_of_grace_it_is_told(browser, admin_person, admins_need_one):
    enter(browser, 1)
    response = browser.get("/settings/")
    assert response.status_code == 200
    assert "signing in takes a second factor" in response.content.decode()
    assert "nothing else can be opened" in browser.get("/settings/factors/").content.decode()


def test_after_them_nothing_else_opens(browser, admin_person, admins_need_one):
    enter(browser, 15)
    for address in ("/", "/settings/", "/people/", "/admin/"):
        assert browser.get(address)["Location"] == "/settings/factors/"
    answer = browser.get("/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/settings/factors/"
    typed = {"comment": "For the broken cup."}
    assert browser.post("/notes/1/", typed)["Location"] == "/settings/factors/"
    page = browser.get("/settings/factors/app/").content.decode()
    secret = page.split('<div class="secret">')[1].split("<code>")[1].split("</code>")[0]
    browser.post("/settings/factors/app/", {"code": App(secret).code()})
    assert browser.get("/settings/").status_code == 200


def test_a_factor_added_elsewhere_is_enough(browser, admin_person, admins_need_one):
    enter(browser, 15)
    authenticators.add_app(admin_person, authenticators.new_secret(), 0)
    assert browser.get("/settings/")["Location"] == "/settings/factors/"
    browser.get("/settings/factors/")
    assert browser.get("/settings/").status_code == 200


def test_the_last_one_that_is_needed_stays(browser, admin_person, admins_need_one):
    enter(browser, 1)
    app = authenticators.add_app(admin_person, authenticators.new_secret(), 0)
    address = f"/settings/factors/{app.pk}/remove/"
    for answer in (browser.get(address), browser.post(address)):
        assert "Add another one first" in answer.content.decode()
    assert authenticators.has_factor(admin_person)


def test_required_roles_are_named(admins_need_one):
    assert [role.name for role in requirements.required_roles()] == ["Admin"]
