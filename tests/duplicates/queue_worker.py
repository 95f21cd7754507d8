"""A process with a console's settings: fills its queue, empties it, or has people clear it.

`take` prints which pairs those people got.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connections  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.duplicates import queue  # noqa: E402
from piggyadmin.duplicates.models import Decision, MirroredContact, Pair  # noqa: E402
from piggyadmin.duplicates.queue_filter import QueueFilter  # noqa: E402
from tests.duplicates.pairs import make_contact, make_pair  # noqa: E402


def take_all(name: str) -> list[int]:
    """Take one pair after the other, without deciding, until there is none that one has not."""
    person = User.objects.create(username=name)
    taken: list[int] = []
    pair = None
    try:
        while pair := queue.next_pair(person, QueueFilter({}), pair):
            # After the last one it begins anew with what one holds already.
            if pair.pk in taken:
                break
            taken.append(pair.pk)
        return taken
    finally:
        connections.close_all()


def fill(number: str) -> None:
    """Store so many pairs, the highest last."""
    for each in range(int(number)):
        one, other = make_contact(f"Mira{each} Jansen"), make_contact(f"Mirra{each} Jansen")
        make_pair(one, other, rank=each / 100, credits=each)


def empty() -> None:
    """Remove all pairs, whom they are of, and what was decided."""
    for model in (Pair, Decision, MirroredContact):
        model._default_manager.all().delete()


def take(*people: str) -> None:
    """Have several people clear the queue at once."""
    with ThreadPoolExecutor(len(people)) as pool:
        taken = pool.map(take_all, people)
    sys.stdout.write(json.dumps([pk for of_one in taken for pk in of_one]))


if __name__ == "__main__":
    {"fill": fill, "empty": empty, "take": take}[sys.argv[1]](*sys.argv[2:])
