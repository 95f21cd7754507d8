"""What of the benchmark of the ledger runs inside Django: `python -m tests.bench.ledger_inside`.

The settings in the environment say which database and which sandbox.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

import django
import redis

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.actions.registry import get_action  # noqa: E402
from piggyadmin.contacts.services import resolve_contact  # noqa: E402
from piggyadmin.ledger import writes as ledger  # noqa: E402
from piggyadmin.piggy.client import piggy_client  # noqa: E402
from piggyadmin.piggy.throttle import DatabaseThrottle, RedisThrottle, TokenBucket  # noqa: E402
from piggyadmin.request_log.recorder import Recorder, recorder_from_settings  # noqa: E402
from piggyadmin.sandbox import seed  # noqa: E402
from tests.bench import ledger_chain  # noqa: E402
from tests.bench.ledger_timing import MISSED, line, seconds  # noqa: E402
from tests.bench.look_ups import report  # noqa: E402

PAIRS = 60
WARM_UP = 5
TURNS = 500
MOST_ADDED_MS = 10
REDIS_URL = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/15")


# --- Writes ----------------------------------------------------------------------------------


def writes(database: str) -> None:
    """Compare giving credits through the ledger with the service's call alone, pair by pair.

    Each begins when the request log has written what it has: that is done beside every call alike.
    """
    piggy, action = piggy_client(), get_action("create-credit-reception")
    person = User.objects.get(username="staff")
    contact = resolve_contact(piggy, query="mira.jansen@example.test")

    def data(number: int) -> dict[str, Any]:
        what = {"credits": number, "unit_value": None, "unit_name": ""}
        return {"contact_uuid": contact, "shop_uuid": seed.AMSTERDAM_UUID, **what}

    def through_ledger(number: int) -> None:
        request = ledger.WriteRequest(
            action=action, person=person, data=data(number), submission_key=uuid4()
        )
        outcome = ledger.carry_out(piggy, request)
        assert outcome.result, outcome.error

    pairs, work = [], []
    for number in range(1, WARM_UP + PAIRS + 1):
        kept, own = timed(partial(through_ledger, number))
        alone, bare = timed(partial(action.perform, piggy, data(number)))
        pairs.append((kept, alone))
        work.append(own - bare)
    kept_times, alone_times = zip(*pairs[WARM_UP:], strict=True)
    report(
        f"giving credits, {database}",
        ("through the ledger", list(kept_times)),
        ("the call alone", list(alone_times)),
    )
    added = median(one - other for one, other in pairs[WARM_UP:]) * 1000
    is_met = added <= MOST_ADDED_MS
    print(f"  {'at most' if is_met else 'TOO SLOW: more than'} {MOST_ADDED_MS} ms")
    print(f"  of that this process's own work, not waiting: {median(work[WARM_UP:]) * 1000:.2f} ms")
    if not is_met:
        sys.exit(MISSED)


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Give the seconds that a call takes, and how many of them this thread works."""
    if isinstance(recorder := recorder_from_settings(), Recorder):
        recorder.wait(10)
    begun = time.thread_time()
    return seconds(call), time.thread_time() - begun


# --- The throttle ----------------------------------------------------------------------------


def throttles(database: str) -> None:
    """Time a turn with each throttle, as long as there is room and nobody has to wait."""
    figures = {"calls_per_second": 1_000_000.0, "burst": 1_000_000}
    name = f"bench-{uuid4()}"
    print(f"\na turn of the throttle, {TURNS} turns")
    print(line(database, turns(DatabaseThrottle(name, **figures))))
    if connection.vendor == "postgresql":
        return
    client = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError:
        print(f"  no Redis at {REDIS_URL}: not measured there")
        return
    print(line("Redis", turns(RedisThrottle(name, client=client, **figures))))
    client.delete(f"piggyadmin:bucket:{name}")


def turns(throttle: TokenBucket) -> list[float]:
    """Take turns, after a few that are not counted."""
    return [seconds(throttle.take) for _ in range(WARM_UP + TURNS)][WARM_UP:]


# --- A million rows --------------------------------------------------------------------------

# One row a minute, backwards from now. Numbers that share no factor spread what is in them.
ACTIONS = (
    "CASE WHEN n % 100 < 80 THEN 'create-credit-reception' "
    "WHEN n % 100 < 90 THEN 'create-booking' WHEN n % 100 < 95 THEN 'create-vouchers-batch' "
    "WHEN n % 100 < 99 THEN 'update-contact-identifiers' ELSE 'merge-contacts' END"
)
ENTITIES = (
    "CASE WHEN n % 100 < 80 THEN 'credits' WHEN n % 100 < 90 THEN 'bookings' "
    "WHEN n % 100 < 95 THEN 'vouchers' ELSE 'contacts' END"
)
# A few unknown ones, of long ago and never of a merge; one in fifty rejected.
STATES = (
    "CASE WHEN n < 1000 AND n % 100 = 7 THEN 'unknown' "
    "WHEN (n / 7) % 50 = 3 THEN 'rejected' ELSE 'done' END"
)
REASONS = "CASE WHEN n % 3 = 0 THEN 'Goodwill' WHEN n % 3 = 1 THEN 'Campaign' ELSE '' END"
PERSONS = "1 + (n / 3) % 5"
ENTRY = f"""
    INSERT INTO actions_entry (id, created_at, person_id, person_name, action, entity, likeness,
        reason, comment, repeat_of, data, preview, trace_id, submission_key)
    SELECT {{id}}, {{at}}, {PERSONS}, 'Somebody', {ACTIONS}, {ENTITIES}, {{hash}}, {REASONS},
        'Spilt coffee.', NULL, {{data}}, NULL, {{hash}}, {{key}}
    FROM {{numbers}}
"""  # noqa: S608
SUBJECT = """
    INSERT INTO actions_subject (entry_id, contact_uuid, role)
    SELECT {id}, 'contact-' || (n % 20000 * 7919 % 20000), 'contact' FROM {numbers}
"""
STANDING = f"""
    INSERT INTO actions_standing (entry_id, state, is_followed, is_flagged, updated_at, asked_at,
        person_id, action, entity, reason, owner, lease_until)
    SELECT {{id}}, {STATES}, {{false}}, {{false}}, {{at}}, {{at}}, {PERSONS}, {ACTIONS},
        {ENTITIES}, {REASONS}, '', NULL FROM {{numbers}}
"""  # noqa: S608
# As forms give it: other figures and another customer in each.
DATA = (
    """CAST('{{"credits": ' || (n % 40 + 1) || ', "shop_uuid": "b6a7", "contact_uuid": "contact-'"""
    """ || (n % 20000 * 7919 % 20000) || '"}}' AS JSONTYPE)"""
)
DIALECTS = {
    "sqlite": {
        "numbers": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < "
        "{rows}) SELECT n FROM c)",
        # To the microsecond, as Django writes moments: they are compared as texts.
        "at": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ({rows} - n) || ' minutes')",
        "hash": "printf('%064x', n)",
        "key": "lower(hex(randomblob(16)))",
        "false": "0",
        "data": DATA.replace("JSONTYPE", "text"),
    },
    "postgresql": {
        "numbers": "generate_series(1, {rows}) AS t(n)",
        "at": "now() - ({rows} - n) * interval '1 minute'",
        "hash": "lpad(to_hex(n), 64, '0')",
        "key": "gen_random_uuid()",
        "false": "FALSE",
        "data": DATA.replace("JSONTYPE", "jsonb"),
    },
}
# Entries that the other measurements made stand before these.
FIRST_ID = 10_000_000


def fill(rows: str) -> None:
    """Add rows, which the guards allow, without events: no list looks at them."""
    dialect = {
        name: text.format(rows=rows) for name, text in DIALECTS[connection.vendor].items()
    } | {"id": f"n + {FIRST_ID}"}
    with connection.cursor() as cursor:
        for statement in (ENTRY, SUBJECT, STANDING):
            cursor.execute(statement.format(**dialect))
        if connection.vendor == "postgresql":
            # As the database itself does sooner or later.
            cursor.execute("ANALYZE")


def fill_chain(rows: str) -> None:
    """Add entries that verify."""
    ledger_chain.fill(int(rows))


if __name__ == "__main__":
    assert settings.PIGGY_API_URL, "started by tests.bench.ledger"
    {"writes": writes, "throttles": throttles, "fill": fill, "chain": fill_chain}[sys.argv[1]](
        sys.argv[2]
    )
