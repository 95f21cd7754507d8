"""`manage.py prepare` on a real account."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from piggyadmin.accounts.demo import make_demo_people
from piggyadmin.ui.management.commands import prepare

pytestmark = pytest.mark.django_db


def test_nothing_is_touched_while_demo_people_are_there(settings, monkeypatch):
    make_demo_people()
    settings.PIGGY_IS_REAL = True
    monkeypatch.setattr(prepare, "call_command", None)  # calling it would fail
    with pytest.raises(ImproperlyConfigured, match="demo_people --remove"):
        call_command("prepare")
