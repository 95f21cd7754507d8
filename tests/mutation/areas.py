"""What is mutated, and which tests have to notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """Some modules, as patterns of paths, and the tests that mirror them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


def entity(name: str) -> Area:
    """Give the services and the actions of an entity, and its tests."""
    home = f"piggyadmin/{name}"
    return Area((f"{home}/services.py", f"{home}/actions.py", f"{home}/actions/*.py"), (name,))


ENTITIES = (
    "credits",
    "vouchers",
    "bookings",
    "contacts",
    "products",
    "perks",
    "piggy_forms",
    "shops",
)
LEDGER_CORE = (
    "appending",
    "approvals",
    "conflicts",
    "hash_chain",
    "leases",
    "outcomes",
    "own_reference",
    "reconciliation",
    "reconciliation_evidence",
    "recovery",
    "retention",
    "writes",
)
AREAS = {name: entity(name) for name in ENTITIES} | {
    "merging": Area(
        ("piggyadmin/duplicates/merging/*.py", "piggyadmin/duplicates/merging/actions/*.py"),
        ("duplicates/merging",),
    ),
    "ledger": Area(tuple(f"piggyadmin/ledger/{name}.py" for name in LEDGER_CORE), ("ledger",)),
}
