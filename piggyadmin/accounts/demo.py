"""The demo people, one per role, whose password everybody knows."""

from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role

DEMO_PASSWORD = "piggy-demo"  # noqa: S105  (public on purpose, and refused on a real account)


class DemoPerson(TypedDict):
    """What the sign-in page of a sandbox says of a demo person."""

    username: str
    password: str
    role: Role


def demo_people() -> list[DemoPerson]:
    """List the demo people; empty where the console works on a real account."""
    if settings.PIGGY_IS_REAL:
        return []
    return [{"username": r.name.lower(), "password": DEMO_PASSWORD, "role": r} for r in Role]


def make_demo_people() -> None:
    """Make the demo people that are missing or removed, each in the group of their role.

    Raises:
        ImproperlyConfigured: with a token for a real account.
    """
    if settings.PIGGY_IS_REAL:
        raise ImproperlyConfigured("Demo people can't be made for a console on a real account.")
    for person in demo_people():
        user = User.objects.called(person["username"])
        if user is None:
            _make(person)
        elif user.is_demo and not user.has_usable_password():
            user.set_password(DEMO_PASSWORD)
            user.is_active = True
            user.save()


def _make(person: DemoPerson) -> None:
    role = person["role"]
    user = User.objects.create_user(
        person["username"],
        password=DEMO_PASSWORD,
        first_name=_FIRST_NAMES[role],
        is_demo=True,
    )
    user.groups.add(Group.objects.get(name=role.value))


def remove_demo_people() -> int:
    """Disable the demo people, and take the public password from them; tells how many.

    Nobody is ever deleted: what they did in a trial keeps their name.
    """
    people = User.objects.filter(is_demo=True, is_active=True)
    for user in people:
        user.set_unusable_password()
        user.is_active = False
        user.save()
    return len(people)


_FIRST_NAMES = {
    Role.SUPPORT: "Sanne",
    Role.STAFF: "Daan",
    Role.ADMIN: "Noor",
    Role.AUDITOR: "Bram",
}


def refuse_demo_people() -> None:
    """Stop a console on a real account from starting while demo people could sign in.

    Raises:
        ImproperlyConfigured: says how to remove them.
    """
    if not settings.PIGGY_IS_REAL:
        return
    try:
        people = User.objects.filter(is_demo=True, is_active=True)
        names = list(people.values_list("username", flat=True))
    except DatabaseError:
        return  # No tables yet: then there are no people either.
    if names:
        raise ImproperlyConfigured(
            f"PIGGY_API_TOKEN is set for {settings.PIGGY_API_URL}, but the demo people "
            f"{', '.join(sorted(names))} can still sign in with a public password. "
            "Remove them with: manage.py demo_people --remove"
        )
