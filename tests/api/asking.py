"""Programs that ask, as tests have them."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.api import services
from piggyadmin.api.docs_views import body_of
from piggyadmin.api.models import AccessScope
from tests.actions.samples import SAMPLES
from tests.conftest import person

BODIES = {slug: body_of(typed) for slug, typed in SAMPLES.items()}
CREDITS, MERGE, FIND = "create-credit-reception", "merge-contacts", "find-voucher-by-code"


def token(of: User, scope: str = AccessScope.ALL, name: str = "Till") -> str:
    """Make a token, and give its secret."""
    ends_on = timezone.localdate() + timedelta(days=30)
    return services.make_token(of, name=name, scope=scope, ends_on=ends_on)[1]


def program(of: User | Role, scope: str = AccessScope.ALL) -> Client:
    """Give a program that works in somebody's name."""
    secret = token(of if isinstance(of, User) else person(of), scope)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def call(
    client: Client, slug: str, body: Any = None, *, key: UUID | str | None = None, query: str = ""
):
    """Ask for an action, by default with what is filled in to have it done."""
    return client.post(
        f"/api/actions/{slug}/{query}",
        json.dumps(BODIES[slug] if body is None else body),
        content_type="application/json",
        headers={"Idempotency-Key": str(key or uuid4())},
    )


def dry(client: Client, slug: str, body: Any = None):
    """Ask what an action would do."""
    return call(client, slug, body, query="?dry_run=true")


def confirmed(client: Client, slug: str, body: Any = None) -> dict[str, Any]:
    """Give a body with what a dry run says it takes."""
    asked = BODIES[slug] if body is None else body
    shown = dry(client, slug, asked).json()
    taken = {name: shown[name] for name in ("agreement", "confirmation") if shown[name]}
    return {**asked, **taken}
