"""Pages on which contacts are merged: what they say before, and what they show after."""

import pytest

from piggyadmin.sandbox import seed
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db
PAIR = f"/duplicates/pair/{seed.MIRA_UUID}/{seed.DUPLICATE_UUID}/"


def test_shows_both_side_by_side(admin, sandbox):
    page = text(admin.get(PAIR))
    open("/tmp/pair.html", "w").write(page)
    assert "150 credits" in page
