"""The matrix as a table: an action a row, a fault a column."""

from typing import Any

PROPERTY = "fault matrix"
LEGEND = """\
D    done                                R    rejected: nothing was sent, or Piggy said no
?D   unknown, then found to be done      ?N   unknown, then found not to be done
N    never sent, as recovery found       ??   unknown, and Piggy cannot be asked: a person decides
E    a look-up: the error was told       P    stopped, and done after a person let it go on
!    wrong
"""

# Ends the name of a row whose writes carry no reference of the console's own.
WITHOUT = ", no reference"
SETTLED, LEFT = ("?D", "?N"), "??"

Cells = dict[str, dict[str, str]]


def cells_of(stats: dict[str, list[Any]]) -> Cells:
    """Collect what the tests found from their reports, wherever they ran."""
    return {
        value["action"]: value["cells"]
        for reports in stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    }


def drawn(rows: Cells) -> str:
    """Draw the table with numbered columns, which are explained below it."""
    faults = list(dict.fromkeys(fault for cells in rows.values() for fault in cells))
    width = max(map(len, rows))
    lines = [" " * width + "".join(f"{number:>4}" for number in range(1, len(faults) + 1))]
    for action in sorted(rows):
        letters = (rows[action].get(fault, "") for fault in faults)
        lines.append(f"{action:<{width}}" + "".join(f"{letter:>4}" for letter in letters))
    lines += ["", *(f"{number:>2}  {fault}" for number, fault in enumerate(faults, 1)), ""]
    counted = sum(bool(letter) for cells in rows.values() for letter in cells.values())
    wrong = sum(letter.startswith("!") for cells in rows.values() for letter in cells.values())
    words = f"{counted} cells, {wrong} of them wrong\n"
    return "\n".join([*lines, LEGEND, *lost_answers(rows), words])


def lost_answers(rows: Cells) -> list[str]:
    """Count how many of the answers that were lost the machine has settled, and not a person.

    What carries the console's own reference and can be asked for stands beside the same without it.
    """
    without = {name for name in rows if name.endswith(WITHOUT)}
    carrying = {name.removesuffix(WITHOUT) for name in without} & set(rows)
    rest = set(rows) - without - carrying
    unreadable = {name for name in rest if LEFT in rows[name].values()}
    groups = {
        "with the reference": carrying,
        "the same without": without,
        "that Piggy cannot be asked about": unreadable,
        "all others": rest - unreadable,
    }
    return [_counted(words, [rows[name] for name in names]) for words, names in groups.items()]


def _counted(words: str, rows: list[dict[str, str]]) -> str:
    letters = [letter for cells in rows for letter in cells.values()]
    settled = sum(letter in SETTLED for letter in letters)
    lost = settled + letters.count(LEFT)
    share = f" ({settled / lost:.0%})" if lost else ""
    return f"lost answers, {words}: {settled} of {lost} settled by the machine{share}"
