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
    counted = sum(len(cells) for cells in rows.values())
    wrong = sum(letter.startswith("!") for cells in rows.values() for letter in cells.values())
    return "\n".join([*lines, LEGEND, f"{counted} cells, {wrong} of them wrong\n"])
