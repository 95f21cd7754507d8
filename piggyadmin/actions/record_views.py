"""Pages of records: the list of one kind, and one record with what can be done with it."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.http import urlencode

from piggyadmin.actions.entities import ENTITIES
from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.records import RecordAction
from piggyadmin.ledger.operations import Effect
from piggyadmin.piggy.client import PiggyClient

# What stands first among the actions of a record; what cannot be undone stands last.
ORDER = {Effect.WRITE: 0, Effect.READ: 1, Effect.IRREVERSIBLE: 2}


class RecordList(PiggyPage):
    """A list of records, with what can be done without one of them."""

    # The name of the list's address.
    list_name: ClassVar[str]

    def actions(self) -> list[Any]:
        """Leave out what is done to one record: that stands on its page."""
        return [each for each in super().actions() if not _keys(each) and self._is_here(each)]

    def _is_here(self, action: Any) -> bool:
        """Tell whether it belongs to this list: of several lists, else to the entity's own."""
        name = getattr(action, "list_page", "")
        return name == self.list_name or (not name and self._is_of_entity)

    @property
    def _is_of_entity(self) -> bool:
        return reverse(self.list_name) == ENTITIES[self.entity].place


class RecordPage(PiggyPage):
    """One record: what it is, and what can be done with it, in place."""

    template_name = "actions/record.html"
    # The list it belongs to: the name of its address, and what it is called.
    list_name: ClassVar[str]
    facts_template: ClassVar[str]

    def find(self, piggy: PiggyClient, **keys: str) -> Any:
        """Find the record that the address names.

        Raises:
            NotFound: there is none.
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def name_of(self, record: Any) -> str:
        """Give what people call it."""
        raise NotImplementedError

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read it."""
        return self.shown(self.find(piggy, **self.kwargs))

    def shown(self, record: Any) -> dict[str, Any]:
        """Give what the template shows of it."""
        return {
            "record": record,
            "name": self.name_of(record),
            "record_actions": self._record_actions(),
            "facts_template": self.facts_template,
            "list_url": reverse(self.list_name),
        }

    def _record_actions(self) -> list[tuple[Any, str]]:
        """List what the person may do with it, with addresses that fill its keys in."""
        offered = [each for each in self.actions() if _keys(each) == tuple(self.kwargs)]
        offered.sort(key=lambda action: ORDER[action.effect])
        query = urlencode(self.kwargs)
        return [(action, f"{action.url}?{query}") for action in offered]


def _keys(action: Any) -> tuple[str, ...]:
    return action.keys if isinstance(action, RecordAction) else ()
