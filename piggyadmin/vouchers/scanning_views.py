"""Scan mode: one code after the other, each with a verdict that is seen and heard from afar."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django_permissions_policy.decorators import permissions_policy_override

from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.sessions import SIGN_IN
from piggyadmin.actions.registry import get_action
from piggyadmin.ledger.reads import count_read
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import focus_first
from piggyadmin.ui.http import after_answer, wants_fragment
from piggyadmin.vouchers.services import find_voucher

# Pages that scan may ask for the camera, and no others.
camera_allowed = permissions_policy_override({**settings.PERMISSIONS_POLICY, "camera": ["self"]})


@method_decorator(camera_allowed, name="dispatch")
class ScanMode(PermittedView):
    """A field that is always ready, and what was scanned, the newest first."""

    permission = "actions.run_find_voucher_by_code"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        """Show the field."""
        return self._show(_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say what one code is worth; to htmx the row of it alone."""
        form = _form(request.POST)
        if not form.is_valid():
            words = " ".join(map(str, form.errors["code"]))
            return self._show(form, code=request.POST.get("code", ""), words=words)
        response = self._look(form)
        after_answer(response, partial(count_read, get_action("find-voucher-by-code")))
        return response

    def _look(self, form: Any) -> HttpResponse:
        code = form.cleaned_data["code"]
        try:
            voucher = find_voucher(piggy_client(), code=code)
        except PiggyError as error:
            return self._show(_form(), code=code, words=str(error.message))
        return self._show(_form(), code=code, voucher=voucher)

    def _show(self, form: Any, **context: Any) -> HttpResponse:
        name = "_scanned" if wants_fragment(self.request) and context else "scan"
        context |= {"form": focus_first(form), "memory": self._memory()}
        return render(self.request, f"vouchers/{name}.html", context)

    def _memory(self) -> str:
        """Name what the browser remembers of one sign-in: the next one, whoever's, has its own."""
        sign_in = self.request.session.get(SIGN_IN, "")
        return salted_hmac("piggyadmin.vouchers.scanning", sign_in).hexdigest()


def _form(*posted: Any) -> Any:
    return get_action("find-voucher-by-code").form_class(*posted, piggy=piggy_client())
