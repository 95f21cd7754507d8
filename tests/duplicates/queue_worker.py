"""One process of several whose people clear the same queue; prints which pairs they got."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connections  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.duplicates import queue  # noqa: E402
from piggyadmin.duplicates.queue_filter import QueueFilter  # noqa: E402
from tests.duplicates.pairs import make_pair  # noqa: E402


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


def main(what: str, *arguments: str) -> None:
    if what == "fill":
        for number in range(int(arguments[0])):
            make_pair(rank=number / 100)
        return
    with ThreadPoolExecutor(len(arguments)) as pool:
        taken = pool.map(take_all, arguments)
    sys.stdout.write(json.dumps([pk for of_one in taken for pk in of_one]))


if __name__ == "__main__":
    main(*sys.argv[1:])
