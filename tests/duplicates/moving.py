"""A contact list in memory that moves while it is read, of accounts that know more or less."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from piggyadmin.piggy.client import Envelope
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def uuid_of(number: int) -> str:
    return str(UUID(int=number))


def contact(number: int, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """Make a contact as Piggy would write it."""
    created_at = (at or BEGIN + timedelta(minutes=number)).isoformat()
    return {
        "uuid": uuid_of(number),
        "email": f"c{number}@example.test",
        "credit_balance": {"balance": number},
        "prepaid_balance": {"balance_in_cents": 0},
        "current_values": {"firstname": "Mira", "created_at": created_at, **values},
    }


@dataclass
class MovingList:
    """Stands for the client, and answers the two calls that a sweep makes."""

    contacts: list[dict[str, Any]]
    knows_sort: bool = True
    knows_filter: bool = True
    refuses_unknown: bool = False
    tells_last_page: bool = True
    newest_first: bool = False
    cap: int = 100
    # Called before each page is answered, and before the answer is handed over.
    meanwhile: Callable[["MovingList"], object] = lambda _: None
    on_the_way: Callable[["MovingList"], object] = lambda _: None
    # Called before one contact is answered.
    before_one: Callable[[str], object] = lambda _: None
    # Contacts that are not in the list, but are there when asked for.
    hidden: list[dict[str, Any]] = field(default_factory=list)
    # Whom Piggy answers instead, by the UUID that is asked for.
    survivors: dict[str, str] = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    def get(self, path: str, *, params: dict[str, Any] | None = None) -> Envelope:
        """Answer `contacts` or `contacts/{uuid}`."""
        if path != "contacts":
            return self._one(path.removeprefix("contacts/"))
        self.meanwhile(self)
        asked = params or {}
        self.pages.append(asked)
        answer = self._page(**{name.partition("[")[0]: value for name, value in asked.items()})
        self.on_the_way(self)
        return answer

    def _one(self, uuid: str) -> Envelope:
        self.asked_for.append(uuid)
        self.before_one(uuid)
        for each in self.contacts + self.hidden:
            if each["uuid"] == self.survivors.get(uuid, uuid):
                return Envelope(data=each)
        raise NotFound(code=ErrorCode.CONTACT_NOT_FOUND)

    def _page(
        self, page: int, limit: int, sort: str | None = None, created_at: str | None = None
    ) -> Envelope:
        if self.refuses_unknown and (sort or created_at):
            raise Rejected(code=ErrorCode.INVALID_INPUT)
        rows = self.contacts[::-1] if self.newest_first else self.contacts
        if sort and self.knows_sort:
            rows = sorted(self.contacts, key=_created_at)
        if created_at and self.knows_filter:
            rows = [each for each in rows if _created_at(each) >= created_at]
        size = min(limit, self.cap)
        start = (page - 1) * size
        meta = {"page": page, "limit": str(size)}
        if self.tells_last_page:
            meta |= {"last_page": max(1, -(-len(rows) // size)), "total": len(rows)}
        return Envelope(data=rows[start : start + size], meta=meta)

    def remove(self, *numbers: int) -> None:
        gone = {uuid_of(number) for number in numbers}
        self.contacts = [each for each in self.contacts if each["uuid"] not in gone]

    def add(self, *numbers: int) -> None:
        self.contacts += [contact(number) for number in numbers]

    @property
    def uuids(self) -> set[str]:
        return {each["uuid"] for each in self.contacts}


def _created_at(each: dict[str, Any]) -> str:
    return str(each["current_values"].get("created_at", ""))


def moving(number: int, **options: Any) -> MovingList:
    """Give a list of so many contacts."""
    return MovingList([contact(each) for each in range(1, number + 1)], **options)
