"""The list of transactions, of everybody or of one contact."""

import pytest

from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db


def contacts(response) -> set[str]:
    return {each.contact.uuid for each in response.context["page"].items}


def test_of_everybody_and_of_one(support, sandbox):
    given = {"shop_uuid": seed.AMSTERDAM_UUID, "credits": 5}
    for uuid in (seed.MIRA_UUID, seed.DUPLICATE_UUID):
        sandbox.api("POST", "credit-receptions", json=given | {"contact_uuid": uuid})
    assert len(contacts(support.get("/credits/"))) > 1
    response = support.get("/credits/", {"contact_uuid": seed.MIRA_UUID})
    assert contacts(response) == {seed.MIRA_UUID}
    assert "Only this customer:" in response.content.decode()
    assert PersonLookUp.objects.get().contact_uuid == seed.MIRA_UUID


def test_the_whole_history_of_a_contact_is_one_link_away(support, sandbox):
    given = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.DUPLICATE_UUID}
    address, link = (
        f"/contacts/{seed.DUPLICATE_UUID}/",
        f"/credits/?contact_uuid={seed.DUPLICATE_UUID}",
    )
    assert f"{address}timeline/" in support.get(address).content.decode()
    for number in range(1, 41):
        sandbox.api("POST", "credit-receptions", json=given | {"credits": number})
    # Page by page, and each of them of this contact alone.
    for page in (1, 2):
        assert contacts(support.get(f"{link}&page={page}")) == {seed.DUPLICATE_UUID}
    assert f"?contact_uuid={seed.DUPLICATE_UUID}&amp;page=2" in support.get(link).content.decode()
