"""What can be run in the background: functions, by the name of the runs that they carry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from piggyadmin.tasks.models import Run

Step = Callable[["Run"], None]


@dataclass(frozen=True)
class Resumable:
    """A function that carries runs of one name."""

    name: str
    step: Step
    label: str | Promise


_resumables: dict[str, Resumable] = {}


def resumable(name: str, *, label: str | Promise = "") -> Callable[[Step], Step]:
    """Register the function that carries the runs of this name; `label` is for people."""

    def register(step: Step) -> Step:
        _resumables[name] = Resumable(name, step, label or name)
        return step

    return register


def label_of(name: str) -> str | Promise:
    """Say in words what the runs of this name do."""
    known = _resumables.get(name)
    return known.label if known else name


def is_resumable(name: str) -> bool:
    """Tell whether something carries the runs of this name."""
    return name in _resumables


def resumable_names() -> list[str]:
    """List the names of what can be run."""
    return list(_resumables)


def step_of(name: str) -> Step:
    """Give what carries the runs of this name."""
    return _resumables[name].step
