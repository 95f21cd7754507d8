"""The list of visits, and one of them."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.naming import with_names
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.filters import SubjectField
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.visits.services import get_visit, list_visits

VISITS_PER_PAGE = 30


class VisitFilter(StatedFilter):
    """Whose visits to show: Piggy can narrow them down by nothing else."""

    contact_uuid = SubjectField(required=False)


class VisitList(PiggyPage, FilteredList):
    """Visits, the newest first, of all or of one contact."""

    filter_class = VisitFilter
    list_name = "visits:list"
    template_name = "visits/list.html"
    entity = "visits"
    title = _("Visits")
    intro = _("When customers were at a shop, as Piggy has it. It does not tell at which one.")

    def actions(self) -> list[Any]:
        """Offer what needs no visit at hand: each of them is changed from its own page."""
        return [action for action in super().actions() if not action.look_up_form_class]

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        form = VisitFilter(self.query)
        context = {"form": form, "words": form.words()}
        if form.errors:
            return {**context, "visits": [], "page": None}
        page = list_visits(
            piggy,
            contact_uuid=form.values.get("contact_uuid"),
            page=self.page,
            limit=VISITS_PER_PAGE,
        )
        return {**context, "visits": with_names(page.items), "page": page}


class VisitPage(PiggyPage):
    """One visit."""

    template_name = "visits/visit.html"
    entity = "visits"
    title = _("Visit")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read it."""
        uuid = self.kwargs["visit_uuid"]
        visit = get_visit(piggy, visit_uuid=uuid)
        if visit.uuid != uuid:
            raise Http404
        change = get_action("update-visit")
        return {
            "visit": visit,
            "is_numbered_by_us": own_reference.is_ours(visit.external_id),
            "change": change if change.is_allowed_for(self.request.user) else None,
        }
