"""What happens to people stands in the chain, whatever way it happened."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.accounts.signals import identity_changed, pin_changed, pin_failed
from piggyadmin.ledger import triggers
from piggyadmin.ledger.models import Event, Head
from piggyadmin.ledger.people_events import PersonEventKind, changed_by
from piggyadmin.ledger.verification import verify
from tests.conftest import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.tells_of_people]
LONG_AGO = timezone.now() - timedelta(days=365)
PASSWORD = "a lamp of seven colours"


def told(about: User | None = None) -> list[str]:
    """Give the kinds of events of people, of one person if named, the oldest first."""
    events = Event.objects.filter(entry=None).order_by("sequence")
    events = events.filter(detail__person=about.pk) if about else events
    return list(events.values_list("kind", flat=True))


def last() -> dict[str, object]:
    return dict(Event.objects.filter(entry=None).latest("sequence").detail)


@pytest.fixture
def noor():
    return person(Role.ADMIN)


@pytest.fixture
def daan():
    return person(Role.STAFF)


# --- Every way to change somebody ------------------------------------------------------------


def by_shell(daan):
    daan.email = "daan@example.test"
    daan.save()


def by_queryset(daan):
    User.objects.filter(pk=daan.pk).update(email="daan@example.test")


def by_bulk(daan):
    daan.email = "daan@example.test"
    User.objects.bulk_update([daan], ["email"])


@pytest.mark.parametrize("change", [by_shell, by_queryset, by_bulk])
def test_an_address_is_told_of_but_not_told(daan, change):
    before = len(told())
    change(daan)
    assert told()[before:] == [PersonEventKind.EMAIL]
    assert "example" not in str(last())
    assert User.objects.get(pk=daan.pk).email == "daan@example.test"


def test_a_save_that_changes_nothing_is_not_told(daan):
    before = len(told())
    daan.save()
    daan.save(update_fields=["last_login"])
    assert len(told()) == before


def test_people_are_made_one_by_one_or_at_once():
    User.objects.create_user("one")
    User.objects.bulk_create([User(username="two"), User(username="three")])
    call_command("createsuperuser", username="four", email="", interactive=False, verbosity=0)
    assert told() == [PersonEventKind.CREATED] * 4
    assert last() | {"person": 0, "by": None} == {
        "person": 0,
        "person_name": "four",
        "by": None,
        "by_name": "",
        "where": last()["where"],
        "is_superuser": True,
    }


def test_disabling_and_enabling(daan):
    daan.is_active = False
    daan.save()
    daan.is_active = True
    daan.save()
    assert told(daan)[-2:] == [PersonEventKind.DISABLED, PersonEventKind.ENABLED]


def test_a_password_is_told_of_and_hashing_it_anew_is_not(daan, settings):
    daan.set_password(PASSWORD)
    daan.save()
    assert told(daan)[-1] == PersonEventKind.PASSWORD
    number = len(told(daan))
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    was = daan.password
    assert daan.check_password(PASSWORD)
    assert User.objects.get(pk=daan.pk).password != was
    assert len(told(daan)) == number


@pytest.mark.parametrize(
    "change",
    [
        lambda daan, admins: daan.groups.add(admins),
        lambda daan, admins: daan.groups.set([admins]),
        lambda daan, _admins: daan.groups.clear(),
        lambda daan, admins: admins.user_set.add(daan),
        lambda daan, _admins: Group.objects.get(name="Staff").user_set.clear(),
        lambda daan, _admins: daan.user_permissions.add(Permission.objects.first()),
        lambda daan, _admins: User.objects.filter(pk=daan.pk).update(is_superuser=True),
        lambda daan, _admins: Group.objects.get(name="Staff").permissions.clear(),
        lambda daan, _admins: Permission.objects.get(codename="approve").group_set.add(
            Group.objects.get(name="Staff")
        ),
        lambda daan, _admins: Group.objects.get(name="Staff").delete(),
    ],
)
def test_every_way_to_give_or_take_rights(daan, change):
    number = len(told(daan))
    change(daan, Group.objects.get(name="Admin"))
    kinds = told(daan)[number:]
    assert kinds
    assert set(kinds) == {PersonEventKind.ROLE}


def test_what_a_role_may_do_is_told_of_the_role_too():
    Group.objects.get(name="Staff").permissions.add(Permission.objects.get(codename="approve"))
    assert told() == [PersonEventKind.GROUP]
    assert (last()["group"], last()["added"]) == ("Staff", ["approve"])


def test_a_role_that_is_called_otherwise_is_told():
    group = Group.objects.get(name="Staff")
    group.name = "Crew"
    group.save()
    assert (last()["was"], last()["group"]) == ("Staff", "Crew")


def test_migrating_tells_nothing():
    call_command("migrate", verbosity=0)
    assert told() == []


@pytest.mark.parametrize(
    "delete",
    [
        lambda daan: daan.delete(),
        lambda daan: User.objects.filter(pk=daan.pk).delete(),
        lambda daan: User.objects.all().delete(),
    ],
)
def test_nobody_is_deleted(daan, delete):
    with pytest.raises(PermissionDenied), transaction.atomic():
        delete(daan)
    assert User.objects.filter(pk=daan.pk).exists()


# --- The chain -------------------------------------------------------------------------------


def test_the_chain_vouches_for_them(noor, daan):
    daan.groups.add(Group.objects.get(name="Admin"))
    assert list(verify()) == []


def test_a_forged_one_is_found(noor, daan):
    triggers.take_down(connection)
    try:
        Event.objects.filter(kind=PersonEventKind.CREATED).update(kind=PersonEventKind.SIGNED_IN)
        assert any("was changed" in words for words in verify())
    finally:
        triggers.put_up(connection)


def test_a_change_that_is_undone_is_not_told(daan):
    number = len(told())
    with transaction.atomic():
        daan.set_password(PASSWORD)
        daan.save()
        transaction.set_rollback(True)
    assert len(told()) == number
    assert list(verify()) == []


# --- Who changed whom ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "changed", "kind"),
    [
        ("edit", {"username": "staff", "email": "puppet@example.test"}, PersonEventKind.EMAIL),
        ("roles", {"groups": [], "confirmed": "yes"}, PersonEventKind.ROLE),
        ("edit", {"username": "staff", "first_name": "Daniel"}, None),
    ],
)
def test_who_edits_a_colleague_is_known(noor, daan, page, changed, kind):
    answer = signed_in(noor).post(f"/people/{daan.username}/{page}/", changed)
    assert answer.status_code == 302, answer.content.decode()
    assert changed_by(noor, daan, LONG_AGO) == kind
    assert changed_by(daan, noor, LONG_AGO) is None
    assert changed_by(noor, daan, timezone.now()) is None


def test_who_makes_a_puppet_or_resets_a_password_is_known(noor, daan):
    browser = signed_in(noor)
    new = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    browser.post("/people/new/", {"username": "puppet", **new})
    puppet = User.objects.get(username="puppet")
    assert changed_by(noor, puppet, LONG_AGO) == PersonEventKind.CREATED
    other = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    browser.post(f"/people/{daan.username}/password/", other)
    assert changed_by(noor, daan, LONG_AGO) == PersonEventKind.PASSWORD
    assert last()["by_name"] == noor.name


def test_signing_in_and_out_changes_nobody(noor):
    browser = signed_in(noor)
    browser.post("/accounts/logout/")
    assert told(noor)[-2:] == [PersonEventKind.SIGNED_IN, PersonEventKind.SIGNED_OUT]
    assert changed_by(noor, noor, LONG_AGO) is None


def test_failures_are_told_without_what_may_be_a_password(client, noor, caplog):
    for name in ("admin", "Summer-Of-2026!"):
        client.post("/accounts/login/", {"login": name, "password": "not this one"})
    assert told()[-2:] == [PersonEventKind.SIGN_IN_FAILED] * 2
    assert told(noor)[-1] == PersonEventKind.SIGN_IN_FAILED
    assert "Summer" not in str(last())
    assert "Summer" not in caplog.text
    assert "sign-in-failed: admin" in caplog.text


def test_one_gets_in_although_the_end_of_the_chain_is_gone(caplog):
    sanne = person(Role.STAFF)
    Head.objects.all().delete()
    number = Event.objects.count()
    assert signed_in(sanne).get("/").status_code == 200
    assert Event.objects.count() == number
    assert "The end of the ledger's chain is gone" in caplog.text


def test_whoever_had_not_signed_in_signs_out_untold():
    user_logged_out.send(sender=None, request=None, user=None)
    assert not Event.objects.filter(kind=PersonEventKind.SIGNED_OUT).exists()


# --- By what else somebody signs in ----------------------------------------------------------


def test_a_second_factor_is_told_of_from_its_first_day_to_its_last(daan):
    number = len(told(daan))
    app = Authenticator.objects.create(user=daan, type=Authenticator.Type.TOTP, data={})
    app.save()  # as when it was used, which gives nobody one more
    authenticator_used.send(Authenticator, user=daan, authenticator=app)
    assert (last()["by"], last()["factor"]) == (daan.pk, "totp")
    authentication_failed.send(Authenticator, user=daan)
    app.delete()
    assert told(daan)[number:] == [
        PersonEventKind.FACTOR_ADDED,
        PersonEventKind.FACTOR_USED,
        PersonEventKind.FACTOR_FAILED,
        PersonEventKind.FACTOR_REMOVED,
    ]


@pytest.mark.parametrize(
    ("signal", "more", "kind"),
    [
        (pin_changed, {"is_set": True}, PersonEventKind.PIN_SET),
        (pin_changed, {"is_set": False}, PersonEventKind.PIN_REMOVED),
        (pin_failed, {}, PersonEventKind.PIN_FAILED),
        (identity_changed, {"is_linked": True}, PersonEventKind.IDENTITY_LINKED),
        (identity_changed, {"is_linked": False}, PersonEventKind.IDENTITY_REMOVED),
    ],
)
def test_other_ways_to_sign_in_are_told_of(daan, signal, more, kind):
    number = len(told(daan))
    signal.send(None, person=daan, **more)
    assert told(daan)[number:] == [kind]
