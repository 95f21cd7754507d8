"""Pages of visits: the list, one of them, and the last ones of a contact."""

import pytest

from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
VISIT = SAMPLES["update-visit"]["visit_uuid"]


def test_all_visits_or_those_of_a_contact(support, sandbox):
    everybody = support.get("/visits/").context["visits"]
    mira = support.get("/visits/", {"contact_uuid": seed.MIRA_UUID}).context["visits"]
    assert {each.contact.uuid for each in mira} == {seed.MIRA_UUID}
    assert 0 < len(mira) < len(everybody)


def test_an_address_stays_out_of_the_address(support, sandbox):
    response = support.post("/visits/", {"contact_uuid": seed.MIRA_EMAIL})
    assert response["Location"].startswith("/visits/?stored=")
    assert len(support.get(response["Location"]).context["visits"]) == 2


def test_nobody_is_told_beside_the_filter(support, sandbox):
    page = support.get("/visits/", {"contact_uuid": "c0ffee00-0000-4000-8000-0000000000fe"})
    assert page.context["visits"] == []
    assert list(page.context["form"].errors) == ["contact_uuid"]
    assert "Nothing: correct the filter first." in main_of(page.content.decode())


def test_one_visit_can_be_changed_in_place(staff, support, sandbox):
    url = f"/visits/{VISIT}/"
    link = f'href="/actions/update-visit/?visit_uuid={VISIT}"'
    assert link in staff.get(url).content.decode()
    page = support.get(url).content.decode()
    assert link not in page
    assert "VISIT-0001" in main_of(page)
    assert support.get("/visits/c0ffee00-0000-4000-8000-0000000000fe/").status_code == 404


def test_a_number_of_the_consoles_own_is_not_shown(staff, sandbox):
    page = staff.post("/actions/create-visit/", SAMPLES["create-visit"], follow=True)
    uuid = page.context["result"].uuid
    page = staff.get(f"/visits/{uuid}/")
    assert page.context["visit"].external_id
    assert page.context["visit"].external_id not in main_of(page.content.decode())


def test_visits_stand_in_the_timeline_of_the_contact(support, sandbox):
    page = support.get(f"/contacts/{seed.MIRA_UUID}/").content.decode()
    assert f'href="/visits/{VISIT}/"' in page.partition("Timeline")[2]
