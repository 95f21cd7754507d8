"""What happens to people, told in the chain of the ledger: who did what to whom, and when.

What is done here about customers, of which Piggy hears nothing, is told beside it: by their UUID
alone, without what was written.

Whatever way a person or a role is changed (the admin site, a command, the shell), it is told by the
signals of their models, inside the very transaction. There is no copy of it beside the chain.
"""

import logging
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import WATCHED, User
from piggyadmin.accounts.pins import is_switching
from piggyadmin.accounts.signals import identity_changed, locked_out, pin_changed, pin_failed
from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.event_kinds import PersonalContent, declare
from piggyadmin.ledger.models import Event
from piggyadmin.piggy.actor import current_actor

logger = logging.getLogger(__name__)


class PersonEventKind(models.TextChoices):
    """What can happen to a person."""

    SIGNED_IN = "signed-in", _("signed in")
    SWITCHED = "switched", _("went on with a PIN")
    PIN_SET = "pin-set", _("chose a PIN")
    PIN_REMOVED = "pin-removed", _("lost a PIN")
    PIN_FAILED = "pin-failed", _("got a PIN wrong")
    IDENTITY_LINKED = "identity-linked", _("signs in elsewhere from now on")
    IDENTITY_REMOVED = "identity-removed", _("signs in elsewhere no more")
    SIGN_IN_FAILED = "sign-in-failed", _("could not sign in")
    LOCKED_OUT = "locked-out", _("locked out for a while")
    SIGNED_OUT = "signed-out", _("signed out")
    CREATED = "created", _("was made")
    PASSWORD = "password-changed", _("got another password")
    PASSWORD_WANTED = "password-wanted", _("has to choose another password")
    FACTOR_ADDED = "factor-added", _("got a second factor")
    FACTOR_REMOVED = "factor-removed", _("lost a second factor")
    FACTOR_USED = "factor-used", _("used a second factor")
    FACTOR_FAILED = "factor-failed", _("failed at the second factor")
    ROLE = "role-changed", _("got other rights")
    EMAIL = "email-changed", _("got another e-mail address")
    NAME = "name-changed", _("got another name")
    DISABLED = "disabled", _("was disabled")
    ENABLED = "enabled", _("was enabled again")
    GROUP = "group-changed", _("a role was changed")
    NOTE_WRITTEN = "note-written", _("a note was written")
    NOTE_CHANGED = "note-changed", _("a note was changed")
    NOTE_PINNED = "note-pinned", _("a note was pinned or unpinned")
    NOTE_DONE = "note-done", _("what was handed over was done")
    NOTE_REMOVED = "note-removed", _("a note was removed")
    FLAG_SET = "flag-set", _("a customer is not to be served")
    FLAG_LIFTED = "flag-lifted", _("a customer is served again")
    DATA_HANDED_OUT = "data-handed-out", _("all that is held on a customer was handed out")
    TOKEN_MADE = "token-made", _("got a token for a program")
    TOKEN_WITHDRAWN = "token-withdrawn", _("a token for a program was withdrawn")
    PIGGY_TOKEN = "piggy-token", _("Piggy's token was replaced")


_RIGHTS = dict.fromkeys(
    ("is_superuser", "added", "removed", "group", "was", "is_deleted", "second_factor"),
    PersonalContent.NOTHING,
)
_FACTOR = {"factor": PersonalContent.NOTHING}
_ABOUT_CUSTOMER = {"contact_uuid": PersonalContent.CUSTOMER}
_ABOUT_NOTE = {**_ABOUT_CUSTOMER, "note": PersonalContent.NOTHING}
declare(
    {
        PersonEventKind.SIGNED_IN: {},
        PersonEventKind.SWITCHED: {},
        PersonEventKind.PIN_SET: {},
        PersonEventKind.PIN_REMOVED: {},
        PersonEventKind.PIN_FAILED: {},
        PersonEventKind.IDENTITY_LINKED: {},
        PersonEventKind.IDENTITY_REMOVED: {},
        PersonEventKind.SIGN_IN_FAILED: {},
        PersonEventKind.LOCKED_OUT: {"of": PersonalContent.NOTHING},
        PersonEventKind.SIGNED_OUT: {},
        PersonEventKind.CREATED: _RIGHTS,
        PersonEventKind.PASSWORD: {},
        PersonEventKind.PASSWORD_WANTED: {},
        PersonEventKind.FACTOR_ADDED: _FACTOR,
        PersonEventKind.FACTOR_REMOVED: _FACTOR,
        PersonEventKind.FACTOR_USED: _FACTOR,
        PersonEventKind.FACTOR_FAILED: {},
        PersonEventKind.ROLE: _RIGHTS,
        PersonEventKind.EMAIL: {},
        PersonEventKind.NAME: {"was": PersonalContent.COLLEAGUE},
        PersonEventKind.DISABLED: {},
        PersonEventKind.ENABLED: {},
        PersonEventKind.GROUP: _RIGHTS,
        PersonEventKind.NOTE_WRITTEN: _ABOUT_NOTE,
        PersonEventKind.NOTE_CHANGED: _ABOUT_NOTE,
        PersonEventKind.NOTE_PINNED: _ABOUT_NOTE,
        PersonEventKind.NOTE_DONE: _ABOUT_NOTE,
        PersonEventKind.NOTE_REMOVED: _ABOUT_NOTE,
        PersonEventKind.FLAG_SET: _ABOUT_CUSTOMER,
        PersonEventKind.FLAG_LIFTED: _ABOUT_CUSTOMER,
        PersonEventKind.DATA_HANDED_OUT: _ABOUT_CUSTOMER,
        PersonEventKind.TOKEN_MADE: dict.fromkeys(
            ("token", "scope", "ends_on"), PersonalContent.NOTHING
        ),
        PersonEventKind.TOKEN_WITHDRAWN: {"token": PersonalContent.NOTHING},
        PersonEventKind.PIGGY_TOKEN: {},
    }
)

# What gives somebody power over another person.
POWER = (
    PersonEventKind.CREATED,
    PersonEventKind.PASSWORD,
    PersonEventKind.ROLE,
    PersonEventKind.EMAIL,
    PersonEventKind.FACTOR_REMOVED,
    PersonEventKind.IDENTITY_LINKED,
)
_FIELDS = {
    "username": PersonEventKind.NAME,
    "first_name": PersonEventKind.NAME,
    "last_name": PersonEventKind.NAME,
    "email": PersonEventKind.EMAIL,
    "password": PersonEventKind.PASSWORD,
    "is_staff": PersonEventKind.ROLE,
    "is_superuser": PersonEventKind.ROLE,
}


def changed_by(actor: User, person: User, since: datetime) -> str | None:
    """Give the kind of the newest change that `actor` made to `person` since then, if any.

    Only what gives power over somebody counts: making them, their password, role or e-mail, who
    they are elsewhere, and taking a second factor from them.
    """
    events = Event.objects.filter(
        entry=None, kind__in=POWER, at__gte=since, detail__by=actor.pk, detail__person=person.pk
    )
    return events.order_by("-sequence").values_list("kind", flat=True).first()


def record(kind: PersonEventKind, person: User | None, **more: Any) -> None:
    """Append it to the chain, as part of the transaction around it, and to the log."""
    actor = current_actor()
    by, by_name = more.pop("by", None) or actor.person_id, actor.person_name
    if person is not None and by == person.pk:
        by_name = person.name
    detail = {
        "person": person.pk if person else None,
        "person_name": person.get_username() if person else "",
        "by": by,
        "by_name": by_name,
        "where": actor.action or " ".join(sys.argv[1:2]),
        **more,
    }
    try:
        with hash_chain.locked_head(is_durable=False) as head:
            hash_chain.keep(hash_chain.link(head, None, kind, detail))
    except hash_chain.EndUnknown:
        # Whoever mends the ledger has to get in; `ledger_verify` tells what is amiss.
        logger.error("The end of the ledger's chain is gone: it does not keep %s", kind)  # noqa: TRY400
    logger.info("%s: %s (by person %s)", kind, detail["person_name"] or "nobody known", by)


# --- People ----------------------------------------------------------------------------------


def _state(person: User) -> dict[str, Any] | None:
    return User.objects.filter(pk=person.pk).values(*WATCHED).first() if person.pk else None


def _may_change(person: User, update_fields: Iterable[str] | None) -> bool:
    if person.is_hashing_anew:
        return False
    return update_fields is None or not set(WATCHED).isdisjoint(update_fields)


@receiver(pre_save, sender=User)
def remember(instance: User, update_fields: Iterable[str] | None, **_more: Any) -> None:
    """Note how a person was, right before they are saved."""
    if _may_change(instance, update_fields):
        instance.was = _state(instance)


@receiver(post_save, sender=User)
def tell(instance: User, update_fields: Iterable[str] | None, **_more: Any) -> None:
    """Tell what was changed."""
    if not _may_change(instance, update_fields):
        return
    was, now = instance.was, _state(instance) or {}
    if was is None:
        record(PersonEventKind.CREATED, instance, is_superuser=now["is_superuser"])
        return
    changed = [name for name in WATCHED if was[name] != now[name]]
    kinds = {_FIELDS[name] for name in changed if name in _FIELDS}
    if "is_active" in changed:
        kinds.add(PersonEventKind.ENABLED if now["is_active"] else PersonEventKind.DISABLED)
    for kind in PersonEventKind:
        if kind in kinds:
            record(kind, instance, **_told(kind, was, now))


def _told(kind: PersonEventKind, was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Give what is kept of a change: of addresses and passwords nothing."""
    if kind == PersonEventKind.NAME:
        return {"was": was["username"]} if was["username"] != now["username"] else {}
    return {"is_superuser": now["is_superuser"]} if kind == PersonEventKind.ROLE else {}


@receiver(pre_delete, sender=User)
def refuse(**_more: Any) -> None:
    """Keep people: what they did keeps their name.

    Raises:
        PermissionDenied: always.
    """
    raise PermissionDenied(gettext("A person cannot be deleted, only disabled."))


# --- Roles -----------------------------------------------------------------------------------


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
def tell_rights(
    instance: Any, action: str, reverse: bool, model: Any, pk_set: set[int] | None, **_more: Any
) -> None:
    """Tell that people were given or lost a role, or a single permission."""
    verb = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed"}.get(action)
    if not verb or pk_set == set():
        return
    if reverse:
        people = User.objects.filter(pk__in=pk_set) if pk_set else instance.user_set.all()
        pairs = [(person, [instance]) for person in people]
    else:
        own = instance.groups if model is Group else instance.user_permissions
        pairs = [(instance, model.objects.filter(pk__in=pk_set) if pk_set else own.all())]
    for person, rights in pairs:
        if names := sorted(map(_name_of, rights)):
            record(PersonEventKind.ROLE, person, **{verb: names})


def _name_of(right: Group | Permission) -> str:
    return right.name if isinstance(right, Group) else right.codename


@receiver(m2m_changed, sender=Group.permissions.through)
def tell_permissions(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_more: Any
) -> None:
    """Tell that what a role may do was changed, and so what everybody who has it may do."""
    verb = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed"}.get(action)
    if not verb or pk_set == set():
        return
    if reverse:
        groups = Group.objects.filter(pk__in=pk_set) if pk_set else instance.group_set.all()
        changed = {group: [instance.codename] for group in groups}
    else:
        all_of_them = Permission.objects.filter(pk__in=pk_set) if pk_set else instance.permissions
        changed = {instance: sorted(all_of_them.values_list("codename", flat=True))}
    for group, codenames in changed.items():
        _tell_group(group, **{verb: codenames})


@receiver(pre_save, sender=Group)
def tell_new_name(instance: Group, using: str, **_more: Any) -> None:
    """Tell that a role is called otherwise."""
    was = Group.objects.filter(pk=instance.pk).first() if using == DEFAULT_DB_ALIAS else None
    if was and was.name != instance.name:
        _tell_group(instance, was=was.name)


@receiver(pre_delete, sender=Group)
def tell_end(instance: Group, **_more: Any) -> None:
    """Tell that a role is no more."""
    _tell_group(instance, is_deleted=True)


def _tell_group(group: Group, **more: Any) -> None:
    record(PersonEventKind.GROUP, None, group=group.name, **more)
    for person in User.objects.filter(groups=group):
        record(PersonEventKind.ROLE, person, group=group.name, **more)


# --- Second factors --------------------------------------------------------------------------


@receiver(post_save, sender=Authenticator)
def tell_factor(instance: Authenticator, created: bool, **_more: Any) -> None:
    """Tell that somebody has one more."""
    if created:
        record(PersonEventKind.FACTOR_ADDED, instance.user, factor=instance.type)


@receiver(post_delete, sender=Authenticator)
def tell_factor_gone(instance: Authenticator, **_more: Any) -> None:
    """Tell that somebody has one less, whoever took it."""
    record(PersonEventKind.FACTOR_REMOVED, instance.user, factor=instance.type)


@receiver(authenticator_used)
def tell_factor_used(user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Tell with what somebody has shown that it is them."""
    record(PersonEventKind.FACTOR_USED, user, by=user.pk, factor=authenticator.type)


@receiver(authentication_failed)
def tell_factor_failed(user: User, **_more: Any) -> None:
    """Tell that somebody who knows the password has failed at the second step."""
    record(PersonEventKind.FACTOR_FAILED, user)


# --- Signing in and out ----------------------------------------------------------------------


@receiver(user_logged_in)
def tell_sign_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Tell who has signed in, or went on with a PIN."""
    by_pin, fully = PersonEventKind.SWITCHED, PersonEventKind.SIGNED_IN
    record(by_pin if is_switching(request) else fully, user, by=user.pk)


@receiver(pin_changed)
def tell_pin(person: User, is_set: bool, **_more: Any) -> None:
    """Tell that somebody has a PIN now, or none any more."""
    record(PersonEventKind.PIN_SET if is_set else PersonEventKind.PIN_REMOVED, person)


@receiver(identity_changed)
def tell_identity(person: User, is_linked: bool, **_more: Any) -> None:
    """Tell that somebody signs in by the outside service now, or no more."""
    kinds = PersonEventKind.IDENTITY_REMOVED, PersonEventKind.IDENTITY_LINKED
    record(kinds[is_linked], person)


@receiver(pin_failed)
def tell_pin_failed(person: User, **_more: Any) -> None:
    """Tell whose PIN somebody got wrong."""
    record(PersonEventKind.PIN_FAILED, person)


@receiver(user_logged_out)
def tell_sign_out(user: User | None, **_more: Any) -> None:
    """Tell who has signed out."""
    if user is not None:
        record(PersonEventKind.SIGNED_OUT, user, by=user.pk)


@receiver(user_login_failed)
def tell_failure(credentials: dict[str, Any], **_more: Any) -> None:
    """Tell as whom somebody tried to sign in; a name that is nobody's may be a password."""
    record(
        PersonEventKind.SIGN_IN_FAILED, User.objects.called(str(credentials.get("username") or ""))
    )


@receiver(locked_out)
def tell_lock_out(person: User | None, of: str, **_more: Any) -> None:
    """Tell that a password was tried too often."""
    record(PersonEventKind.LOCKED_OUT, person, **({} if of == "account" else {"of": of}))
