"""The page of a pair, as far as deciding goes; merging has its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from piggyadmin.duplicates import queue
from piggyadmin.duplicates.models import Pair
from piggyadmin.duplicates.rows import rows_of
from piggyadmin.duplicates.views import ReviewPage
from piggyadmin.ui.http import signed_in


class PairPage(ReviewPage):
    """Two contacts, what speaks for one person, and the decision."""

    def get(self, request: HttpRequest, first: str, second: str) -> HttpResponse:
        """Hold the pair, and show it."""
        pair = get_object_or_404(Pair, first=first, second=second)
        queue.hold(pair, signed_in(request))
        row = rows_of([pair])[0]
        context: dict[str, Any] = {"pair": pair, "row": row, "evidence": row.evidence}
        return render(request, "duplicates/pair.html", context)
