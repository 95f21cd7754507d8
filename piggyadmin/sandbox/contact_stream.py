"""A stream of believable contacts of a loyalty programme: Dutch, German and British people.

About 8 in 100 contacts are a second contact of somebody earlier, as in real programmes, and
about 6 in 100 merely look so: couples, families, namesakes. The same seed and day give the same
people, and the first thousand of a hundred thousand are the same as a thousand.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count, islice
from random import Random

from piggyadmin.sandbox.contact_factory import (
    Mailboxes,
    Person,
    anonymous_person,
    happens,
    new_person,
)
from piggyadmin.sandbox.duplicate_factory import Doubles

SHARE_OF_DUPLICATES = 0.08
SHARE_OF_LOOK_ALIKES = 0.06
SHARE_OF_ANONYMOUS = 0.02

_REMEMBERED = 1_000  # contacts of whom there may yet be another one
_SHARE_FOUND_ONCE = 0.8  # of the duplicated, those who get no third contact


class _Pool:
    """A fair sample of the people so far, of bounded size."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.people: list[Person] = []

    def add(self, person: Person) -> None:
        """Remember somebody, in the place of somebody else when full."""
        if len(self.people) < _REMEMBERED:
            self.people.append(person)
        else:
            self.people[self.rng.randrange(_REMEMBERED)] = person

    def pick(self, *, keep: float) -> Person:
        """Give somebody, who stays available with the probability `keep`."""
        at = self.rng.randrange(len(self.people))
        person = self.people[at]
        if not happens(self.rng, keep):
            self.people[at] = self.people[-1]
            self.people.pop()
        return person


def people(contacts: int, *, seed: int, today: date, taken: Iterable[str] = ()) -> Iterator[Person]:
    """Give so many contacts, made one by one.

    `today` is the day after the newest joined, and nobody gets one of the `taken` addresses.
    """
    mailboxes = Mailboxes()
    for email in taken:
        mailboxes.take(email)
    return islice(_stream(Random(f"people {seed}"), mailboxes, today), contacts)  # noqa: S311


def _stream(rng: Random, mailboxes: Mailboxes, today: date) -> Iterator[Person]:
    pool = _Pool(rng)
    doubles = Doubles(rng, mailboxes, today)
    look_alikes = SHARE_OF_DUPLICATES + SHARE_OF_LOOK_ALIKES
    for number in count():
        chance = rng.random()
        if pool.people and chance < SHARE_OF_DUPLICATES:
            yield doubles.duplicate(pool.pick(keep=1 - _SHARE_FOUND_ONCE), number)
        elif pool.people and chance < look_alikes:
            yield doubles.look_alike(pool.pick(keep=0.9), number)
        elif chance < look_alikes + SHARE_OF_ANONYMOUS:
            yield anonymous_person(rng, number, today)
        else:
            person = new_person(rng, number, mailboxes, today)
            if person.firstname and person.lastname:  # who else could be told from others?
                pool.add(person)
            yield person
