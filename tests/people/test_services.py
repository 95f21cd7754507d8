"""Who may change what of whom holds below the pages too, and when two people change each other."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from piggyadmin.accounts import oidc
from piggyadmin.accounts.models import OutsideIdentity, User
from piggyadmin.accounts.permissions import CHANGE_PEOPLE, CHANGE_ROLES
from piggyadmin.accounts.roles import Role
from piggyadmin.api.models import AccessToken
from piggyadmin.factors import authenticators
from piggyadmin.ledger.models import Event
from piggyadmin.ledger.people_events import PersonEventKind, changed_by
from piggyadmin.people import services
from piggyadmin.piggy.actor import use_actor
from tests.api.asking import token
from tests.conftest import person, signed_in
from tests.ledger.test_writes import in_parallel, needs_a_database_for_several

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    """An admin."""
    return person(Role.ADMIN)


@pytest.fixture
def daan() -> User:
    """Somebody whom an admin has power over."""
    return person(Role.STAFF)


def admin_called(name: str) -> User:
    """Make one more admin."""
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=Role.ADMIN.value))
    return user


def test_nobody_gives_a_role_that_may_do_more_than_they(noor, daan):
    owners = Group.objects.create(name="Owners")
    owners.permissions.set(Group.objects.get(name=Role.ADMIN.value).permissions.all())
    noor.groups.get().permissions.remove(owners.permissions.get(codename="approve"))
    with pytest.raises(PermissionDenied, match="do not have yourself: Owners"):
        services.set_roles(User.objects.get(pk=noor.pk), daan, [owners], is_superuser=False)
    assert daan.groups.get().name == Role.STAFF.value


def test_power_over_somebody_is_asked_for_as_it_is_then(noor, daan):
    assert services.has_power_over(noor, daan, daan.permissions)
    daan.user_permissions.add(Permission.objects.get(codename="delete_session"))
    with pytest.raises(PermissionDenied, match="may do more than you"):
        services.set_active(noor, daan, is_active=False)


def test_oneself_is_edited_by_whoever_may_edit_others(noor, daan):
    assert services.may_edit_oneself(noor, User.objects.get(pk=noor.pk))
    assert not services.may_edit_oneself(noor, daan)
    assert not services.may_edit_oneself(daan, daan)


def test_only_superusers_make_superusers(noor, daan):
    with pytest.raises(PermissionDenied):
        services.set_roles(noor, daan, [], is_superuser=True)
    assert daan.groups.exists()
    owner = User.objects.create_superuser("owner")
    services.set_roles(owner, daan, [], is_superuser=True)
    assert User.objects.get(pk=daan.pk).is_superuser


def test_nobody_has_power_over_who_may_do_more(noor):
    owner = User.objects.create_superuser("owner")
    with pytest.raises(PermissionDenied, match="may do more than you may"):
        services.set_active(noor, owner, is_active=False)
    assert User.objects.get(pk=owner.pk).is_active


def test_disabling_somebody_signs_them_out_and_enabling_does_not(noor, daan):
    before = signed_in(daan)
    services.set_active(noor, daan, is_active=False)
    assert before.get("/settings/").status_code == 302
    services.set_active(noor, daan, is_active=True)
    after = signed_in(daan)
    services.set_active(noor, daan, is_active=True)
    assert [each.get("/settings/").status_code for each in (before, after)] == [302, 200]


def test_whoever_was_disabled_meanwhile_changes_nobody(noor, daan):
    User.objects.filter(pk=noor.pk).update(is_active=False)
    with pytest.raises(PermissionDenied, match="not any more"):
        services.set_active(noor, daan, is_active=False)
    assert User.objects.get(pk=daan.pk).is_active


def test_somebody_is_left_who_can_change_people(noor):
    """Whoever keeps roles, and not people, cannot take that right from the last who have it."""
    keepers = Group.objects.create(name="Keepers")
    keepers.permissions.set(noor.groups.get().permissions.exclude(codename="change_user"))
    keeper = User.objects.create_user("keeper")
    keeper.groups.add(keepers)
    change = services.change(keeper, CHANGE_ROLES)
    words = "Nobody could change people any more"
    with pytest.raises(PermissionDenied, match=words), change:
        noor.groups.get().permissions.remove(Permission.objects.get(codename="change_user"))
    assert User.objects.get(pk=noor.pk).has_perm(CHANGE_PEOPLE)


def test_a_role_that_may_do_more_is_not_removed(noor):
    owners = Group.objects.create(name="Owners")
    owners.permissions.set(noor.groups.get().permissions.all())
    noor.groups.get().permissions.remove(owners.permissions.get(codename="approve"))
    with pytest.raises(PermissionDenied, match="may do more"):
        services.remove_role(User.objects.get(pk=noor.pk), owners)
    assert Group.objects.filter(name="Owners").exists()


def test_with_a_role_goes_what_it_let_its_people_do(noor, daan):
    services.remove_role(noor, daan.groups.get())
    assert not User.objects.get(pk=daan.pk).get_all_permissions()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_disable_each_other_one_is_left():
    needs_a_database_for_several()
    noor, sanne = admin_called("noor"), admin_called("sanne")
    both = iter([(noor, sanne), (sanne, noor)])

    def disable() -> str:
        actor, other = next(both)
        services.set_active(actor, other, is_active=False)
        return actor.username

    outcomes = in_parallel(2, disable)
    assert sorted(map(type, outcomes), key=str) == [PermissionDenied, str]
    assert User.objects.filter(is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_can_change_people_is_held_while_somebody_does():
    """SQLite, which knows no locks of rows, holds all that is written."""
    needs_a_database_for_several()
    noor, sanne = admin_called("noor"), admin_called("sanne")
    sannes_row = User.objects.filter(pk=sanne.pk).select_for_update(nowait=True)

    def take() -> User:
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA busy_timeout = 1")
        with transaction.atomic():
            return sannes_row.get()

    with services.change(noor):
        (outcome,) = in_parallel(1, take)
    assert isinstance(outcome, OperationalError)
    assert in_parallel(1, take) == [sanne]


def test_who_is_nowhere_signed_in_is_not_told_to_have_been_signed_out(noor, daan):
    before = Event.objects.count()
    assert services.sign_out(noor, daan) == 0
    assert Event.objects.count() == before


@pytest.mark.tells_of_people
def test_that_somebody_is_signed_out_wherever_they_are_is_told_once(noor, daan):
    browsers = [signed_in(daan), signed_in(daan)]
    before = Event.objects.count()
    assert services.sign_out(noor, daan) == 2
    assert [each.get("/settings/").status_code for each in browsers] == [302, 302]
    (event,) = Event.objects.order_by("sequence")[before:]
    assert (event.kind, event.detail["person"]) == ("signed-out", daan.pk)


def test_a_token_of_who_may_do_less_is_ended_once(noor, daan):
    token(noor)
    own = AccessToken.objects.get()
    with pytest.raises(PermissionDenied):
        services.withdraw_token(noor, own)
    token(daan)
    made = AccessToken.objects.get(person=daan)
    assert [services.withdraw_token(noor, made) for _ in range(2)] == [True, False]
    assert AccessToken.objects.get(withdrawn_at=None) == own


# --- How somebody signs in -------------------------------------------------------------------


@pytest.mark.parametrize("change", [services.want_password, services.reset_factors])
def test_how_somebody_signs_in_is_changed_by_who_has_power_over_them(noor, daan, change):
    authenticators.add_app(noor, authenticators.new_secret(), 0)
    for actor, whom in ((daan, noor), (noor, noor)):
        with pytest.raises(PermissionDenied):
            change(actor, whom)
    noor.refresh_from_db()
    assert authenticators.has_factor(noor)
    assert not noor.must_change_password


@pytest.mark.tells_of_people
def test_who_took_somebodys_factors_has_had_their_account_in_hand(noor, daan):
    authenticators.add_app(daan, authenticators.new_secret(), 0)
    browser = signed_in(daan)
    began = timezone.now()
    with use_actor(noor.pk, noor.name, "people:reset-factors"):
        assert services.reset_factors(noor, daan) == 1
    assert not authenticators.of_person(daan).exists()
    assert browser.get("/settings/").status_code == 302
    assert changed_by(noor, daan, began) == PersonEventKind.FACTOR_REMOVED
    assert changed_by(daan, noor, began) is None


@pytest.mark.tells_of_people
def test_that_another_password_is_wanted_is_told(noor, daan):
    with use_actor(noor.pk, noor.name, "people:want-password"):
        services.want_password(noor, daan)
    event = Event.objects.filter(entry=None).latest("sequence")
    assert (event.kind, event.detail["person"]) == ("password-wanted", daan.pk)
    daan.refresh_from_db()
    assert daan.must_change_password


@pytest.mark.tells_of_people
def test_that_a_role_needs_a_second_factor_is_told_once(noor):
    role = Group.objects.get(name=Role.STAFF.value)
    for is_required in (True, True, False, False):
        services.choose_factor(role, is_required=is_required)
    events = Event.objects.filter(kind="group-changed").order_by("sequence")
    assert [event.detail["second_factor"] for event in events] == [True, False]


def test_who_somebody_is_elsewhere_is_changed_by_who_has_power_over_them(noor, daan, settings):
    settings.OIDC_ISSUER = "https://id.example.test"
    with pytest.raises(PermissionDenied):
        services.link_identity(daan, noor, "n1")
    services.link_identity(noor, daan, "d1")
    assert OutsideIdentity.objects.values_list("person", "subject").get() == (daan.pk, "d1")
    with pytest.raises(PermissionDenied):
        services.unlink_identity(daan, daan)
    assert oidc.has_identity(daan)
    browser = signed_in(daan)
    services.unlink_identity(noor, daan)
    assert not oidc.has_identity(daan)
    assert browser.get("/settings/").status_code == 302
