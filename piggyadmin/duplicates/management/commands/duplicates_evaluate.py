"""Measure the search for duplicates on contacts of which it is known who they are."""

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from piggyadmin.duplicates.certain.measuring import measure
from piggyadmin.duplicates.certain.rules import Precision
from piggyadmin.duplicates.matching import evaluation
from piggyadmin.duplicates.matching.clusters import Links
from piggyadmin.duplicates.matching.evaluation import EvaluationResult, Labelled, Truth

_HEAD = (
    "| data | engine | contacts | duplicate pairs | best F1 | at | recall at precision 0.97 "
    "| proposed from | precision | recall | seconds of work |\n|" + "---|" * 11
)
_HEAD_OF_RULES = "| data | rule | pairs | right | precision |\n|---|---|---:|---:|---:|"
# Where a checkout has its generator of labelled contacts, and the library it is compared with.
_GENERATOR = "tests.duplicates.labelled"
_LIBRARY = "tests.duplicates.splinked"

type_of_engine = Callable[[list[Labelled]], tuple[Links, float]]


class Command(BaseCommand):
    """Print a table of figures, and per kind what was proposed."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take files, or what to generate."""
        parser.add_argument(
            "files",
            nargs="*",
            type=Path,
            help="labelled contacts (CSV, or JSON by line); a column `person` says who is who",
        )
        parser.add_argument("--contacts", type=int, nargs="*", default=[10_000])
        parser.add_argument("--habits", nargs="*", default=["judging", "crowded", "sparse"])
        parser.add_argument("--seed", type=int, nargs="*", default=[2026])
        parser.add_argument("--splink", action="store_true", help="also measure splink 5")
        parser.add_argument("--kinds", action="store_true", help="also print figures per kind")
        parser.add_argument("--certain", action="store_true", help="measure rules of certain pairs")
        parser.add_argument("--pairs", type=Path, help="write the pairs that were found to a file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure each set with each engine, or with each rule of certain pairs."""
        if options["certain"]:
            self._measure_rules(options)
            return
        engines: dict[str, type_of_engine] = {"piggyadmin": evaluation.search}
        if options["splink"]:
            engines["splink"] = _from_checkout(_LIBRARY).search
        self.stdout.write(_HEAD)
        details = []
        for name, contacts in self._sets(options):
            truth = Truth(contacts)
            for engine, search in engines.items():
                begun = time.process_time()
                links, threshold = search(contacts)
                seconds = time.process_time() - begun
                figures = truth.figures(links, threshold)
                self.stdout.write(_line(name, engine, figures, seconds))
                if engine == "piggyadmin":
                    details.append((name, truth.by_kind(links, threshold)))
                    _write(options["pairs"], links)
        if options["kinds"]:
            for name, kinds in details:
                self.stdout.write(_table_of_kinds(name, kinds))

    def _measure_rules(self, options: dict[str, Any]) -> None:
        """Print how often each rule was right on each set, and on all of them."""
        self.stdout.write(_HEAD_OF_RULES)
        totals: dict[str, Precision] = {}
        for name, contacts in self._sets(options):
            for slug, found in measure(contacts).items():
                self.stdout.write(_line_of_rule(name, slug, found))
                totals[slug] = totals.get(slug, Precision(0, 0)).plus(found)
        for slug, found in totals.items():
            self.stdout.write(_line_of_rule("all", slug, found))

    @staticmethod
    def _sets(options: dict[str, Any]) -> Iterator[tuple[str, list[Labelled]]]:
        """Read the files, or generate contacts."""
        for path in options["files"]:
            yield path.stem, _read(path)
        if options["files"]:
            return
        generator = _from_checkout(_GENERATOR)
        wanted = product(options["contacts"], options["habits"], options["seed"])
        for number, habits, seed in wanted:
            yield f"{habits}, seed {seed}", generator.contacts(number, habits, seed)


def _read(path: Path) -> list[Labelled]:
    try:
        return list(evaluation.read(path))
    except (OSError, KeyError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error!r}") from error


def _from_checkout(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise CommandError(
            "This needs a checkout with its test tools (`make test` installs them): "
            "or name files of labelled contacts."
        ) from error


def _line(name: str, engine: str, figures: EvaluationResult, seconds: float) -> str:
    return (
        f"| {name} | {engine} | {figures.contacts:,} | {figures.duplicates:,} "
        f"| {figures.best_f1:.3f} | {figures.best_at:.2f} | {figures.recall_when_precise:.3f} "
        f"| {figures.threshold:.2f} | {figures.precision:.3f} | {figures.recall:.3f} "
        f"| {seconds:.1f} |"
    )


def _line_of_rule(name: str, slug: str, found: Precision) -> str:
    return f"| {name} | {slug} | {found.pairs:,} | {found.right:,} | {found.share:.4f} |"


def _table_of_kinds(name: str, kinds: dict[str, tuple[int, int]]) -> str:
    lines = [f"\n{name}\n\n| kind | proposed | of | share |\n|---|---|---|---|"]
    for kind, (proposed, all_) in sorted(kinds.items()):
        lines.append(f"| {kind} | {proposed:,} | {all_:,} | {proposed / max(all_, 1):.1%} |")
    return "\n".join(lines)


def _write(path: Path | None, links: Links) -> None:
    """Write pairs of row numbers (from 0) and their probability."""
    if path:
        rows = zip(*(column.tolist() for column in links), strict=True)
        lines = (f"{one},{other},{probability:.6f}\n" for one, other, probability in rows)
        path.write_text("one,other,probability\n" + "".join(lines))
