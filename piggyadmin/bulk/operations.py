"""A bulk run in the ledger: who asked for it, why, and who approved; its rows are its steps.

It sends nothing itself. What it begins (see `running.py`) are entries of their own, and its own is
followed until the run has ended.
"""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import (
    BackgroundOperation,
    Data,
    Effect,
    Preview,
    Progress,
    Stored,
    Words,
    add_operation,
    find_operation,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.templatetags.ui import number

if TYPE_CHECKING:
    from piggyadmin.bulk.models import BulkRun


class RowsToDo(Preview):
    """What a run would do, as its rows were checked.

    `gives` is how many credits change hands in all, which counts for the limit of a single person.
    """

    action: str
    check_number: int
    rows: int
    repeats: int
    gives: int | None
    wants_second_person: bool

    @property
    def is_final(self) -> bool:
        """Whether what is done with each row cannot be undone."""
        done = find_operation(self.action)
        return done is not None and done.effect is Effect.IRREVERSIBLE


class RunBegun(Stored):
    """A run that was begun."""

    rows: int


class RunInBulk(BackgroundOperation[RunBegun, RowsToDo]):
    """Do one action with many rows."""

    slug = "in-bulk"
    entity = "bulk"
    label = _("Do with many rows")
    effect = Effect.WRITE
    result_type = RunBegun
    labels = {
        "run": _("Bulk run"),
        "action": _("Action"),
        "rows": _("Rows"),
        "digest": _("Fingerprint of the list"),
    }

    @property
    def entity_label(self) -> Words:
        """What the menu calls it."""
        return _("Bulk runs")

    def deduplication_data(self, data: Data) -> list[Any]:
        """Every run is another one."""
        return [data["run"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say what, and with how many rows."""
        done = find_operation(matter.asked("action") or "")
        parts = {
            "action": done.label if done else matter.asked("action"),
            "rows": number(matter.asked("rows")),
        }
        return Sentence(
            _("%(who)s did “%(action)s” with %(rows)s rows of a list"),
            _("do “%(action)s” with %(rows)s rows of a list"),
            parts,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> RunBegun:  # noqa: ARG002
        """Let it begin: the rows are done once this is."""
        return RunBegun(rows=data["rows"])

    def page_of_request(self, data: Data) -> str:
        """Lead to the run, on whose page a second person decides."""
        return reverse("bulk:run", args=[data["run"]])

    def watch(self, piggy: PiggyClient, entry: Entry) -> Progress:  # noqa: ARG002
        """Begin the run where nobody has yet, and see how far it is."""
        from piggyadmin.bulk import running  # noqa: PLC0415  (it carries what this begins)

        run = running.begin(entry)
        if run is None:
            words = gettext("The list is no longer kept.")
            return Progress(finished=True, as_expected=False, words=words)
        return running.progress_of(run)


RUN_IN_BULK = RunInBulk()
add_operation(RUN_IN_BULK)


def asked(run: "BulkRun", rows: int) -> dict[str, Any]:
    """Give what the ledger keeps of what was asked; the list itself is not in it."""
    return {"run": run.pk, "action": run.action, "rows": rows, "digest": run.digest}
