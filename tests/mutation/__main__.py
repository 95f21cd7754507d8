"""Changes the code in small ways, one at a time, and counts which changes the tests notice.

`python -m tests.mutation credits vouchers --sample 100` tries a hundred changes of each of two
areas, the same ones each time and others with another `--seed`; without a sample it tries all.
mutmut makes the changes; it leaves out what stands outside of functions and in decorated ones, such
as properties. Here words for people are left out too: `tests/test_messages.py` looks after them.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutmut.configuration import reset_config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

from tests.mutation.areas import AREAS, Area, area_named
from tests.sandbox.server import ROOT, SandboxServer

HOME = ROOT / "var" / "mutation"
BIN = Path(sys.executable).parent
LINKED = ("piggyadmin", "tests", "templates", "static", "locale", "docs", "manage.py")
# Sentences, whether on the line of their call or on one of their own.
WORDS = (r"\b(n?p?gettext|_)\(", r'^\s+"[^"]* [^"]*"[,)]?$')
# To look for garbage at the end of each run takes longer than many tests.
PYTEST = ["--reuse-db", "-n", "0", "-p", "no:unraisableexception", "-p", "tests.mutation.plugin"]
NOTICED = {"killed", "timeout", "suspicious", "segfault", "caught by type check"}


def main() -> None:
    """Run the areas that were named, or all, and print what was noticed."""
    parser = argparse.ArgumentParser(prog="make mutation")
    parser.add_argument("areas", nargs="*", metavar="area")
    parser.add_argument("--sample", type=int, help="so many mutants of each area, not all")
    parser.add_argument("--seed", type=int, default=1, help="which ones the sample is made of")
    options = parser.parse_args()
    with SandboxServer() as sandbox, tempfile.TemporaryDirectory() as data:
        environment = os.environ | {
            "PIGGYADMIN_TESTS_SANDBOX_PORT": str(sandbox.port),
            "PIGGYADMIN_TESTS_DATA_DIR": data,
        }
        make_databases(environment, Path(data))
        for name in options.areas or AREAS:
            try_area(name, environment, sample=options.sample, seed=options.seed)


def make_databases(environment: dict[str, str], data: Path) -> None:
    """Make the tests' databases once: to make them anew takes longer than most tests."""
    pytest = [BIN / "pytest", "-q", "--create-db", "--reuse-db", "tests/accounts/test_roles.py"]
    subprocess.run(pytest, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    made = data / "test.sqlite3"
    shutil.copy(made, made.with_name(f"{made.name}.kept"))


def try_area(name: str, environment: dict[str, str], *, sample: int | None, seed: int) -> None:
    """Mutate the modules of an area in a place of its own, and print its score."""
    area, place = area_named(name), HOME / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for linked in LINKED:
        (place / linked).symlink_to(ROOT / linked)
    (place / "pyproject.toml").write_text(configuration(area))
    os.chdir(place)
    reset_config()
    names = [each for path in sources(area) for each in mutants(path)]
    if sample is not None and sample < len(names):
        names = random.Random(seed).sample(names, sample)
    package = ".".join(sources(area)[0].parent.parts).removesuffix(".actions")
    subprocess.run(
        [BIN / "mutmut", "run", "--max-children", "1", *names],
        env=environment | {"PIGGYADMIN_MUTATED": package},
        check=True,
    )
    report(place)


def configuration(area: Area) -> str:
    """Write the project's own configuration with mutmut's for an area."""
    words = ", ".join(f"'{pattern}'" for pattern in WORDS)
    tests = [f"tests/{path}" for path in area.tests]
    return f"""{(ROOT / "pyproject.toml").read_text()}
[tool.mutmut]
source_paths = ["piggyadmin"]
only_mutate = {json.dumps(area.sources)}
also_copy = {json.dumps(LINKED[2:])}
do_not_mutate_patterns = [{words}]
pytest_add_cli_args = {json.dumps(PYTEST)}
pytest_add_cli_args_test_selection = {json.dumps(tests)}
process_isolation = "forkserver"
track_dependencies = false
timeout_constant = 10.0
"""


def sources(area: Area) -> list[Path]:
    """List the modules of an area."""
    return sorted(path.relative_to(ROOT) for pattern in area.sources for path in ROOT.glob(pattern))


def mutants(path: Path) -> list[str]:
    """Name the mutants of a module."""
    mutated = mutate_file_contents(str(path), path.read_text())
    return [get_mutant_name(path, name) for name in mutated.mutant_names]


def report(place: Path) -> None:
    """Print how many of each module's mutants were noticed, and which were not."""
    total: Counter[bool] = Counter()
    for path, statuses in verdicts(place):
        noticed = Counter(status in NOTICED for status in statuses.values())
        total += noticed
        print(f"{share(noticed)}  {path}")
        for name, status in sorted(statuses.items()):
            if status not in NOTICED:
                print(f"         {status}: {name}")
    print(f"{share(total)}  {place.name}")


def verdicts(place: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give what became of those mutants of each module that were tried."""
    mutants = place / "mutants"
    for path in sorted(mutants.rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        tried = {
            name: status_by_exit_code[code] for name, code in codes.items() if code is not None
        }
        if tried:
            yield path.relative_to(mutants).with_suffix(""), tried


def share(noticed: Counter[bool]) -> str:
    """Write how many were noticed of how many, and the percentage."""
    tried = noticed.total()
    return f"{noticed[True]:4} of {tried:4}, {100 * noticed[True] / tried:5.1f} %"


if __name__ == "__main__":
    main()
