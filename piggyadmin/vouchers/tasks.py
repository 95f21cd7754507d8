"""What workers do for vouchers."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.vouchers import selection


@resumable(selection.CARRIER, label=_("Doing the same with many vouchers"))
def carry_selection(run: Run) -> None:
    """Carry what somebody asked to have done with many vouchers."""
    selection.carry(run)
