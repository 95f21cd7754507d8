"""The first person is made once."""

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.setup.codes import new_code
from piggyadmin.setup.models import SetupCode
from piggyadmin.setup.services import SetupOver, make_first_person

pytestmark = pytest.mark.django_db


def test_it_has_all_rights_and_uses_the_code_up(new_console):
    new_code()
    make_first_person(User(username="owner"))
    owner = User.objects.get()
    assert owner.is_superuser
    assert list(owner.groups.all()) == [Group.objects.get(name="Admin")]
    assert not SetupCode.objects.exists()


def test_there_is_no_second_one(new_console):
    new_code()
    make_first_person(User(username="owner"))
    with pytest.raises(SetupOver):
        make_first_person(User(username="other"))
    new_code()
    with pytest.raises(SetupOver):
        make_first_person(User(username="other"))
    assert User.objects.count() == 1
