"""A process that gives credits from several threads, until its input ends.

Run as `python -m tests.faults.writer`. It writes as pages do: what cannot be asked for because the
database is away fails, and the next one is tried. Each gives another number of credits, by which
the test tells them apart. It goes on living until it is killed, as a web server does.
"""

import itertools
import sys
import threading
import time
from uuid import uuid4

THREADS = 4
# Once the database is away, so long until the next one asks.
PAUSE_SECONDS = 0.1


class Writer:
    """Gives credits to one contact, in numbers that never come twice."""

    def __init__(self, contact_uuid: str, shop_uuid: str) -> None:
        self.contact_uuid, self.shop_uuid = contact_uuid, shop_uuid
        self.numbers = itertools.count(1)
        self.is_ending = threading.Event()

    def give(self, number: int) -> None:
        """Give so many credits, as a page does."""
        from django.db import DatabaseError, InterfaceError, connection  # noqa: PLC0415

        from piggyadmin.accounts.models import User  # noqa: PLC0415  (needs Django set up)
        from piggyadmin.actions.registry import get_action  # noqa: PLC0415
        from piggyadmin.contacts.types import Contact  # noqa: PLC0415
        from piggyadmin.ledger import writes  # noqa: PLC0415
        from piggyadmin.piggy.client import piggy_client  # noqa: PLC0415

        data = {
            "contact_uuid": Contact(uuid=self.contact_uuid),
            "shop_uuid": self.shop_uuid,
            "credits": number,
            "unit_value": None,
            "unit_name": "",
        }
        try:
            request = writes.WriteRequest(
                action=get_action("create-credit-reception"),
                person=User.objects.get(username="writer"),
                data=data,
                submission_key=uuid4(),
            )
            writes.carry_out(piggy_client(), request)
        except (DatabaseError, InterfaceError):
            time.sleep(PAUSE_SECONDS)
        finally:
            connection.close()

    def keep_giving(self) -> None:
        """Give again and again."""
        while not self.is_ending.is_set():
            self.give(next(self.numbers))


def main(contact_uuid: str, shop_uuid: str) -> None:
    """Write until the input ends, then stay."""
    import django  # noqa: PLC0415

    django.setup()
    from piggyadmin.accounts.models import User  # noqa: PLC0415

    User.objects.get_or_create(username="writer", is_superuser=True)
    writer = Writer(contact_uuid, shop_uuid)
    threads = [threading.Thread(target=writer.keep_giving, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    writer.is_ending.set()
    for thread in threads:
        thread.join()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
