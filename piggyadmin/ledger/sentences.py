"""Sentences of people and things: what somebody gave, changed or sent, and to whom.

An action says in `Operation.sentence` what its entries are about, once as something that was done
and once as something that somebody wants. Which of the two is told follows from what became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from django.utils.translation import gettext

from piggyadmin.ledger.models import HAPPENED, EntryState
from piggyadmin.ui.states import status_word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Words with marks for names in them, translated when they are shown.
Pattern: TypeAlias = "str | _StrPromise"
# It was done as far as Piggy's answer goes, and Piggy is still at it.
FOLLOWED = "followed"


@dataclass(frozen=True)
class Matter:
    """What an entry, or a request that waits for a second person, is about.

    Attributes:
        data: What was asked, without what is personal.
        preview: What was shown before, without what is personal; empty where nothing was.
        customers: What those whom it is about are called, by what they are there. Those whom
            nobody here knows any more are called nothing.
        things: What shops, promotions and the like are called, by UUID, as far as is known.
    """

    data: Mapping[str, Any]
    preview: Mapping[str, Any] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)

    def asked(self, name: str) -> Any:
        """Give what was filled in; None where nothing was, or an older console did not ask."""
        return self.data.get(name)

    def customer(self, *roles: str, otherwise: str = "") -> str:
        """Name the customer who is the first of these that is known."""
        known = (self.customers.get(role) for role in roles or ("contact",))
        return next(filter(None, known), otherwise) or gettext("a customer")

    def shop(self) -> str:
        """Name the shop where it is."""
        return self.thing("shop") or gettext("a shop")

    def thing(self, kind: str) -> str:
        """Name what was chosen: as the preview did, else as it is called now."""
        uuid = self.asked(f"{kind}_uuid") or ""
        shown = self.preview.get(f"{kind}_name") or ""
        return shown if shown and shown != uuid else self.things.get(uuid, "")


class Sentence(NamedTuple):
    """What an action says of one time that it was asked for.

    `done` begins with `%(who)s`: "%(who)s gave %(customer)s a card". `wanted` is the same as what
    somebody wants to do: "give %(customer)s a card". `parts` are the names in both.
    """

    done: Pattern
    wanted: Pattern
    parts: Mapping[str, Any]

    def told(self, who: str, state: str, *, so_far: str = "") -> str:
        """Say it as it stands: as done, or as wanted where it was not done, or nobody knows.

        `so_far` is FLAGGED or FOLLOWED where more is to be said of what was done.
        """
        if state in HAPPENED:
            return _with_status(str(self.done) % {"who": who, **self.parts}, so_far)
        words = self._request_words(gettext("%(who)s wanted to %(what)s"), who)
        return _with_status(words, state if state == EntryState.UNKNOWN else "")

    def waiting(self, who: str) -> str:
        """Say it of what somebody wants and nobody has decided on."""
        return self._request_words(gettext("%(who)s wants to %(what)s"), who)

    def _request_words(self, words: str, who: str) -> str:
        return words % {"who": who, "what": str(self.wanted) % self.parts}


def _with_status(sentence: str, status: str) -> str:
    return f"{sentence} \N{EN DASH} {lower_first(status_word(status))}" if status else sentence


def lower_first(words: str) -> str:
    """Write words that stand for themselves elsewhere into a sentence."""
    return words[:1].lower() + words[1:]
