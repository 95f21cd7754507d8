"""What the ledger can carry out: the base of every action, and the registry of them all.

What a person needs beside it (a form, a page, words on a button) is added above, by
`piggyadmin.actions`. Here stands what it takes to do a thing, to keep it, and to find out later
what became of it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeAlias, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, SerializeAsAny

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import READ_LEDGER
from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import PersonRecord

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from piggyadmin.ledger.models import Entry

Data = Mapping[str, Any]
# Words for people, translated when they are shown.
Words: TypeAlias = "str | _StrPromise"
Result = TypeVar("Result")
PreviewModel = TypeVar("PreviewModel", bound="Preview | None")


class Refused(Exception):  # noqa: N818  (named as a person would: it was refused by us)
    """What was asked cannot be, as is known before anything is sent.

    `field_errors` says beside which field, and why.
    """

    def __init__(self, field_errors: Mapping[str, str]) -> None:
        super().__init__()
        self.field_errors = {name: [str(words)] for name, words in field_errors.items()}

    @property
    def words(self) -> str:
        """What it says, without the fields that it would stand beside."""
        return " ".join(words for several in self.field_errors.values() for words in several)


class Effect(StrEnum):
    """What an action does to the account."""

    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"


class Stored(BaseModel):
    """A typed value that is also kept in the ledger, as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Preview(Stored):
    """What will happen, in figures, before anything does."""

    def decisive(self) -> dict[str, Any]:
        """Give what a person agrees to; when it differs later, they are asked again."""
        return self.model_dump(mode="json")


class Progress(Stored):
    """How far Piggy is with something it carries out after its answer.

    `finished` means that nothing more will be seen; `as_expected` is False for a surprise. `after`
    is what there is in the end, kept beside what there was before.
    """

    finished: bool
    as_expected: bool = True
    words: str
    after: SerializeAsAny[BaseModel] | None = None


class PartState(Stored):
    """How far one part is of something that is done in several; `is_done` is None where unknown."""

    what: str
    words: str
    is_done: bool | None
    # Where that can be found out.
    page: str = ""


class Verdict(StrEnum):
    """What a look at Piggy says about a write whose answer was lost."""

    DONE = "done"
    NOT_DONE = "not-done"
    UNDECIDED = "undecided"


class Evidence(Stored):
    """One thing that was found at Piggy, and whether it fits what was asked."""

    what: str
    value: str
    at: datetime | None = None
    fits: bool | None = None


class Finding(Stored):
    """What became of a write, as far as Piggy can tell; `result` as the action would have given."""

    verdict: Verdict
    words: str
    evidence: tuple[Evidence, ...] = ()
    result: SerializeAsAny[BaseModel] | None = None


class Quantity(NamedTuple):
    """Where an entry tells how much of something it moved.

    Attributes:
        places: Fields of an entry, the first that says a number counts: "preview.gives".
        sign: -1 where a number there tells what was taken.
        otherwise: What it is where none of them says a number.
    """

    places: tuple[str, ...] = ()
    sign: int = 1
    otherwise: int = 0


ONE = Quantity(otherwise=1)


class Operation(Generic[Result, PreviewModel]):
    """One thing that can be done at Piggy; instances keep no state: one serves the whole process.

    Its kinds are told apart by `slug`, which stands in every entry, and so never changes.
    """

    slug: ClassVar[str]
    entity: ClassVar[str]
    label: ClassVar[Words]
    effect: ClassVar[Effect]
    # How to read a result back from the ledger. A result that is a secret has none: it is shown
    # once, in the answer to the press of the button, and stored nowhere.
    result_type: ClassVar[type[BaseModel] | None] = None
    # Piggy finishes some things after its answer; then `watch` follows them.
    is_watched: ClassVar[bool] = False
    # The same again within minutes needs a second yes.
    is_deduplicated: ClassVar[bool] = True
    # Contacts cease to exist or become others: one such thing at a time for each contact.
    ends_contacts: ClassVar[bool] = False
    # Of a write that `read_back` does not look for: why only a person can settle it.
    cannot_be_settled: ClassVar[Words] = ""
    # Fields whose values are personal: the ledger keeps that they were filled in, and the values
    # apart from it, for as long as snapshots are kept.
    private: ClassVar[frozenset[str]] = frozenset()
    # How many credits and vouchers an entry of it moved, where it moves some: who gave how much
    # away is reckoned by that.
    credits_moved: ClassVar[Quantity | None] = None
    vouchers_moved: ClassVar[Quantity | None] = None

    def perform(self, piggy: PiggyClient, data: Data) -> Result:
        """Do it, through services.

        Where Piggy can keep the console's own reference in what is made, it is written there
        (`own_reference.take`), and `read_back` looks for it.

        Raises:
            PiggyError: as the services do.
        """
        raise NotImplementedError

    def after_done(self, data: Data, result: Result) -> None:
        """Remember locally what Piggy cannot be asked for later."""

    def watch(self, piggy: PiggyClient, entry: "Entry") -> Progress:
        """See how far Piggy is with what `entry` asked for."""
        raise NotImplementedError

    def after_followed(self, entry: "Entry") -> None:
        """Do what remains when it is certain that Piggy has carried `entry` out.

        It comes both before and after that is written down, so that it must do no harm twice.
        """

    def part_states(self, entry: "Entry") -> tuple[PartState, ...]:  # noqa: ARG002
        """Say how far each part is of what `entry` asked for; nothing where it has no parts."""
        return ()

    def remaining(self, entry: "Entry") -> str:  # noqa: ARG002
        """Name what is left of `entry` that stopped half done, where it can go on; else nothing.

        It goes on when a person has it resumed (`following.resume`): `watch` then does what is
        left, and nothing that was done.
        """
        return ""

    def page_of(self, entry: "Entry") -> str:  # noqa: ARG002
        """Give the address of a page that tells more of what `entry` asked for, if there is one."""
        return ""

    def page_of_request(self, data: Data) -> str:  # noqa: ARG002
        """Give the address at which a second person decides, where it is no page of all actions."""
        return ""

    def deduplication_data(self, data: Data) -> Any:
        """Give what makes two requests the same thing; by default all that was filled in."""
        return dict(data)

    def deduplication_key(self, data: Data) -> str:
        """Give what the entries of requests for the same thing have in common."""
        return hash_chain.digest([self.slug, hash_chain.plain(self.deduplication_data(data))])

    def field_label(self, name: str) -> Words:  # noqa: ARG002
        """Give what a person filled in under this name is called; nothing where unknown."""
        return ""

    def sentence(self, matter: Matter) -> Sentence:
        """Say in words of people and things what it is about; a read has no entries.

        It asks nobody: all that it names stands in `matter`.
        """
        raise NotImplementedError

    def subjects(self, data: Data, preview: PreviewModel | None) -> dict[str, str]:  # noqa: ARG002
        """Give the persons that it is about, by what they are there."""
        return {
            _role_in(name): value.person_uuid
            for name, value in data.items()
            if isinstance(value, PersonRecord) and value.person_uuid
        }

    def read_back(self, piggy: PiggyClient, entry: "Entry") -> Finding:  # noqa: ARG002
        """Find out at Piggy whether `entry`, whose answer was lost, was done.

        Raises:
            PiggyError: as the services do.
        """
        return Finding(verdict=Verdict.UNDECIDED, words=str(self.cannot_be_settled))

    @property
    def entity_label(self) -> Words:
        """What that which it is about is called, for people."""
        return self.entity

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.effect is Effect.READ

    @property
    def codename(self) -> str:
        """The permission's name within its app."""
        return "run_" + self.slug.replace("-", "_")

    @property
    def permission(self) -> str:
        """The permission as Django's checks want it."""
        return f"actions.{self.codename}"

    def is_allowed_for(self, person: User | AbstractBaseUser | AnonymousUser) -> bool:
        """Tell whether a person may do it."""
        return isinstance(person, User) and person.has_perm(self.permission)


class BackgroundOperation(Operation[Result, PreviewModel]):
    """One that sends nothing itself: what it begins is carried in the background, step by step.

    Its request and its entry lead to a page of their own, where it is decided about and followed.
    """

    is_watched = True
    is_deduplicated = False
    cannot_be_settled = _("Nothing is sent for it: what it begins stands in entries of its own.")
    # What is kept of it, by name.
    labels: ClassVar[Mapping[str, Words]]

    def page_of(self, entry: "Entry") -> str:
        """Lead to its page."""
        return self.page_of_request(entry.data)

    def field_label(self, name: str) -> Words:
        """Name what is kept of it."""
        return self.labels.get(name, "")


def _role_in(field: str) -> str:
    """Name what a contact is: `source_contact_uuid` is the source."""
    return field.removesuffix("contact_uuid").rstrip("_") or "contact"


# --- The registry ----------------------------------------------------------------------------

_operations: dict[str, Operation[Any, Any]] = {}


def add_operation(operation: Operation[Any, Any]) -> None:
    """Have the ledger know an operation by its slug."""
    _operations[operation.slug] = operation


def operations() -> list[Operation[Any, Any]]:
    """List all operations, by entity and then by slug."""
    return sorted(_operations.values(), key=lambda each: (each.entity, each.slug))


def get_operation(slug: str) -> Operation[Any, Any]:
    """Get one operation.

    Raises:
        KeyError: there is none of this slug.
    """
    return _operations[slug]


def find_operation(slug: str) -> Operation[Any, Any] | None:
    """Get one operation, of an entry that may be older than the console; None where it has gone."""
    return _operations.get(slug)


def watched_slugs() -> set[str]:
    """Name the operations that Piggy carries out after its answer."""
    return {each.slug for each in operations() if each.is_watched}


def permission_to_decide_about(slug: str) -> str:
    """Give the permission of those who settle what became of an operation's entries.

    They may do it themselves; of one that has gone, they read the ledger.
    """
    operation = find_operation(slug)
    return operation.permission if operation else READ_LEDGER
