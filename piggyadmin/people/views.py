"""The people who work here: the list, each one's page, and what can be changed of them."""

from typing import Any, ClassVar, NamedTuple

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from piggyadmin.accounts.held_permissions import held_singly
from piggyadmin.accounts.middleware import fill_in
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.models import User
from piggyadmin.accounts.oidc import NotLetIn, has_identity
from piggyadmin.accounts.permissions import (
    ADD_PEOPLE,
    CHANGE_PEOPLE,
    READ_LEDGER,
    VIEW_PEOPLE,
)
from piggyadmin.accounts.roles import role_label
from piggyadmin.accounts.sessions import open_sessions
from piggyadmin.actions.rights import held_by, in_words
from piggyadmin.api.models import AccessToken
from piggyadmin.api.services import usable_tokens
from piggyadmin.factors.authenticators import APP, FACTORS, PASSKEY
from piggyadmin.ledger.models import Event
from piggyadmin.ledger.people_views import told
from piggyadmin.people import services
from piggyadmin.people.converters import find_person
from piggyadmin.people.forms import (
    STATES,
    GivenPasswordForm,
    IdentityForm,
    NewPersonForm,
    PersonFilter,
    PersonForm,
    RolesForm,
)
from piggyadmin.ui.filters import FilteredList
from piggyadmin.ui.http import signed_in
from piggyadmin.ui.pagination import numbered_page

# Whether somebody has a second factor of a kind, to be asked along with the person.
HAS_FACTORS = {
    f"has_{kind}": Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=kind))
    for kind in FACTORS
}
# So many events of a person stand on their page; the ledger has all.
MOST_EVENTS = 20
SORTS = {"name": "username", "seen": "last_login"}


class ListedPerson(NamedTuple):
    """A person as the list shows them."""

    person: User
    roles: str
    state: str
    factors: str


def listed(person: User) -> ListedPerson:
    """Show somebody with their roles and second factors, and whether they may sign in."""
    roles = [role_label(group.name) for group in person.groups.all()]
    if person.is_superuser:
        roles.insert(0, gettext("Superuser"))
    state = STATES[0] if person.is_active else STATES[1]
    return ListedPerson(person, ", ".join(roles), state, factors_in_words(person))


def factors_in_words(person: User) -> str:
    """Name the kinds of second factors that somebody has."""
    words = [(PASSKEY, gettext("passkey")), (APP, gettext("app"))]
    return ", ".join(word for kind, word in words if getattr(person, f"has_{kind}"))


class PeopleList(PermittedView, FilteredList):
    """Everybody who works here, or did."""

    permission = VIEW_PEOPLE
    filter_class = PersonFilter
    list_name = "people:list"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of what the filter leaves."""
        form = PersonFilter(self.query)
        order = request.GET.get("sort", "")
        field = F(SORTS.get(order.removeprefix("-"), "username"))
        by = field.desc(nulls_last=True) if order.startswith("-") else field.asc(nulls_first=True)
        people = form.query().annotate(**HAS_FACTORS).prefetch_related("groups").order_by(by, "pk")
        page = numbered_page(people, request.GET.get("page"))
        context = {
            "form": form,
            "words": form.words(),
            "page": page,
            "rows": [listed(person) for person in page.items],
        }
        return render(request, "people/list.html", context)


class OnePerson(PermittedView):
    """A view of one person, whose name stands in the address."""

    permission = CHANGE_PEOPLE
    changes_ways_in = True
    people: ClassVar[Any] = User.objects.get_queryset()
    person: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find whose it is, once it is known that whoever asks may."""
        if self.allows(signed_in(request)):
            self.person = find_person(str(kwargs["person"]), self.people)
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> HttpResponse:
        """Lead to the person's page."""
        return redirect("people:person", person=self.person)


class PersonPage(OnePerson):
    """All that is known of one person, and what can be changed."""

    permission = VIEW_PEOPLE
    people = User.objects.annotate(**HAS_FACTORS)

    def get(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Show it."""
        actor, shown = signed_in(request), self.person
        held = held_singly(shown.pk)
        context = {
            **listed(shown)._asdict(),
            "single": in_words(name for name, is_single in held.items() if is_single),
            "may_do": len(in_words(held)),
            "sessions": open_sessions(shown),
            "tokens": usable_tokens(shown),
            "events": self.events() if actor.has_perm(READ_LEDGER) else None,
            "service": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "is_elsewhere": has_identity(shown),
            "is_oneself": actor.pk == shown.pk,
            "may_edit_oneself": services.may_edit_oneself(actor, shown),
            "has_power": services.has_power_over(actor, shown, held),
        }
        return render(request, "people/person.html", context)

    def events(self) -> list[tuple[Event, str, str]]:
        """Give what happened to them lately, as the ledger's chain tells it."""
        events = Event.objects.filter(entry=None, detail__person=self.person.pk)
        return told(events.order_by("-sequence")[:MOST_EVENTS])


@method_decorator(sensitive_post_parameters(), "dispatch")
class NewPerson(PermittedView):
    """Makes somebody new."""

    permission = ADD_PEOPLE
    changes_ways_in = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask who it is."""
        form = NewPersonForm(actor=signed_in(request))
        fill_in(request, form)
        return self.show(form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make them."""
        actor = signed_in(request)
        form = NewPersonForm(request.POST, actor=actor)
        if not form.is_valid():
            return self.show(form)
        with services.change(actor, ADD_PEOPLE):
            person = form.save()
        words = gettext(
            "%(person)s can sign in now, once with the password that you chose, and then chooses "
            "another one."
        )
        messages.success(request, words % {"person": person.name})
        return redirect("people:person", person=person)

    def show(self, form: NewPersonForm) -> HttpResponse:
        """Show the form."""
        return render(self.request, "people/new.html", {"form": form})


class PersonFormView(OnePerson):
    """A form about one person, on a page of its own."""

    heading: ClassVar[Promise]
    intro: ClassVar[str | Promise] = ""
    button: ClassVar[Promise] = _("Save")

    def get(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Show it as it is."""
        self.insist()
        form = self.form(None)
        fill_in(request, form)
        return self.show(form)

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Store what was filled in."""
        self.insist()
        form = self.form(request.POST)
        return self.save(form) if form.is_valid() else self.show(form)

    def insist(self) -> None:
        """Refuse whoever has no power over them."""
        services.insist_on_power(signed_in(self.request), self.person)

    def form(self, data: Any) -> forms.BaseForm:
        """Make the form."""
        raise NotImplementedError

    def save(self, form: Any) -> HttpResponse:
        """Store it, and lead on."""
        raise NotImplementedError

    def show(self, form: forms.BaseForm) -> HttpResponse:
        """Show the form."""
        context = {
            "form": form,
            "person": self.person,
            "title": self.heading % {"person": self.person.name},
            "intro": self.intro,
            "button": self.button,
        }
        return render(self.request, "people/form.html", context)


class PersonEdit(PersonFormView):
    """Changes what somebody is called, and where mail reaches them."""

    heading = _("Change %(person)s")

    def insist(self) -> None:
        """Let people change their own too, if they may change those of others."""
        if not services.may_edit_oneself(signed_in(self.request), self.person):
            super().insist()

    def form(self, data: Any) -> PersonForm:
        """Make the form, of a person of its own: what it refuses stands nowhere else."""
        return PersonForm(data, instance=User.objects.get(pk=self.person.pk))

    def save(self, form: PersonForm) -> HttpResponse:
        """Store it."""
        with services.change(signed_in(self.request)):
            self.person = form.save()
        messages.success(self.request, gettext("Saved."))
        return self.back()


@method_decorator(sensitive_post_parameters(), "dispatch")
class PersonPassword(PersonFormView):
    """Gives somebody another password, which ends their sessions."""

    heading = _("Another password for %(person)s")
    intro = _(
        "They are signed out wherever they are, the tokens of their programs are withdrawn, and "
        "they sign in with it once and choose one of their own."
    )
    button = _("Set the password")

    def form(self, data: Any) -> GivenPasswordForm:
        """Make the form."""
        return GivenPasswordForm(self.person, data)

    def save(self, form: GivenPasswordForm) -> HttpResponse:
        """Set it."""
        with services.change(signed_in(self.request)):
            form.save()
            services.put_out(self.person)
        words = gettext("%(person)s has another password. Tell it to them yourself.")
        messages.success(self.request, words % {"person": self.person.name})
        return self.back()


class PersonRoles(PersonFormView):
    """Changes what somebody may do; taking roles away is asked about first."""

    heading = _("Roles of %(person)s")

    def form(self, data: Any) -> RolesForm:
        """Make the form."""
        return RolesForm(data, actor=signed_in(self.request), person=self.person)

    def save(self, form: RolesForm) -> HttpResponse:
        """Store it, or ask first."""
        loses_all = self.person.is_superuser and not form.makes_superuser
        if (form.taken or loses_all) and "confirmed" not in self.request.POST:
            return self.ask(form)
        services.set_roles(
            signed_in(self.request),
            self.person,
            form.cleaned_data["groups"],
            is_superuser=form.makes_superuser,
        )
        messages.success(self.request, gettext("Saved. It holds from now on."))
        return self.back()

    def ask(self, form: RolesForm) -> HttpResponse:
        """Ask whether they are to lose what they have, and say what that is."""
        taken = [role_label(role.name) for role in form.taken]
        if self.person.is_superuser and not form.makes_superuser:
            taken.insert(0, gettext("Superuser"))
        kept = set[str]().union(*map(held_by, form.cleaned_data["groups"]))
        lost = set[str]().union(*map(held_by, form.taken)) - kept
        title = gettext("Take %(roles)s away from %(person)s?")
        button = ngettext("Take away %(count)s role", "Take away %(count)s roles", len(taken))
        context = {
            "person": self.person,
            "title": title % {"roles": ", ".join(taken), "person": self.person.name},
            "lost": in_words(lost),
            "button": button % {"count": len(taken)},
            "sent": [("groups", role.pk) for role in form.cleaned_data["groups"]]
            + [("is_superuser", "on")] * form.makes_superuser,
        }
        return render(self.request, "people/confirm.html", context)


class PersonIdentity(PersonFormView):
    """Says who somebody is at the service by which people sign in, where there is one."""

    heading = _("Who %(person)s is elsewhere")
    intro = _(
        "They sign in there from now on: their password here is good no more, and their roles "
        "follow their groups there."
    )

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        """Ask who it is there, or lead back where there is no such service."""
        return super().get(request, person) if settings.OIDC_ISSUER else self.back()

    def post(self, request: HttpRequest, person: str) -> HttpResponse:
        """Link them, or lead back where there is no such service."""
        return super().post(request, person) if settings.OIDC_ISSUER else self.back()

    def form(self, data: Any) -> IdentityForm:
        """Make the form."""
        return IdentityForm(data)

    def save(self, form: IdentityForm) -> HttpResponse:
        """Link them."""
        try:
            services.link_identity(
                signed_in(self.request), self.person, form.cleaned_data["subject"]
            )
        except NotLetIn as refused:
            form.add_error("subject", str(refused))
            return self.show(form)
        words = gettext("%(person)s signs in with %(service)s from now on.")
        named = {"person": self.person.name, "service": settings.OIDC_NAME}
        messages.success(self.request, words % named)
        return self.back()


class PersonIdentityRemoval(OnePerson):
    """Has somebody sign in there no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        services.unlink_identity(signed_in(request), self.person)
        words = gettext(
            "%(person)s signs in elsewhere no more. Give them a password, if they have none."
        )
        messages.success(request, words % {"person": self.person.name})
        return self.back()


class AskedAboutPerson(OnePerson):
    """Does something to somebody, once it is said what that means."""

    question: ClassVar[Promise]
    button: ClassVar[Promise]
    # What of it the page has to tell.
    tells: ClassVar[str]

    def get(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Ask."""
        services.insist_on_power(signed_in(request), self.person)
        context = {
            "person": self.person,
            "title": self.question % {"person": self.person.name},
            "button": self.button % {"person": self.person.get_username()},
            "sessions": len(open_sessions(self.person)),
            "tokens": usable_tokens(self.person).count(),
            "tells": self.tells,
        }
        return render(request, "people/confirm.html", context)


class PersonDisable(AskedAboutPerson):
    """Keeps somebody from signing in."""

    question = _("Disable %(person)s?")
    button = _("Disable %(person)s")
    tells = "disabling"

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        services.set_active(signed_in(request), self.person, is_active=False)
        words = gettext("%(person)s cannot sign in any more.")
        messages.success(request, words % {"person": self.person.name})
        return self.back()


class PersonEnable(OnePerson):
    """Lets somebody sign in again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        services.set_active(signed_in(request), self.person, is_active=True)
        words = gettext("%(person)s can sign in again.") % {"person": self.person.name}
        messages.success(request, words)
        return self.back()


class PersonSignOut(OnePerson):
    """Signs somebody out wherever they are."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        number = services.sign_out(signed_in(request), self.person)
        words = ngettext(
            "Signed out of %(count)s browser.", "Signed out of %(count)s browsers.", number
        )
        messages.success(request, words % {"count": number})
        return self.back()


class PersonTokenWithdrawal(OnePerson):
    """Ends a token by which a program works in somebody's name."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: str, pk: int) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        tokens = AccessToken.objects.select_related("person").filter(person=self.person)
        token = get_object_or_404(tokens, pk=pk)
        services.withdraw_token(signed_in(request), token)
        words = gettext("The token “%(name)s” opens nothing any more.")
        messages.success(request, words % {"name": token.name})
        return self.back()


class PersonWantPassword(AskedAboutPerson):
    """Has somebody choose another password when they sign in the next time."""

    question = _("Have %(person)s choose another password?")
    button = _("Ask %(person)s for another password")
    tells = "password"

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        services.want_password(signed_in(request), self.person)
        words = gettext("%(person)s chooses another password when they sign in the next time.")
        messages.success(request, words % {"person": self.person.name})
        return self.back()


class PersonResetFactors(AskedAboutPerson):
    """Takes all second factors from somebody who has lost them."""

    question = _("Take all second factors from %(person)s?")
    button = _("Take the second factors of %(person)s away")
    tells = "factors"

    def post(self, request: HttpRequest, person: str) -> HttpResponse:  # noqa: ARG002
        """Do it."""
        services.reset_factors(signed_in(request), self.person)
        words = gettext("%(person)s signs in with the password alone now.")
        messages.success(request, words % {"person": self.person.name})
        return self.back()
