"""A process with a console's settings: fills its queue, empties it, or has people clear it.

`take` prints which pairs those people got. Without a command it takes one after the other, each as
JSON in a line of its own, and prints a line when that is done.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.contacts.services import list_contacts  # noqa: E402
from piggyadmin.duplicates.mirror import store  # noqa: E402
from piggyadmin.duplicates.models import Decision, Pair  # noqa: E402
from piggyadmin.duplicates.review import queue  # noqa: E402
from piggyadmin.duplicates.review.filters import QueueFilter  # noqa: E402
from piggyadmin.piggy.client import piggy_client  # noqa: E402
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
        make_pair(rank=each / 100)


def fill_from_piggy(number: str) -> None:
    """Store so many pairs of contacts that Piggy has, the highest last, by other names; no more."""
    empty()
    contacts = list_contacts(piggy_client(), limit=2 * int(number)).items
    for each in range(int(number)):
        uuids = [contact.uuid for contact in contacts[2 * each : 2 * each + 2]]
        one, other = (make_contact(f"Mira{each} Jansen", uuid=uuid) for uuid in uuids)
        make_pair(one, other, rank=each / 100, credits=each)


def mirror() -> None:
    """Mirror the first contacts that Piggy has, by the names they have there."""
    empty()
    page = list_contacts(piggy_client(), limit=100)
    store.store(page.items, read_at=timezone.now())


def empty() -> None:
    """Remove all pairs, whom they are of, who is gone, and what was learned and decided."""
    store.empty()
    for model in (Pair, Decision):
        model._default_manager.all().delete()


def take(*people: str) -> None:
    """Have several people clear the queue at once."""
    with ThreadPoolExecutor(len(people)) as pool:
        taken = pool.map(take_all, people)
    sys.stdout.write(json.dumps([pk for of_one in taken for pk in of_one]))


def take_commands() -> None:
    """Do what is asked for until nobody can ask any more."""
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        COMMANDS[name](*arguments)
        connections.close_all()
        print(f"done: {name}", flush=True)


COMMANDS = {
    "fill": fill,
    "fill_from_piggy": fill_from_piggy,
    "empty": empty,
    "mirror": mirror,
    "take": take,
}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    else:
        take_commands()
