"""What workers do for duplicates: carry merge runs."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates import merging
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import resumable


@resumable(merging.CARRIER, label=_("Merging duplicates"))
def carry_merge(run: Run) -> None:
    """Carry a merge run."""
    merging.carry(run)
