"""The shifts of a shop, with the teams and kinds that they are of."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import offered
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts.naming import with_names
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.types import Page
from piggyadmin.shifts.forms import STATUSES, team_choices
from piggyadmin.shifts.services import cached_shift_teams, cached_shift_types, list_shifts
from piggyadmin.shifts.types import Shift
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.ui.states import status_choices


def _shops(piggy: PiggyClient) -> list[tuple[str, str]]:
    return [(shop.uuid or "", shop.name or "") for shop in cached_shops(piggy)]


class ShiftFilter(StatedFilter):
    """Which shifts to show: Piggy lists those of one shop that have one status."""

    shop_uuid = forms.ChoiceField(
        label=_("Shop"),
        required=False,
        choices=lambda: [("", _("The first shop")), *offered(_shops)],
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=partial(status_choices, STATUSES)
    )
    team_uuid = forms.ChoiceField(
        label=_("Team"),
        required=False,
        choices=lambda: [("", _("Any team")), *offered(team_choices)],
    )


class ShiftList(PiggyPage, FilteredList):
    """Who works when."""

    filter_class = ShiftFilter
    list_name = "shifts:list"
    template_name = "shifts/list.html"
    entity = "shifts"
    title = _("Shifts")
    intro = _("Who works when: Piggy lists the shifts of one shop that have one status.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page of shifts, with what teams and kinds are called."""
        form = ShiftFilter(self.query)
        chosen = form.values
        shops, teams, types = gather(
            partial(cached_shops, piggy),
            partial(cached_shift_teams, piggy),
            partial(cached_shift_types, piggy),
        )
        shop_uuid = chosen.get("shop_uuid") or (shops[0].uuid if shops else "")
        shown = self._shifts(piggy, shop_uuid or "", chosen)
        names = {each.uuid: each.name for each in [*teams, *types]}
        rows = [
            (shift, names.get(shift.team_uuid), names.get(shift.shift_type_uuid))
            for shift in with_names(shown.items)
        ]
        return {"form": form, "page": shown, "shifts": rows, "teams": teams, "types": types}

    def _shifts(self, piggy: PiggyClient, shop_uuid: str, chosen: dict[str, Any]) -> Page[Shift]:
        """Read the shifts; an account without shops has none."""
        if not shop_uuid:
            return Page(items=[], page=1)
        return list_shifts(
            piggy,
            shop_uuid=shop_uuid,
            status=chosen.get("status") or STATUSES[0],
            team_uuid=chosen.get("team_uuid"),
            page=self.page,
            limit=30,
        )
