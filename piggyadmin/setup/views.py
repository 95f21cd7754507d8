"""The set-up: steps that can be left and come back to, and the last of which ends it for ever."""

from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from piggyadmin.accounts.throttling import LockedOut, count_request
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.expiry import token_expires_on
from piggyadmin.preferences.configuration import configuration
from piggyadmin.preferences.forms import TokenDateForm
from piggyadmin.preferences.views import keep_token_date
from piggyadmin.setup import codes
from piggyadmin.setup.forms import FirstPersonForm, SetupCodeForm
from piggyadmin.setup.services import SetupOver, make_first_person
from piggyadmin.shops.services import list_shops
from piggyadmin.shops.types import Shop
from piggyadmin.status.health import check_health, is_well

# In the session: which code was entered, and which steps were looked at.
ENTERED, SEEN = "setup_entered", "setup_seen"
# So often may somebody try a code within five minutes.
MOST_TRIES = 20


class SetupStep(NamedTuple):
    """A step of the set-up, as the overview leads to it."""

    name: str
    label: str | Promise
    words: str | Promise


STEPS = (
    SetupStep(
        "connection",
        _("The connection"),
        _("Whether Piggy takes the token, which shops it shows, and how the console is"),
    ),
    SetupStep(
        "console",
        _("How the console is set"),
        _("Language, time zone, safety, and what is kept for how long"),
    ),
    SetupStep("token", _("The token's last day"), _("So that it is replaced in time")),
    SetupStep(
        "person", _("The first person"), _("With all rights; the set-up ends with this step")
    ),
)


class SetupView(View):
    """A page of the set-up, for whoever has entered the code, as long as nobody works here."""

    step: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let them in; all others are asked for the code, or find nothing here."""
        if not codes.is_open():
            raise Http404
        if not has_entered(request):
            return redirect("setup:start")
        return super().dispatch(request, *args, **kwargs)

    def went_through(self) -> HttpResponse:
        """Note that this step was gone through, and lead back to the others."""
        seen = {*self.request.session.get(SEEN, ()), self.step}
        self.request.session[SEEN] = sorted(seen)
        return redirect("setup:start")


def has_entered(request: HttpRequest) -> bool:
    """Tell whether the code that holds was entered in this browser."""
    entered = request.session.get(ENTERED)
    return entered is not None and entered == codes.valid_digest()


class SetupStart(View):
    """Asks for the code; then shows the steps, and which were gone through."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Be there as long as nobody works here."""
        if not codes.is_open():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code, or show the steps."""
        if not has_entered(request):
            return self.ask(SetupCodeForm())
        seen = request.session.get(SEEN, ())
        context = {"steps": [(step, step.name in seen) for step in STEPS]}
        return render(request, "setup/overview.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the code, if it is the one that holds; nobody tries many."""
        form = SetupCodeForm(request.POST)
        try:
            count_request(request, "setup", MOST_TRIES)
        except LockedOut:
            messages.error(request, gettext("Too many tries. Wait five minutes, then try again."))
            return self.ask(SetupCodeForm(), HTTPStatus.TOO_MANY_REQUESTS)
        if not form.is_valid():
            return self.ask(form)
        request.session.cycle_key()
        request.session[ENTERED] = codes.valid_digest()
        return redirect("setup:start")

    def ask(self, form: SetupCodeForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Ask for it."""
        return render(self.request, "setup/code.html", {"form": form}, status=status)


class SetupConnection(SetupView):
    """Whether all that the console needs is there: Piggy, its shops, and the rest."""

    step = "connection"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Look now; nothing is changed, here or at Piggy."""
        checks = check_health()
        context = {"checks": checks, "is_well": is_well(checks), "shops": _shops()}
        return render(request, "setup/connection.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Go on."""
        return self.went_through()


def _shops() -> list[Shop]:
    """List them; where Piggy does not answer the checks have told why."""
    try:
        return list_shops(piggy_client())
    except PiggyError:
        return []


class SetupConsole(SetupView):
    """How the console is set, and where that is changed."""

    step = "console"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        return render(request, "setup/console.html", {"groups": configuration()})

    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Go on."""
        return self.went_through()


class SetupToken(SetupView):
    """Until when the token may be used."""

    step = "token"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is known."""
        form = TokenDateForm(initial={"expires_on": token_expires_on(piggy_client().account)})
        return self.show(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store it; an empty day is none."""
        form = TokenDateForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        keep_token_date(form.last_day)
        return self.went_through()

    def show(self, request: HttpRequest, form: TokenDateForm) -> HttpResponse:
        """Show the form; where the environment says it, that holds."""
        context = {"form": form, "is_from_environment": bool(settings.PIGGY_TOKEN_EXPIRES)}
        return render(request, "setup/token.html", context)


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class SetupPerson(SetupView):
    """Makes the first person, signs them in, and so ends the set-up."""

    step = "person"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask who it is."""
        return render(request, "setup/person.html", {"form": FirstPersonForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make them."""
        form = FirstPersonForm(request.POST)
        if not form.is_valid():
            return render(request, "setup/person.html", {"form": form})
        person = form.save(commit=False)
        try:
            make_first_person(person)
        except SetupOver:
            messages.warning(request, gettext("Somebody else was faster: the set-up is over."))
            return redirect("account_login")
        request.session.flush()
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        words = gettext(
            "The console is set up, and you are its first admin. Under “Signing in” you make your "
            "own sign-in safer; under “People” you add the others."
        )
        messages.success(request, words)
        return redirect("preferences:own")
