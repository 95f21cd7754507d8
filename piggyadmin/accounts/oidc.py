"""Signing in by a service of one's own, as OpenID Connect has it: who that says somebody is.

Authlib does the protocol (state, nonce, PKCE, the keys and the signature of the ID token); what the
token has to say for it to be good here is said here, as Authlib by itself does not insist on it.
"""

import time
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from joserfc.errors import JoseError
from requests import RequestException

from piggyadmin.accounts.models import OutsideIdentity, User
from piggyadmin.accounts.signals import identity_changed

# For so many seconds an answer of the service is waited for.
TIMEOUT = 10
# So far, in seconds, its clock may differ.
LEEWAY = 60
MOST_IN_NAME = 150
# How an ID token may be signed: with a key that the service alone has.
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
# What goes wrong where the service, or whoever answers instead of it, says what makes no sense.
FAILURES = (AuthlibBaseError, JoseError, RequestException, ValueError, TypeError, LookupError)
_BEGUN = "begun"


class NotLetIn(Exception):  # noqa: N818  (named as a person would)
    """The service knows them, and they get no further all the same; it says why."""


def service() -> DjangoOAuth2App:
    """Give the service; what it says of itself is read when it is needed."""
    return OAuth().register(
        "oidc",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=f"{settings.OIDC_ISSUER}/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(settings.OIDC_SCOPES),
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
    )


def lead_there(request: HttpRequest, *, anew: bool) -> HttpResponseRedirect:
    """Lead to the service; where `anew`, it has to ask once more who it is.

    Raises:
        FAILURES: it cannot be reached.
    """
    known = service()
    back = request.build_absolute_uri(reverse("account_oidc_callback"))
    more = {"prompt": "login", "max_age": 0} if anew else {}
    way = known.create_authorization_url(back, **more)
    # Kept with this way's own state: several can be begun in one session.
    known.save_authorize_data(request, redirect_uri=back, **{_BEGUN: int(time.time())}, **way)
    return HttpResponseRedirect(way["url"])


def claims_of(request: HttpRequest) -> dict[str, Any]:
    """Give what the service says of whoever comes from there.

    Whoever is signed in already proves by it that it is still them: then it has to have asked since
    they were led there, and to say so.

    Raises:
        FAILURES: it is not the service that says so, or not to us, or not now.
    """
    known = service()
    issuer = known.load_server_metadata()["issuer"]
    if issuer.rstrip("/") != settings.OIDC_ISSUER:
        raise ValueError("Another issuer than the one that is set.")
    wanted = {"iss": [issuer], "aud": [settings.OIDC_CLIENT_ID]}
    options = {name: {"essential": True, "values": values} for name, values in wanted.items()}
    # What the service itself lists may have "none" in it, which is no signature.
    known.server_metadata["id_token_signing_alg_values_supported"] = SIGNATURES
    way = known.framework.get_state_data(request.session, request.GET.get("state")) or {}
    token = known.authorize_access_token(request, claims_options=options, leeway=LEEWAY)
    claims = dict(token["userinfo"])
    if request.user.is_authenticated and int(claims["auth_time"]) < way[_BEGUN] - LEEWAY:
        raise ValueError("It did not ask anew.")
    return claims


def may_use_password(person: User) -> bool:
    """Tell whether somebody signs in with a password: superusers do in any case.

    Whoever comes by the service is shut out there, so that a password here would be a way round.
    """
    if person.is_superuser or not settings.OIDC_ISSUER:
        return True
    return settings.PASSWORD_SIGN_IN and not has_identity(person)


def has_identity(person: User) -> bool:
    """Tell whether somebody signs in by the service, where there is one."""
    return bool(settings.OIDC_ISSUER) and OutsideIdentity.objects.filter(person=person).exists()


# --- Who it is here --------------------------------------------------------------------------


@transaction.atomic
def person_of(claims: dict[str, Any]) -> User:
    """Find who somebody is here, or make them; their roles follow from what the service says.

    Raises:
        NotLetIn: it says why.
    """
    roles = _roles(claims.get(settings.OIDC_ROLES_CLAIM))
    identity = {"issuer": settings.OIDC_ISSUER, "subject": str(claims["sub"])}
    known = OutsideIdentity.objects.select_related("person").filter(**identity).first()
    person = known.person if known else None
    if person and not person.is_active:
        raise NotLetIn(gettext("You cannot sign in here any more."))
    if person and person.is_superuser:
        raise NotLetIn(gettext("Superusers sign in with their password."))
    if not roles:
        raise NotLetIn(gettext("Your groups there give you no role here."))
    if person is None:
        person = _made(claims)
        OutsideIdentity.objects.create(person=person, **identity)
    _give(person, roles)
    return person


def link(person: User, subject: str) -> None:
    """Have somebody who is here sign in by the service from now on, as `subject` there.

    Raises:
        NotLetIn: they are linked already, or somebody else is that subject; it says why.
    """
    if person.is_superuser:
        raise NotLetIn(gettext("Superusers sign in with their password."))
    if has_identity(person):
        raise NotLetIn(gettext("They sign in by the service already."))
    try:
        with transaction.atomic():
            OutsideIdentity.objects.create(
                person=person, issuer=settings.OIDC_ISSUER, subject=subject
            )
            identity_changed.send(OutsideIdentity, person=person, is_linked=True)
    except IntegrityError as error:
        raise NotLetIn(gettext("Somebody else here is that one there already.")) from error


@transaction.atomic
def link_own(person: User, claims: dict[str, Any]) -> None:
    """Link whoever has just shown at the service who they are; their roles follow from it.

    Raises:
        NotLetIn: it says why.
    """
    roles = _roles(claims.get(settings.OIDC_ROLES_CLAIM))
    if not roles:
        raise NotLetIn(gettext("Your groups there give you no role here."))
    link(person, str(claims["sub"]))
    _give(person, roles)


@transaction.atomic
def unlink(person: User) -> None:
    """Have somebody sign in by the service no more."""
    if OutsideIdentity.objects.filter(person=person).delete()[0]:
        identity_changed.send(OutsideIdentity, person=person, is_linked=False)


def _roles(groups: Any) -> set[str]:
    """Give the roles that somebody's groups there are here."""
    several = map(str, groups if isinstance(groups, list) else [groups])
    return {settings.OIDC_ROLES[each] for each in several if each in settings.OIDC_ROLES}


def _give(person: User, roles: set[str]) -> None:
    """Give these of the roles that the service decides on, and take the others of those."""
    decided = set(settings.OIDC_ROLES.values())
    held = set(person.groups.values_list("name", flat=True))
    person.groups.remove(*Group.objects.filter(name__in=(held & decided) - roles))
    person.groups.add(*Group.objects.filter(name__in=roles - held))


def _made(claims: dict[str, Any]) -> User:
    """Make somebody new, who has no password; nobody becomes one who is here already.

    Raises:
        NotLetIn: their name is somebody's, or none that can be had here.
    """
    name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    person = User(
        username=name[:MOST_IN_NAME],
        first_name=str(claims.get("given_name") or claims.get("name") or "")[:MOST_IN_NAME],
        last_name=str(claims.get("family_name") or "")[:MOST_IN_NAME],
        email=str(claims.get("email") or ""),
    )
    person.set_unusable_password()
    try:
        person.full_clean()
    except ValidationError as error:
        words = gettext("Nobody can be made of what you are called there: %(why)s")
        raise NotLetIn(words % {"why": " ".join(error.messages)}) from error
    person.save()
    return person
