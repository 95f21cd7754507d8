import pytest
from django.core.management import call_command

from piggyadmin.accounts.models import User

pytestmark = pytest.mark.django_db


def test_makes_and_removes_them(capsys):
    User.objects.create_user("owner")
    call_command("demo_people")
    assert User.objects.filter(is_demo=True).count() == 4
    call_command("demo_people", "--remove")
    assert [user.username for user in User.objects.filter(is_active=True)] == ["owner"]
    assert "removed" in capsys.readouterr().out
