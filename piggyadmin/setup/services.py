"""What the set-up does: the first person."""

from django.contrib.auth.models import Group
from django.db import transaction

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.setup.codes import ONLY, is_open
from piggyadmin.setup.models import SetupCode


class SetupOver(Exception):  # noqa: N818  (named as a person would)
    """Somebody works here already: another one was faster."""


def make_first_person(person: User) -> None:
    """Store somebody as an owner of all rights, and use the code up.

    Raises:
        SetupOver: there is somebody already, or the code is used up.
    """
    with transaction.atomic():
        # Two who press at once come here one after the other.
        code = SetupCode.objects.select_for_update().filter(pk=ONLY).first()
        if code is None or not is_open():
            raise SetupOver
        person.is_staff = person.is_superuser = True
        person.save()
        person.groups.add(Group.objects.get(name=Role.ADMIN.value))
        code.delete()
