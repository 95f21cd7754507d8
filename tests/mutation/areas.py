"""What is mutated, and which tests have to notice."""

from dataclasses import dataclass
from pathlib import Path

from tests.sandbox.server import ROOT


@dataclass(frozen=True)
class Area:
    """Some modules, as patterns of paths, and the tests that mirror them or state their words."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


SENTENCES, RECORDS = "ledger/test_sentences.py", "actions/test_records.py"

# These entities' records are made, changed and deleted as those of all others are.
HAVE_RECORDS = dict.fromkeys(("credits", "vouchers", "products", "perks", "rewards"), (RECORDS,))


def entity(name: str) -> Area:
    """Give the services and the actions of an entity, and its tests."""
    home = f"piggyadmin/{name}"
    modules = (f"{home}/services.py", f"{home}/actions.py", f"{home}/actions/*.py")
    return Area(modules, (name, SENTENCES, *HAVE_RECORDS.get(name, ())))


ENTITIES = (
    "credits",
    "vouchers",
    "bookings",
    "contacts",
    "products",
    "perks",
    "piggy_forms",
    "shops",
    "giftcards",
    "orders",
    "rewards",
    "prepaid",
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
        ("duplicates/merging", SENTENCES),
    ),
    "ledger": Area(
        tuple(f"piggyadmin/ledger/{name}.py" for name in LEDGER_CORE),
        ("ledger/test_permissions.py", *(f"ledger/test_{name}.py" for name in LEDGER_CORE)),
    ),
}


def area_named(name: str) -> Area:
    """Give an area; of one such as `ledger/writes` just that module, with what mirrors it."""
    name, _, module = name.partition("/")
    whole = AREAS[name]
    if not module:
        return whole
    sources = [path for pattern in whole.sources for path in ROOT.glob(pattern)]
    places = [ROOT / "tests" / each for each in whole.tests]
    files = [file for place in places for file in (place, *place.rglob("test_*.py"))]
    mirrors = {str(file.relative_to(ROOT / "tests")) for file in files if _mirrors(file, module)}
    return Area(
        tuple(str(path.relative_to(ROOT)) for path in sources if path.stem == module),
        tuple(sorted(mirrors)) or whole.tests,
    )


def _mirrors(file: Path, module: str) -> bool:
    """Tell whether a file's tests are those of a module, or of a part of it."""
    return file.match(f"test_{module}*.py")
