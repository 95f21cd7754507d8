"""What other apps show on the page of a contact."""

import pytest

from piggyadmin.contacts import panels
from piggyadmin.contacts.panels import Panel
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.sandbox import seed
from tests.duplicates.pairs import make_contact

pytestmark = pytest.mark.django_db
URL = f"/contacts/{seed.MIRA_UUID}/"
BY_ITSELF = "read@by.itself.test"


@pytest.fixture
def registered(monkeypatch):
    """Have the panels that are registered from now on forgotten afterwards."""
    monkeypatch.setattr(panels, "_panels", [*panels.panels()])


def test_panels_stand_in_their_order(sandbox, admin):
    page = admin.get(URL).content.decode()
    places = [page.index(f'id="{name}"') for name in ("duplicates", "timeline", "vouchers")]
    assert places == sorted(places)


def test_whoever_may_not_review_duplicates_sees_none(sandbox, support):
    page = support.get(URL).content.decode()
    assert 'id="duplicates"' not in page
    assert 'id="vouchers"' in page


def test_another_app_adds_its_own(sandbox, support, registered):
    read = lambda _piggy, uuid: {"told": uuid}  # noqa: E731
    panels.register(Panel("Who", "contacts/_who.html", 0, read))
    response = support.get(URL)
    assert response.context["panels"][0].template == "contacts/_who.html"
    assert response.context["told"] == seed.MIRA_UUID


def test_a_panel_that_cannot_be_read_spoils_only_itself(sandbox, support):
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers$"})
    page = support.get(URL).content.decode()
    assert "Mira Jansen" in page
    assert "This part is missing." in page
    assert "being maintained" in page
    assert f'href="{URL}"' in page
    assert 'id="vouchers"' not in page
    assert "Credits given (Purchase amount: €" in page


def test_cards_that_cannot_be_read_spoil_only_themselves(sandbox, support):
    sandbox.faults({"kind": "status", "status": 503, "path": "contact-identifiers"})
    page = support.get(URL).content.decode()
    assert "Mira Jansen" in page
    assert page.count("This part is missing.") == 1
    assert "<strong>Cards:</strong>" in page


@pytest.fixture
def deferred(registered):
    """Register a panel that is read by itself."""
    read = lambda _piggy, uuid: {"contact": Contact(uuid=uuid, email=BY_ITSELF)}  # noqa: E731
    panels.register(Panel("Who", "contacts/_who.html", 0, read, slug="who"))
    return f"{URL}panels/who/"


def test_what_is_far_below_is_read_once_it_comes_into_view(sandbox, support, deferred):
    page = support.get(URL).content.decode()
    assert f'hx-get="{deferred}"' in page
    assert f'href="{deferred}"' in page
    assert BY_ITSELF not in page
    part = support.get(deferred, headers={"HX-Request": "true"}).content.decode()
    assert BY_ITSELF in part
    assert "<html" not in part


def test_who_looked_at_it_is_kept(sandbox, support, deferred):
    support.get(deferred)
    look_up = PersonLookUp.objects.get()
    assert (look_up.action, look_up.contact_uuid) == ("contact-panel", seed.MIRA_UUID)


def test_without_scripts_it_is_a_page(sandbox, support, deferred):
    make_contact("Mira Jansen", uuid=seed.MIRA_UUID)
    page = support.get(deferred).content.decode()
    assert "Mira Jansen" in page.partition("<h1>")[2].partition("</h1>")[0]
    assert BY_ITSELF in page
    assert "<h1>" in page
    assert f'href="{URL}"' in page


@pytest.mark.parametrize("slug", ["no-such", "who"])
def test_only_what_is_read_by_itself_has_an_address(sandbox, support, registered, slug):
    panels.register(Panel("Who", "contacts/_who.html", 0))
    assert support.get(f"{URL}panels/{slug}/").status_code == 404
