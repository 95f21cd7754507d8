"""What may be changed of people and roles, by whom; the ledger's chain tells of it by itself.

Nobody gives rights to themselves, nobody has power over somebody who may do more, and there is
always somebody left who can change people.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext

from piggyadmin.accounts import oidc
from piggyadmin.accounts.held_permissions import permissions_of
from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import (
    CHANGE_PEOPLE,
    DELETE_ROLES,
    insist_on_permission,
)
from piggyadmin.accounts.roles import role_label
from piggyadmin.accounts.sessions import end_sessions
from piggyadmin.actions.rights import held_by
from piggyadmin.api.models import AccessToken
from piggyadmin.api.services import withdraw, withdraw_all
from piggyadmin.factors import authenticators, requirements
from piggyadmin.ledger.people_events import PersonEventKind, record


def has_power_over(actor: User, person: User, held: Collection[str]) -> bool:
    """Tell whether somebody may change the rights, the password or the state of another one.

    `held` is what that other one may do.
    """
    is_lower = actor.is_superuser or not person.is_superuser
    is_permitted = actor.pk != person.pk and actor.has_perm(CHANGE_PEOPLE)
    return is_permitted and is_lower and actor.has_perms(held)


def may_edit_oneself(actor: User, person: User) -> bool:
    """Tell whether a person is oneself, and may change people's names and addresses."""
    return actor.pk == person.pk and actor.has_perm(CHANGE_PEOPLE)


@contextmanager
def change(actor: User, permission: str = CHANGE_PEOPLE) -> Iterator[None]:
    """Have what stands inside done as one, by somebody who still may before and after it.

    All who may change people are held, so that no two take that right from each other at once.

    Raises:
        PermissionDenied: they may not, or not any more; then nothing is changed.
    """
    with transaction.atomic():
        keepers = User.objects.with_perm(CHANGE_PEOPLE).order_by("pk")
        list(keepers.select_for_update().values_list("pk", flat=True))
        insist_on_permission(actor, permission)
        yield
        insist_on_permission(actor, permission)
        if not keepers.exists():
            raise PermissionDenied(gettext("Nobody could change people any more."))


def insist_on_power(actor: User, person: User) -> None:
    """Refuse whoever has no power over a person.

    Raises:
        PermissionDenied: it says why.
    """
    if actor.pk == person.pk:
        raise PermissionDenied(gettext("Nobody changes their own roles, password or state here."))
    if not has_power_over(actor, person, permissions_of(person.pk)):
        raise PermissionDenied(gettext("This person may do more than you may."))


def insist_on_holding(actor: User, roles: Iterable[Group]) -> None:
    """Refuse to give roles that let do more than whoever gives them may.

    Raises:
        PermissionDenied: it names them.
    """
    too_high = [role_label(role.name) for role in roles if not actor.has_perms(held_by(role))]
    if too_high:
        words = gettext("You may not give what you do not have yourself: %(roles)s.")
        raise PermissionDenied(words % {"roles": ", ".join(too_high)})


def set_roles(actor: User, person: User, roles: Collection[Group], *, is_superuser: bool) -> None:
    """Give somebody these roles and no others.

    Raises:
        PermissionDenied: they have no power over them, or would give more than they have.
    """
    with change(actor):
        insist_on_power(actor, person)
        insist_on_holding(actor, roles)
        person.groups.set(roles)
        if person.is_superuser != is_superuser:
            if not actor.is_superuser:
                raise PermissionDenied(gettext("Only superusers make and unmake superusers."))
            person.is_superuser = is_superuser
            person.save(update_fields=["is_superuser"])


def set_active(actor: User, person: User, *, is_active: bool) -> None:
    """Disable somebody, who is signed out by that, or let them sign in again."""
    with change(actor):
        insist_on_power(actor, person)
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        if not is_active:
            put_out(person)


def put_out(person: User) -> int:
    """End whatever is open in somebody's name: their sessions, and the tokens of their programs.

    Whoever had their session can have made tokens by it, which would open the door ever after.

    Returns:
        how many sessions were ended.
    """
    withdraw_all(person)
    return end_sessions(person)


def sign_out(actor: User, person: User) -> int:
    """Sign somebody out wherever they are, programs too; tells of how many browsers."""
    with change(actor):
        insist_on_power(actor, person)
        number = put_out(person)
        if number:
            record(PersonEventKind.SIGNED_OUT, person)
    return number


def want_password(actor: User, person: User) -> None:
    """Have somebody choose another password as soon as they sign in, which they have to do anew."""
    with change(actor):
        insist_on_power(actor, person)
        person.must_change_password = True
        person.save(update_fields=["must_change_password"])
        put_out(person)
        record(PersonEventKind.PASSWORD_WANTED, person)


def reset_factors(actor: User, person: User) -> int:
    """Take all second factors from somebody, whom their password alone lets in then.

    They are signed out wherever they are.

    Returns:
        how many there were.
    """
    with change(actor):
        insist_on_power(actor, person)
        number = authenticators.remove_all(person)
        put_out(person)
    return number


def link_identity(actor: User, person: User, subject: str) -> None:
    """Have somebody sign in by the outside service, as `subject` there.

    Raises:
        PermissionDenied: they have no power over them.
        NotLetIn: it cannot be; it says why.
    """
    with change(actor):
        insist_on_power(actor, person)
        oidc.link(person, subject)


def unlink_identity(actor: User, person: User) -> None:
    """Have somebody sign in by the outside service no more; they are signed out everywhere."""
    with change(actor):
        insist_on_power(actor, person)
        oidc.unlink(person)
        put_out(person)


def withdraw_token(actor: User, token: AccessToken) -> bool:
    """End a program's token of somebody else at once; False where somebody was faster."""
    with change(actor):
        insist_on_power(actor, token.person)
        return withdraw(token)


def choose_factor(role: Group, *, is_required: bool) -> None:
    """Choose, as part of the change around it, whether people with a role need a second factor."""
    if requirements.require_of_role(role, is_required=is_required):
        record(PersonEventKind.GROUP, None, group=role.name, second_factor=is_required)


def remove_role(actor: User, role: Group) -> None:
    """Remove a role, and so what it let its people do.

    Raises:
        PermissionDenied: the role lets do more than they may.
    """
    with change(actor, DELETE_ROLES):
        if not actor.has_perms(held_by(role)):
            raise PermissionDenied(gettext("This role may do more than you may."))
        role.delete()
