import pytest

from piggyadmin.accounts.demo import make_demo_people
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


def test_staff_do_not_enter(people):
    assert signed_in(people["staff"]).get("/admin/")["Location"].startswith("/admin/login/")
