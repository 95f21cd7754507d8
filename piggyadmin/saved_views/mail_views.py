"""Where somebody has themselves mailed the link to a view's file, and where that is stopped."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.generic import View

from piggyadmin.accounts.models import User
from piggyadmin.outgoing_mail import can_mail
from piggyadmin.saved_views import services
from piggyadmin.saved_views.due_times import Rhythm, next_due
from piggyadmin.saved_views.forms import RhythmForm
from piggyadmin.saved_views.mailing import find_by_secret
from piggyadmin.saved_views.models import SavedView, ViewMail
from piggyadmin.ui.http import signed_in


class ViewMailPage(View):
    """One's own mails of a view: how often they come, and when."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        view, mail = _mails_of(signed_in(request), pk)
        return self.show(view, mail, RhythmForm(mail=mail))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have them mailed, or stop that."""
        person = signed_in(request)
        view, mail = _mails_of(person, pk)
        if "stop" in request.POST:
            ViewMail.objects.filter(view=view, person=person).delete()
            messages.success(request, gettext("Stopped. No more of these mails are sent."))
            return redirect("saved_views:list")
        form = RhythmForm(request.POST, mail=mail)
        if not form.is_valid() or not (person.email and can_mail()):
            return self.show(view, mail, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        keep(view, person, form.rhythm, console=request.build_absolute_uri("/").rstrip("/"))
        words = gettext("Saved. The link to “%(name)s” is mailed to %(email)s.")
        messages.success(request, words % {"name": view.name, "email": person.email})
        return redirect("saved_views:list")

    def show(
        self, view: SavedView, mail: ViewMail | None, form: RhythmForm, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Render it."""
        context = {"view": view, "mail": mail, "form": form, "can_mail": can_mail()}
        return render(self.request, "saved_views/mail.html", context, status=status)


def keep(view: SavedView, person: User, rhythm: Rhythm, *, console: str) -> None:
    """Have somebody mailed from now on; what was due before is over.

    Where the clock was set back since the last mail, its time does not come again.
    """
    last = ViewMail.objects.filter(view=view, person=person, last_at__gt=timezone.now()).first()
    after = (last and last.last_at) or timezone.now()
    values = {
        **rhythm._asdict(),
        "language": translation.get_language(),
        "console": console,
        "next_at": next_due(rhythm, after),
        "trouble": "",
    }
    ViewMail.objects.update_or_create(view=view, person=person, defaults=values)


def _mails_of(person: User, pk: int) -> tuple[SavedView, ViewMail | None]:
    """Find a view that somebody may have as a file, and their mails of it.

    Raises:
        Http404: there is none.
    """
    view = get_object_or_404(services.views_for(person), pk=pk)
    if not services.may_open_file(person, view.list_name):
        raise Http404
    return view, ViewMail.objects.filter(view=view, person=person).first()


class StopMails(View):
    """Where the link in a mail leads: one press stops them, for whoever has the mail.

    Looking alone stops nothing: mail programs look at links by themselves.
    """

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG002
        """Ask."""
        return self.show(find_by_secret(secret), is_stopped=False)

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG002
        """Stop them; once more does no harm."""
        mail = find_by_secret(secret)
        if mail:
            mail.delete()
        return self.show(mail, is_stopped=True)

    def show(self, mail: ViewMail | None, *, is_stopped: bool) -> HttpResponse:
        """Render it."""
        context = {"is_there": mail is not None, "is_stopped": is_stopped}
        return render(self.request, "saved_views/stop.html", context)
