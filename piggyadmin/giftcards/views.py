"""The list of gift cards with their programs, one program, and one card."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import offered
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.giftcards import services
from piggyadmin.giftcards.forms import program_choices
from piggyadmin.giftcards.outstanding import Outstanding, outstanding
from piggyadmin.giftcards.transactions import transactions_page
from piggyadmin.giftcards.types import GiftcardProgram
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import NotFound
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import FilteredList, StatedFilter

# So many programs are counted up on the list, each over one page of its cards.
MOST_COUNTED = 10
# A program's own page counts over so many pages of a hundred cards, one call each.
MOST_PAGES = 50


def _any_program() -> list[tuple[str, Any]]:
    return [("", _("Any program")), *offered(program_choices)]


class GiftcardFilter(StatedFilter):
    """Which cards to show."""

    everything = _("All gift cards.")
    narrowed = _("Only these gift cards: %(parts)s.")
    giftcard_program_uuid = forms.ChoiceField(
        label=_("Program"), required=False, choices=_any_program
    )


class GiftcardList(PiggyPage, FilteredList):
    """Programs with what is outstanding, and cards."""

    filter_class = GiftcardFilter
    list_name = "giftcards:list"
    template_name = "giftcards/list.html"
    entity = "giftcards"
    title = _("Gift cards")
    intro = _("What is on them, by program, and every card.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page of cards, and count the programs up, side by side."""
        form = GiftcardFilter(self.query)
        chosen = form.values.get("giftcard_program_uuid")
        programs = services.cached_giftcard_programs(piggy)
        counted = programs[:MOST_COUNTED]
        cards, *sums = gather(
            partial(
                services.list_giftcards,
                piggy,
                giftcard_program_uuid=chosen,
                page=self.page,
                limit=30,
            ),
            *(partial(_counted_up, piggy, program, most_pages=1) for program in counted),
        )
        rest = [None] * (len(programs) - len(counted))
        return {
            "page": cards,
            "form": form,
            "programs": list(zip(programs, [*sums, *rest], strict=True)),
        }


def _counted_up(piggy: PiggyClient, program: GiftcardProgram, *, most_pages: int) -> Outstanding:
    return outstanding(piggy, program.uuid or "", most_pages=most_pages)


class GiftcardProgramPage(PiggyPage):
    """One program, counted up over all of its cards."""

    template_name = "giftcards/program.html"
    entity = "giftcards"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Find the program in the list, as Piggy has no other way, and count it up."""
        uuid = uuid_in_small(self.kwargs["giftcard_program_uuid"])
        programs = services.cached_giftcard_programs(piggy)
        program = next((each for each in programs if each.uuid == uuid), None)
        if program is None:
            raise NotFound
        return {
            "program": program,
            "sum": _counted_up(piggy, program, most_pages=MOST_PAGES),
        }


class GiftcardPage(PiggyPage):
    """One gift card, what is on it, and what was booked on it."""

    template_name = "giftcards/giftcard.html"
    entity = "giftcards"

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read the card, and then by its code what was booked."""
        uuid = uuid_in_small(self.kwargs["giftcard_uuid"])
        card = services.get_giftcard(piggy, giftcard_uuid=uuid)
        return {"card": card, "page": transactions_page(piggy, card, page=self.page)}
