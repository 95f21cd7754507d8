"""Which service calls which endpoint, found out by calling each of them with nobody on the line.

Nothing is written down beside a service that could be wrong: what it asks for is what is seen.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import Parameter, isfunction, signature
from itertools import product
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from django.utils import timezone

import piggyadmin
from piggyadmin.piggy.client import Call, Envelope, PiggyClient
from piggyadmin.piggy.endpoints import Endpoint, endpoint_of
from piggyadmin.piggy.errors import NOT_FOUND, NotFound, PiggyError

Service = Callable[..., Any]


class _Recorder(PiggyClient):
    """Notes what is asked of it, and says that there is no such thing, so that services go on."""

    def __init__(self) -> None:
        super().__init__("http://nowhere.invalid", "")
        self.calls: list[Call] = []

    def _carry_out(self, call: Call) -> Envelope:
        self.calls.append(call)
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        raise NotFound(status=NOT_FOUND)


@cache
def services() -> dict[Service, str]:
    """Give every service with its name: that of its app, and its own."""
    return {
        function: f"{module.split('.')[1]}.{name}"
        for module in _modules()
        for name, function in vars(import_module(module)).items()
        if _is_service(function, module) and name == function.__name__
    }


def _modules() -> Iterator[str]:
    for app in pkgutil.iter_modules(piggyadmin.__path__):
        name = f"piggyadmin.{app.name}.services"
        if app.ispkg and find_spec(name):
            yield name


def _is_service(function: Any, module: str) -> bool:
    """Tell whether something of a module is a function of its own whose first need is a client."""
    if not isfunction(function) or function.__module__ != module or function.__name__[0] == "_":
        return False
    return next(iter(get_type_hints(function).values()), None) is PiggyClient


@cache
def endpoints_of(service: Service) -> frozenset[Endpoint]:
    """Give the endpoints that a service calls; what it calls and nobody knows fails.

    Raises:
        ValueError: it calls something that is not in the list of endpoints.
    """
    found = set()
    for call in _calls_of(service):
        endpoint = endpoint_of(call.method, call.path)
        if endpoint is None:
            raise ValueError(f"{services()[service]} calls {call.method} {call.path}")
        found.add(endpoint)
    return frozenset(found)


def _calls_of(service: Service) -> Iterator[Call]:
    """Call a service with every combination of what decides where it goes."""
    hints = get_type_hints(service)
    named = {
        name: _samples(hints[name], name)
        for name, parameter in list(signature(service).parameters.items())[1:]
        if parameter.kind is not Parameter.VAR_KEYWORD
    }
    for values in product(*named.values()):
        recorder = _Recorder()
        try:
            service(recorder, **dict(zip(named, values, strict=True)))
        except PiggyError:
            yield from recorder.calls


def _samples(hint: Any, name: str) -> list[Any]:
    """Give values of a type: every one of those that name something, else one that will do."""
    if get_origin(hint) in {Union, UnionType}:
        kinds = [each for each in get_args(hint) if each is not NoneType]
        return [*_samples(kinds[0], name), *([None] if get_origin(kinds[0]) is Literal else [])]
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return [hint(**{each.name: _samples(hints[each.name], "")[0] for each in fields(hint)})]
    plain: dict[Any, list[Any]] = {
        bool: [True, False],
        int: [1],
        Decimal: [Decimal(1)],
        datetime: [timezone.now()],
    }
    empty: dict[Any, list[Any]] = {Mapping: [{}], Sequence: [[]]}
    return plain.get(hint) or empty.get(get_origin(hint)) or [name or "x"]
