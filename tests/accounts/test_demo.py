import importlib
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from piggyadmin.accounts.demo import (
    DEMO_PASSWORD,
    demo_people,
    make_demo_people,
    refuse_demo_people,
    remove_demo_people,
)
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role

pytestmark = pytest.mark.django_db


def test_makes_one_person_a_role():
    make_demo_people()
    make_demo_people()
    people = {user.username: user for user in User.objects.all()}
    assert set(people) == {"support", "staff", "admin", "auditor"}
    for name, user in people.items():
        assert user.is_demo
        assert user.check_password(DEMO_PASSWORD)
        assert [group.name.lower() for group in user.groups.all()] == [name]
        assert not user.is_superuser


def test_are_not_offered_on_a_real_account(settings):
    settings.PIGGY_IS_REAL = True
    assert demo_people() == []
    with pytest.raises(ImproperlyConfigured):
        make_demo_people()


def test_real_account_refuses_to_start_beside_them(settings):
    make_demo_people()
    refuse_demo_people()
    settings.PIGGY_IS_REAL = True
    with pytest.raises(ImproperlyConfigured, match="admin, auditor, staff, support"):
        refuse_demo_people()


@pytest.mark.parametrize("server", ["wsgi", "asgi"])
def test_neither_server_starts_beside_them(settings, monkeypatch, server):
    make_demo_people()
    monkeypatch.setattr(f"django.core.{server}.get_{server}_application", SimpleNamespace)
    module = importlib.import_module(f"piggyadmin.{server}")
    settings.PIGGY_IS_REAL = True
    with pytest.raises(ImproperlyConfigured, match="demo people admin"):
        importlib.reload(module)


def test_no_worker_starts_beside_them(settings):
    make_demo_people()
    settings.PIGGY_IS_REAL = True
    with pytest.raises(ImproperlyConfigured, match="demo_people --remove"):
        call_command("worker")


def test_real_account_starts_without_them(settings):
    settings.PIGGY_IS_REAL = True
    User.objects.create_user("owner")
    refuse_demo_people()
    User.objects.create_user("left-over", is_demo=True)
    with pytest.raises(ImproperlyConfigured, match="demo people left-over can still sign in"):
        refuse_demo_people()
    assert remove_demo_people() == 1
    refuse_demo_people()


def test_removed_they_cannot_sign_in_and_keep_their_names(client):
    make_demo_people()
    assert remove_demo_people() == len(Role)
    assert {user.username for user in User.objects.filter(is_active=False)} == {
        "support",
        "staff",
        "admin",
        "auditor",
    }
    assert not client.login(username="admin", password=DEMO_PASSWORD)
    make_demo_people()
    assert client.login(username="admin", password=DEMO_PASSWORD)


def test_whom_an_admin_of_the_sandbox_disabled_stays_so():
    make_demo_people()
    User.objects.filter(username="staff").update(is_active=False)
    make_demo_people()
    assert not User.objects.get(username="staff").is_active
