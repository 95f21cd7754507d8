"""The page at which auditors have the whole ledger verified, and see how that goes."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from piggyadmin.ledger import verification_runs
from piggyadmin.ledger.head_seals import seal_state
from piggyadmin.ledger.verification import newest_links
from piggyadmin.ledger.views import LedgerView
from piggyadmin.ui.http import signed_in, wants_fragment


class VerificationPage(LedgerView):
    """How the chain and its seals are at a glance, and what the whole verification found."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it; while a verification is under way, what is asked for by itself is that alone."""
        run = verification_runs.newest_run()
        context: dict[str, Any] = {
            "run": run,
            "result": verification_runs.result_of(run) if run else None,
        }
        if wants_fragment(request):
            return render(request, "ledger/_verification.html", context)
        context |= {
            "chain": newest_links(),
            "seals": seal_state(),
            "is_sealed": bool(settings.LEDGER_SEAL_KEY),
        }
        return render(request, "ledger/verification.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a verification."""
        verification_runs.begin(signed_in(request))
        return redirect("ledger:verification")
