"""What fits the description of the door, or just does not, made up and sent by schemathesis.

Importing it takes a second and a half, so only the test that uses it does.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi import checks

from tests.rotation import IS_WHOLE, turn

EXAMPLES = 10 if IS_WHOLE else 1
MODES = list(schemathesis.GenerationMode)
# Not whether nonsense is refused: as on the pages, a number is taken for the text that it is.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
_seldom = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def described(secret: str) -> Iterator[BaseSchema]:
    """Read the description with a token, inside the transaction of a test."""
    signals, headers = (request_started, request_finished), {"Authorization": f"Bearer {secret}"}
    for signal in signals:  # a test's transaction has to outlive a request
        signal.disconnect(close_old_connections)
    try:
        application = get_wsgi_application()
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application, headers=headers)
        schema.config.update(headers=headers)
        schema.config.generation.update(with_security_parameters=False)
        yield schema
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def answers(place: int, operation: APIOperation[Any, Any, Any, Any]) -> Counter[int]:
    """Ask for a thing as it is described, the next one almost so, and count answers by status.

    Raises:
        FailureGroup: one was not as it is described, or a fault of ours.
    """
    statuses = Counter[int]()

    def ask(case: schemathesis.Case[Any]) -> None:
        more = {} if case.meta.generation.mode.is_negative else {"Idempotency-Key": str(uuid4())}
        response = case.call(headers=more)
        case.validate_response(response, checks=CHECKS)
        statuses[response.status_code] += 1

    for mode in turn(place, MODES, len(MODES)):
        strategy = operation.as_strategy(generation_mode=mode)
        try:
            seed(1)(_seldom(given(strategy)(ask)))()
        except Unsatisfiable:
            assert not operation.body  # of what takes nothing, nothing can be wrong
    return statuses
