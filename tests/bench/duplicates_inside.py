"""Fills a database for the bench of the duplicates: `python -m tests.bench.duplicates_inside`.

Runs in a process of its own, whose environment names the database.
"""

import os

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from piggyadmin.duplicates.matching.normalisation import keys  # noqa: E402
from piggyadmin.duplicates.matching.search import Search  # noqa: E402
from piggyadmin.duplicates.matching.table import Table  # noqa: E402
from piggyadmin.duplicates.review import learned_model  # noqa: E402
from tests.duplicates import labelled  # noqa: E402

CONTACTS = int(os.environ.get("BENCH_CONTACTS", "1000000"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "100000"))

# How a database counts, and writes what others write in another way.
DIALECTS = {
    "sqlite": {
        "numbers": "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < "
        "{rows} - 1) SELECT n FROM c)",
        # To the microsecond, as Django writes moments: they are compared as texts.
        "minutes": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ({n}) || ' minutes')",
        "hex": "printf('%0{digits}x', {n})",
        "true": "1",
        "real": "({n})",
        "between": "char(31)",
    },
    "postgresql": {
        "numbers": "(SELECT n::bigint FROM generate_series(0, {rows} - 1) AS t(n)) AS counted",
        "minutes": "now() - ({n}) * interval '1 minute'",
        "hex": "lpad(to_hex({n}), {digits}, '0')",
        "true": "TRUE",
        "real": "({n})::float8",
        "between": "chr(31)",
    },
}
DIALECT = DIALECTS[connection.vendor]


def numbers(rows: int) -> str:
    """Give a table of the numbers from 0, called n."""
    return DIALECT["numbers"].format(rows=rows)


def minutes_ago(number: str) -> str:
    """Write a moment."""
    return DIALECT["minutes"].format(n=number)


def in_hex(number: str, digits: int) -> str:
    """Write a number with so many hexadecimal digits."""
    return DIALECT["hex"].format(n=number, digits=digits)


def uuid(number: str) -> str:
    """Name a contact; of two neighbours the smaller number has the smaller name."""
    spread = in_hex(f"({number}) / 4 * 40503 % 1000003", 8)
    return f"{spread} || '-0000-4000-8000-' || {in_hex(number, 12)}"


# Mailbox, what stands before the @, telephone, names, date of birth, street, postcode and suffix.
NORMALISED = f" || {DIALECT['between']} || ".join(
    (
        "'voor' || (n * 31 % 700) || '.naam' || n || '@example.test'",
        "'voor' || (n * 31 % 700) || 'naam' || n",
        "'31 6' || (n * 7919 % 100000000)",
        "'voor' || (n * 31 % 700)",
        "'naam' || (n * 37 % 9973)",
        "'1980-01-01'",
        "'str ' || (n % 200)",
        "''",
        "''",
    )
)


# Numbers that share no factor spread what is in the rows.
def mirrored(contacts: int) -> str:
    """Make up contacts."""
    return f"""
        INSERT INTO duplicates_mirroredcontact (uuid, email, firstname, lastname, phonenumber,
            birthdate, address, identifier, is_anonymous, created_at, last_transaction_at, credits,
            prepaid_cents, normalised, fingerprint, is_compared, search, search_text)
        SELECT {uuid("n")}, 'voor' || (n * 31 % 700) || '.naam' || n || '@example.test',
            'Voor' || (n * 31 % 700), 'Naam' || (n * 37 % 9973), '06' || (n * 7919 % 100000000),
            '1980-01-01', 'Straat ' || (n % 200), 'CARD-' || n, n % 40 = 1, {minutes_ago("n")},
            {minutes_ago("n * 7 % 900000")}, n * 17 % 900, 0, {NORMALISED}, {in_hex("n", 32)},
            {DIALECT["true"]}, 1,
            ' voor' || (n * 31 % 700) || ' naam' || (n * 37 % 9973) || ' '
        FROM {numbers(contacts)}
    """  # noqa: S608


def clusters(pairs: int) -> str:
    """Make up clusters: one in thirty pairs hangs together with the two after it."""
    return f"""
        INSERT INTO duplicates_cluster (id, size, weakest, credits)
        SELECT n + 1, 3 + n % 3, 0.9, n * 31 % 5000 FROM {numbers(pairs // 30 + 1)}
    """  # noqa: S608


PROBABILITY = DIALECT["real"].format(n="0.5 + n * 7919 % 5000 / 10000.0")
CREDITS = "CASE WHEN n % 3 = 0 THEN 0 ELSE n * 104729 % 2000 END"


def neighbours(pairs: int, contacts: int, status: str, shift: int) -> str:
    """Make up pairs of a status, each of two neighbours; `shift` keeps them apart from others."""
    first = f"(n % {contacts // 4} * 4 + {shift})"
    return f"""
        INSERT INTO duplicates_pair (first, second, probability, first_fingerprint,
            second_fingerprint, credits, last_transaction_at, has_anonymous, is_proposed, rank,
            cluster_id, status, found_at, held_by_name, search)
        SELECT {uuid(first)}, {uuid(first + " + 1")}, {PROBABILITY}, {in_hex(first, 32)},
            {in_hex(first + " + 1", 32)}, {CREDITS},
            CASE WHEN n % 5 > 0 THEN {minutes_ago("n * 7 % 900000")} END, n % 40 = 0,
            {PROBABILITY} >= 0.9, {PROBABILITY} + ({CREDITS}) / 10000.0,
            CASE WHEN n % 30 < 3 THEN n / 30 + 1 END, '{status}', {minutes_ago("n * 5 % 500000")},
            '', 1
        FROM {numbers(pairs)}
    """  # noqa: S608


DECISION = f"""
    INSERT INTO duplicates_decision (at, first, second, kind, first_fingerprint,
        second_fingerprint, probability, evidence, person_id, person_name, comment)
    SELECT {minutes_ago("id * 11 % 500000")}, first, second,
        CASE WHEN id % 3 = 0 THEN 'merge' ELSE 'dismiss' END, first_fingerprint,
        second_fingerprint, probability,
        '[{{"code": "phone-same", "words": "same phone", "bits": 9.5}}]', id % 5 + 1, 'Somebody', ''
    FROM duplicates_pair WHERE status = 'dismissed'
"""  # noqa: S608


def statements(contacts: int, pairs: int) -> list[str]:
    """Write what fills the tables; as many pairs as are open have been dismissed before."""
    return [
        mirrored(contacts),
        clusters(pairs),
        neighbours(pairs, contacts, "open", 0),
        neighbours(pairs, contacts, "dismissed", 2),
        DECISION,
    ]


def learn() -> None:
    """Have something learned, so that pairs can be weighed."""
    contacts = labelled.contacts(5_000, "crowded", 1)
    engine = Search(Table((each.normalised, keys(each.normalised)) for each in contacts))
    learned_model.keep(engine, engine.find())


def main() -> None:
    """Fill everything."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -400000")
        with transaction.atomic():
            for statement in statements(CONTACTS, PAIRS):
                cursor.execute(statement)
        learn()
        if connection.vendor == "postgresql":
            # As the database itself does sooner or later, and would while pages are timed.
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
