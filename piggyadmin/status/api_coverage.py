"""What this console covers of Piggy's API: for each endpoint its service, and who may use it where.

It is read off the code: what an action or a page names of the services, and what those call.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from inspect import isclass, isfunction, unwrap
from itertools import groupby
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from piggyadmin.accounts.permissions import PAGE_PERMISSIONS
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import actions
from piggyadmin.ledger.operations import Effect
from piggyadmin.piggy.endpoints import Endpoint, endpoints
from piggyadmin.status.api_calls import Service, endpoints_of, services

NOTHING = "none yet"
LEFT_OUT = "left out"
NOT_NEEDED = "not needed"
HEADINGS = (
    *("Endpoint", "Known from", "Service", "Action or page", "Role", "Effect", "Sandbox"),
    "Read-back",
)
# Documented endpoints that no page needs, each with the reason.
_SAME_AS_CUSTOM = "custom-attributes does the same for every entity"
_FOR_PROGRAMS = "for programs that go on before Piggy is done; people wait for the answer"
NOT_OFFERED = {
    "POST contacts/async": _FOR_PROGRAMS,
    "GET contacts/{contact_uuid}/prepaid-balance": "the customer itself tells it",
    "GET contacts/find-or-create": "people look first, and create what is not there",
    "GET contacts/find-or-create/async": _FOR_PROGRAMS,
    "POST product-categories/batch": "people make one category at a time",
    "POST product-categories/find-or-create": "people look first, and create what is not there",
    "POST promotion-attributes": _SAME_AS_CUSTOM,
    "GET promotion-attributes/{promotion_attribute_id}": _SAME_AS_CUSTOM,
    "PUT promotion-attributes/{promotion_attribute_id}": _SAME_AS_CUSTOM,
    "GET reward-attributes": _SAME_AS_CUSTOM,
    "POST reward-attributes": _SAME_AS_CUSTOM,
    "POST products/batch": "tills and web shops send many at once; people make one at a time",
}


@dataclass(frozen=True)
class Usage:
    """An action or a page that uses services: its name, the lowest role, what it does."""

    name: str
    role: str
    effect: str
    read_back: str
    services: frozenset[Service]


@dataclass(frozen=True)
class Row:
    """One endpoint, and all that leads to it."""

    endpoint: Endpoint
    services: list[str]
    uses: list[Usage]
    is_in_sandbox: bool

    def cells(self) -> list[str]:
        """Write it as the cells of a table."""
        return [
            f"`{self.endpoint.name}`",
            self.endpoint.origin,
            self._joined(f"`{name}`" for name in self.services),
            self._joined(use.name for use in self.uses) + self._why_left_out(),
            self._joined(use.role for use in self.uses),
            self._joined(use.effect for use in self.uses),
            "yes" if self.is_in_sandbox else "no",
            self._joined(use.read_back for use in self.uses),
        ]

    def _joined(self, words: Iterable[str]) -> str:
        return "<br>".join(words) or (LEFT_OUT if self.is_left_out else NOTHING)

    @property
    def is_left_out(self) -> bool:
        """Whether nothing leads to it on purpose."""
        is_meant = not self.endpoint.is_documented or self.endpoint.name in NOT_OFFERED
        return is_meant and not self.uses

    def _why_left_out(self) -> str:
        reason = NOT_OFFERED.get(self.endpoint.name)
        return f": {reason}" if reason and not self.uses else ""


def rows() -> list[Row]:
    """Give all endpoints with what leads to them.

    The sandbox has to be installed, which it is not on a real account.
    """
    named, used = services(), [*_actions(), *_pages()]
    is_answered = import_string("piggyadmin.sandbox.api.is_answered")
    return [
        Row(
            endpoint,
            sorted(name for each, name in named.items() if endpoint in endpoints_of(each)),
            [use for use in used if any(endpoint in endpoints_of(s) for s in use.services)],
            is_answered(endpoint.method, endpoint.path),
        )
        for endpoint in endpoints()
    ]


# --- What uses services ----------------------------------------------------------------------


def _actions() -> Iterator[Usage]:
    for action in actions():
        used = _services_in(type(action)) | _services_in(action.form_class)
        read_back = _read_back(action)
        yield Usage(action.slug, action.role, action.effect, read_back, used)


def _read_back(action: Action[Any, Any]) -> str:
    """Say who finds out what became of it when Piggy's answer is lost."""
    if action.effect is Effect.READ:
        return NOT_NEEDED
    return "a person" if action.cannot_be_settled else "yes"


def _pages() -> Iterator[Usage]:
    """Give the pages that read from Piggy; what a person does there is an action."""
    for address, view in _views(get_resolver()):
        if used := _services_in(view):
            yield Usage(f"`{address}`", _role_of(view), Effect.READ, NOT_NEEDED, used)


def _role_of(view: Any) -> str:
    codename = getattr(view, "permission", ".").split(".")[1]
    lowest = {each.codename: each.role for each in PAGE_PERMISSIONS}
    lowest |= {each.codename: each.role for each in actions()}
    return lowest.get(codename, "everybody")


def _views(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Give the console's own addresses with the functions or classes that serve them."""
    for each in resolver.url_patterns:
        address = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _views(each, address)
        elif isinstance(each, URLPattern) and _is_ours(each.callback):
            yield address, getattr(each.callback, "view_class", each.callback)


def _is_ours(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("piggyadmin.")


def _services_in(thing: Any) -> frozenset[Service]:
    """Give the services that the code of a function or class names, in functions of ours too."""
    found: set[Service] = set()
    seen: set[Any] = set()
    waiting = _functions(thing)
    while waiting:
        function = unwrap(waiting.pop())
        if function in seen or not _is_ours(function) or not isfunction(function):
            continue
        seen.add(function)
        if function in services():
            found.add(function)
        else:
            waiting += _named_in(function)
    return frozenset(found)


def _functions(thing: Any) -> list[Callable[..., Any]]:
    """Give a function, or all that a class of ours has, those of its bases included."""
    if not isclass(thing):
        return [thing] if isfunction(thing) else []
    bases = [base for base in thing.__mro__ if _is_ours(base)]
    return [each for base in bases for each in vars(base).values() if isfunction(each)]


def _named_in(function: FunctionType) -> Iterator[Callable[..., Any]]:
    """Give the functions that a function's code names, or that stand in what it names.

    Of what it names in a module of ours as well: `services.list_tiers`, `sources.PIGGY`.
    """
    names = sorted(set(_names(function.__code__)))
    for value in _values(function.__globals__, names):
        yield from _held(value)
        if isinstance(value, ModuleType) and _is_our_module(value):
            yield from _held(_values(vars(value), names))


def _values(named: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    return [named[name] for name in names if name in named]


def _is_our_module(module: ModuleType) -> bool:
    return module.__name__.startswith("piggyadmin.")


def _held(value: Any) -> Iterator[Callable[..., Any]]:
    """Give the functions in a value, such as a registry of panels, or of a timeline's sources."""
    if isfunction(value):
        yield value
    elif isinstance(value, partial):
        yield from _held([value.func, *value.args])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _held(each)
    elif isinstance(value, dict):
        yield from _held([*value.values()])
    elif is_dataclass(value) and not isclass(value):
        yield from _held([getattr(value, each.name) for each in fields(value)])


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


# --- Written down ----------------------------------------------------------------------------


def written() -> str:
    """Write the whole table, as `docs/coverage.md` has it."""
    every = rows()
    counts = {
        "endpoints": len(every),
        "in the sandbox": sum(row.is_in_sandbox for row in every),
        "with a service": sum(bool(row.services) for row in every),
        "with an action or page": sum(bool(row.uses) for row in every),
    }
    total = ", ".join(f"{count} {words}" for words, count in counts.items())
    parts = [_INTRODUCTION.format(total=total)]
    for group, of_group in groupby(every, key=lambda row: row.endpoint.group):
        parts.append("\n".join([f"## {group}", "", *_table(of_group)]))
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """\
# What of Piggy's API is covered

Made by `manage.py api_coverage` from the code itself; a test fails when it is out of date.
{total}.

An endpoint that is only *recorded* was seen in recorded answers of the platform and stands in no
docs: the sandbox answers it, and the console offers nothing that relies on it. What else is left
out says why. Read-back says who finds out what became of a write whose answer was lost."""


def _table(of_group: Iterable[Row]) -> Iterator[str]:
    yield _line(HEADINGS)
    yield _line("---" for _ in HEADINGS)
    for row in of_group:
        yield _line(row.cells())


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
