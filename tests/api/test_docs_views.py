"""Examples for programs: what the pages and the document show is done when it is sent."""

import ast
import json
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.api.docs_views import example_of
from piggyadmin.ledger.models import Reason
from tests.api.asking import CREDITS, FIND, MERGE, call, confirmed, program
from tests.test_environment import ROOT

pytestmark = pytest.mark.django_db
DOCUMENT = (ROOT / "docs" / "api.md").read_text()


def shown(slug: str) -> tuple[str, dict[str, Any]]:
    """Give the query and the body of a page's example."""
    words = shlex.split(example_of(get_action(slug), f"https://console.test/api/actions/{slug}/"))
    return urlsplit(words[1]).query, json.loads(words[words.index("-d") + 1])


@pytest.mark.parametrize(
    ("slug", "query"), [(FIND, ""), (CREDITS, ""), (MERGE, "dry_run=true"), ("list-tiers", "")]
)
def test_the_example_of_an_action_is_answered(slug, query, sandbox):
    asked, body = shown(slug)
    assert asked == query
    assert call(program(Role.ADMIN), slug, body, query=f"?{asked}").status_code == 200


def test_an_example_has_a_reason_that_is_offered(sandbox):
    Reason.objects.filter(label="Goodwill").update(is_active=False)
    assert shown(CREDITS)[1]["reason"] == "Correction of a mistake"
    Reason.objects.update(is_active=False)
    assert "reason" not in shown(CREDITS)[1]


def test_the_command_of_the_document_is_carried_out(sandbox):
    body = json.loads(re.findall(r"(?m)^  -d '(.*)'$", DOCUMENT)[0])
    assert call(program(Role.STAFF), CREDITS, body).status_code == 200


def test_the_program_of_the_document_is_carried_out(sandbox):
    body = ast.literal_eval(
        re.findall(r"^body = (\{.*?^\})", DOCUMENT, re.MULTILINE | re.DOTALL)[0]
    )
    admin = program(Role.ADMIN)
    assert call(admin, MERGE, confirmed(admin, MERGE, body)).status_code == 200
