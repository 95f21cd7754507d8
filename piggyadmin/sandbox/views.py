"""The sandbox's own pages and its control, in the console or served alone.

Served alone they have no sign-in, so they answer this very machine only; in the console they ask
for sign-in like every other page.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from piggyadmin.sandbox import faults, jobs, pristine, request_log
from piggyadmin.sandbox.api import PREFIX
from piggyadmin.sandbox.faults import KINDS, MAX_SECONDS, Fault, Settings, WrongSettingsError
from piggyadmin.sandbox.fixtures import booking_state, known_records
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import Booking, Contact, Job, Mail

MAX_CONTACTS = 1_000_000
SHOWN_MAILS = 200
SHOWN_CALLS = 200
METHODS = ("GET", "POST", "PUT", "DELETE")

View = Callable[[HttpRequest], HttpResponse]


def stands_alone() -> bool:
    """Tell whether this is the sandbox's own server rather than the console."""
    return bool(getattr(settings, "SANDBOX_STANDS_ALONE", False))


# What the console asks for before somebody may change how the sandbox behaves.
CONTROL = "actions.control_sandbox"


def may_control(request: HttpRequest) -> bool:
    """Tell whether who asks may change how the sandbox behaves; alone it answers this machine."""
    return stands_alone() or bool(getattr(request, "user", None) and request.user.has_perm(CONTROL))


def for_those_in_control(view: View) -> View:
    """Refuse, in the console, those whose role does not include the sandbox's control."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not may_control(request):
            raise PermissionDenied("Only admins control the sandbox.")
        return view(request)

    # Links ask for it.
    vars(guarded)["permission"] = CONTROL
    return guarded


def for_this_machine(view: View) -> View:
    """Refuse other machines where there is no sign-in; carry out what is due first."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if stands_alone() and not _is_local(request):
            raise PermissionDenied("The sandbox's control answers this machine only.")
        jobs.run_due()
        return view(request)

    return guarded


def _is_local(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _page(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    layout = "sandbox/_standalone.html" if stands_alone() else "base.html"
    context |= {"layout": layout, "may_control": may_control(request)}
    return render(request, f"sandbox/{name}.html", context)


# --- Pages -----------------------------------------------------------------------------------


@for_this_machine
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What this is, how to call it, and the well-known records as they are now."""
    host = request.build_absolute_uri("/") if stands_alone() else "http://127.0.0.1:8001/"
    return _page(
        request,
        "start",
        api_url=f"{host.rstrip('/')}{PREFIX}",
        token=settings.PIGGY_SANDBOX_TOKEN,
        known=known_records(),
        contacts=Contact.objects.count(),
        waiting=Job.objects.count(),
        settings_now=faults.current(),
        stands_alone=stands_alone(),
    )


@for_this_machine
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails that Piggy would have sent."""
    return _page(request, "mailbox", mails=Mail.objects.all()[:SHOWN_MAILS])


@for_this_machine
@require_GET
def calls_page(request: HttpRequest) -> HttpResponse:
    """The newest requests that arrived."""
    return _page(request, "calls", calls=request_log.recent(SHOWN_CALLS))


@for_those_in_control
@for_this_machine
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Go back to the seeded state, at the press of a button."""
    pristine.reset()
    messages.success(request, _("The sandbox is as it was at the beginning."))
    return redirect("sandbox:start")


class FaultsForm(forms.Form):
    """How to misbehave."""

    latency_ms = forms.IntegerField(
        label=gettext_lazy("Latency in milliseconds"), min_value=0, max_value=MAX_SECONDS * 1000
    )
    maintenance = forms.BooleanField(
        label=gettext_lazy("Maintenance: every call is answered with 503"), required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What goes wrong"),
        required=False,
        choices=lambda: [("", _("Nothing")), *((kind, _kind_words(kind)) for kind in KINDS)],
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Only calls with this method"),
        required=False,
        choices=lambda: [("", _("Any")), *((word, word) for word in METHODS)],
    )
    path = forms.CharField(
        label=gettext_lazy("Only calls to paths that match"),
        help_text=gettext_lazy("A regular expression, such as ^vouchers/find$"),
        required=False,
        max_length=200,
    )
    times = forms.IntegerField(
        label=gettext_lazy("How often"),
        help_text=gettext_lazy("Empty: until you stop it"),
        required=False,
        min_value=1,
    )
    status = forms.IntegerField(
        label=gettext_lazy("HTTP status"), required=False, min_value=200, max_value=599
    )
    code = forms.IntegerField(label=gettext_lazy("Error code"), required=False, min_value=1)
    retry_after = forms.IntegerField(
        label=gettext_lazy("Retry-After in seconds"), required=False, min_value=0
    )
    seconds = forms.FloatField(
        label=gettext_lazy("Silence in seconds"),
        required=False,
        min_value=0,
        max_value=MAX_SECONDS,
    )


def _kind_words(kind: str) -> str:
    words = {
        "drop_before": _("Connection reset, nothing was done"),
        "drop_after": _("Connection reset after it was done"),
        "garbage": _("Answer is not JSON, nothing was done"),
        "garbage_after": _("Answer is not JSON, but it was done"),
        "no_data": _("JSON without data, nothing was done"),
        "no_data_after": _("JSON without data, but it was done"),
        "status": _("Another HTTP status, nothing was done"),
        "status_after": _("Another HTTP status, but it was done"),
        "html_after": _("Another HTTP status with a page of HTML, but it was done"),
        "filters_ignored": _("A list as if no filter had been given"),
        "code": _("The API refuses with an error code"),
        "throttled": _("429: too many requests"),
        "redirect": _("302: sent to another host"),
        "timeout_before": _("Silence, nothing was done"),
        "timeout_after": _("Done, then silence before the answer"),
    }
    return words[kind]


@for_those_in_control
@for_this_machine
@require_http_methods(["GET", "POST"])
def faults_page(request: HttpRequest) -> HttpResponse:
    """See how the sandbox misbehaves, and change that."""
    if request.method == "POST" and "stop" in request.POST:
        faults.clear()
        messages.success(request, _("The sandbox behaves again."))
        return redirect("sandbox:faults_page")
    now = faults.current()
    form = FaultsForm(request.POST or None, initial=_initial(now))
    if request.method == "POST" and form.is_valid() and _apply(form, now):
        messages.success(request, _("The sandbox now misbehaves as you said."))
        return redirect("sandbox:faults_page")
    context = {"form": form, "settings_now": now, "words": _fault_words(now)}
    return _page(request, "faults", **context)


def _initial(now: Settings) -> dict[str, Any]:
    fault = asdict(now.faults[0]) if now.faults else {}
    return {**fault, "latency_ms": now.latency_ms, "maintenance": now.maintenance}


def _fault_words(now: Settings) -> list[tuple[str, Fault]]:
    return [(_kind_words(fault.kind), fault) for fault in now.faults]


def _apply(form: FaultsForm, now: Settings) -> bool:
    """Put what the form says in force; durations that it does not show stay as they are."""
    data = {name: value for name, value in form.cleaned_data.items() if value not in {None, ""}}
    values = {**now.as_json(), "faults": []}
    values |= {name: data.pop(name) for name in ("latency_ms", "maintenance")}
    if "kind" in data:
        values["faults"] = [data]
    try:
        faults.store(faults.read_settings(values))
    except WrongSettingsError as error:
        form.add_error(None, str(error))
        return False
    return True


# --- Control, for programs -------------------------------------------------------------------


def _json_body(request: HttpRequest) -> Json:
    """Read a JSON body. Asking for that type keeps forms of foreign pages out."""
    if request.content_type != "application/json":
        raise WrongSettingsError("Send the body as application/json.")
    try:
        return json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise WrongSettingsError("The body is not JSON.") from None


def _refused(error: WrongSettingsError) -> JsonResponse:
    return JsonResponse({"message": str(error)}, status=400)


@for_those_in_control
@for_this_machine
@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Go back to the seeded state, of `contacts` and `seed` where given."""
    try:
        values = _json_body(request)
        contacts = _figure(values, "contacts", MAX_CONTACTS)
        number = _figure(values, "seed", 2**31)
    except WrongSettingsError as error:
        return _refused(error)
    pristine.reset(contacts, number)
    return JsonResponse({"contacts": Contact.objects.count()})


def _figure(values: Json, name: str, most: int) -> int | None:
    value = values.get(name) if isinstance(values, dict) else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise WrongSettingsError(f"{name} must be a whole number from 0 to {most}.")
    return value


@for_this_machine
@require_http_methods(["GET", "PUT", "DELETE"])
def faults_control(request: HttpRequest) -> HttpResponse:
    """Give, set or clear the faults."""
    if request.method != "GET" and not may_control(request):
        raise PermissionDenied("Only admins control the sandbox.")
    if request.method == "DELETE":
        faults.clear()
    if request.method == "PUT":
        try:
            faults.store(faults.read_settings(_json_body(request)))
        except WrongSettingsError as error:
            return _refused(error)
    return JsonResponse(faults.current().as_json())


@for_this_machine
@require_GET
def mailbox_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the mails, the newest first."""
    names = ("to", "subject", "body", "code", "link", "used_at", "created_at")
    return JsonResponse({"mails": list(Mail.objects.values(*names)[:SHOWN_MAILS])})


@for_this_machine
@require_GET
def calls_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the newest requests that arrived, the newest first."""
    return JsonResponse({"calls": [request_log.as_json(call) for call in request_log.recent()]})


@for_this_machine
@require_GET
def known_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the well-known records as they are now."""
    return JsonResponse(asdict(known_records()))


@for_this_machine
@require_GET
def bookings_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give all bookings, which the API itself cannot list."""
    rows = Booking.objects.select_related("contact").order_by("-pk")[:SHOWN_CALLS]
    return JsonResponse({"bookings": [booking_state(row) for row in rows]})
