"""Who needs a second factor, and from when on: named by a setting, or chosen for a role."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from piggyadmin.accounts.duties import Duty, impose
from piggyadmin.accounts.models import User
from piggyadmin.factors.authenticators import has_factor
from piggyadmin.factors.models import FactorRequirement


def required_roles() -> QuerySet[Group]:
    """Select the roles whose people need a second factor."""
    by_setting = Q(name__in=settings.SECOND_FACTOR_ROLES)
    return Group.objects.filter(by_setting | Q(factor_requirement__isnull=False))


def require_of_role(role: Group, *, is_required: bool) -> bool:
    """Choose whether people of a role need one; tells whether that was otherwise before."""
    if is_required:
        return FactorRequirement.objects.get_or_create(role=role)[1]
    return bool(FactorRequirement.objects.filter(role=role).delete()[0])


def is_required_of(person: User) -> bool:
    """Tell whether somebody needs one; a superuser does as soon as any role does.

    Demo people never do: everybody knows their password anyhow.
    """
    if person.is_demo:
        return False
    roles = required_roles()
    return (roles if person.is_superuser else roles.filter(user=person)).exists()


def due_at(person: User) -> datetime | None:
    """Tell from when on somebody gets no further without one; None for never, as it is now."""
    if not is_required_of(person) or has_factor(person):
        return None
    if person.factor_asked_at is None:
        person.factor_asked_at = timezone.now()
        person.save(update_fields=["factor_asked_at"])
    return person.factor_asked_at + timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)


@receiver(user_logged_in)
def impose_factor(request: HttpRequest, user: User, **_more: object) -> None:
    """Tell whoever signs in and needs a second factor, and let them no further when it is time."""
    if not (due := due_at(user)):
        return
    impose(request, Duty.FACTOR, due.timestamp())
    if due > timezone.now():
        words = gettext(
            "From %(day)s on, signing in takes a second factor. Set it up now, at Settings."
        )
        day = date_format(timezone.localtime(due), "DATE_FORMAT")
        messages.warning(request, words % {"day": day}, fail_silently=True)
