import pytest

from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db
MIRA = "mira.jansen@example.test"


@pytest.fixture
def mira(sandbox):
    return sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})


def test_page_of_a_contact(mira, staff):
    page = staff.get(f"/contacts/{mira['uuid']}/").content.decode()
    for expected in ("Mira Jansen", "120 credits", "CARD-0001", "WELCOME-"):
        assert expected in page
    give = f"/actions/create-credit-reception/?contact_uuid={mira['uuid']}"
    assert give in page
    assert "claim-anonymous-contact" not in page
    assert PersonLookUp.objects.get().contact_uuid == mira["uuid"]


def test_page_keeps_login_secrets_out(mira, admin):
    secrets = [value for name, value in mira["current_values"].items() if "login" in name]
    page = admin.get(f"/contacts/{mira['uuid']}/").content.decode()
    assert secrets
    assert not [secret for secret in secrets if secret and secret in page]


def test_anonymous_contact_can_be_claimed(sandbox, admin):
    anonymous = sandbox.api(
        "GET", "contact-identifiers/find", params={"contact_identifier_value": "CARD-ANON"}
    )["contact"]
    page = admin.get(f"/contacts/{anonymous['uuid']}/").content.decode()
    assert "/actions/claim-anonymous-contact/?anonymous_contact_uuid=" in page


def test_unknown_contact_is_not_found(sandbox, support):
    assert support.get("/contacts/c0ffee00-0000-4000-8000-0000000000ff/").status_code == 404


def test_remote_error_leaves_the_page_standing(mira, support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    response = support.get(f"/contacts/{mira['uuid']}/")
    assert response.status_code == 200
    assert "being maintained" in response.content.decode()


@pytest.mark.parametrize("query", [MIRA, "CARD-0001"])
def test_peek_tells_whose_it_is(query, sandbox, support):
    page = support.post("/contacts/peek/", {"q": query}).content.decode()
    assert "Mira Jansen" in page
    assert "120 credits" in page


@pytest.mark.parametrize("query", ["", "\0", "nobody@example.test"])
def test_peek_survives_nonsense(query, sandbox, support):
    response = support.post("/contacts/peek/", {"q": query})
    assert response.status_code == 200
    assert "Mira" not in response.content.decode()


def test_peek_tells_how_to_go_on_from_a_name(sandbox, support):
    def peek(query):
        return support.post("/contacts/peek/", {"q": query}).content.decode()

    assert "If this is a name" in peek("Mira Jansen")
    assert "If this is a name" not in peek("CARD-9999")


def test_a_form_leads_from_a_name_to_the_search(sandbox, staff):
    typed = {"contact_uuid": "Mira Jansen", "step": "run"}
    page = " ".join(staff.post("/actions/create-credit-reception/", typed).content.decode().split())
    assert "If this is a name" in page
    assert 'form="search-form" formnovalidate name="q" value="Mira Jansen"' in page
    # The box itself comes first, whatever stands in it.
    found = staff.post("/search/", {"q": ["CARD-9999", seed.MIRA_EMAIL]})
    assert found["Location"] == f"/contacts/{seed.MIRA_UUID}/"


def test_peek_needs_the_role(auditor, sandbox):
    assert auditor.post("/contacts/peek/", {"q": MIRA}).status_code == 403


def test_a_uuid_in_an_address_is_the_same_in_any_capitals(sandbox, support):
    page = support.get(f"/contacts/{seed.MIRA_UUID.upper()}/", follow=True)
    assert page.redirect_chain[-1][0] == f"/contacts/{seed.MIRA_UUID}/"
    assert "Mira Jansen" in page.content.decode()
    for address in ("/credits/", "/vouchers/"):
        listed = support.get(
            address, {"contact_uuid": f"{seed.MIRA_UUID.upper()}\u200b"}, follow=True
        )
        assert seed.MIRA_UUID in listed.content.decode()


def test_the_address_of_an_email_leads_to_the_contact(support, sandbox):
    answer = support.get("/contacts/mira.jansen@example.test/")
    assert answer["Location"] == "/contacts/c0ffee00-0000-4000-8000-000000000001/"
    assert support.get("/contacts/nobody@example.test/").status_code == 404


def test_the_address_of_an_email_says_when_piggy_is_away(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    answer = support.get("/contacts/mira.jansen@example.test/")
    assert "being maintained" in answer.content.decode()


# Every page that is narrowed down to one contact by its address.
OF_ONE_CONTACT = ["/credits/", "/vouchers/", "/duplicates/decisions/"]
ALIKE = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize("named", [MIRA, "CARD-0001", " CARD-0001\u200b", MIRA.upper()])
@pytest.mark.parametrize("address", OF_ONE_CONTACT)
def test_a_page_of_one_contact_is_found_by_what_one_has_of_them(admin, sandbox, address, named):
    answer = admin.get(address, {"contact_uuid": named, "page": "1"})
    assert answer["Location"] == f"{address}?contact_uuid={seed.MIRA_UUID}&page=1"
    assert seed.MIRA_UUID in admin.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("address", OF_ONE_CONTACT)
def test_a_page_of_one_contact_that_nobody_is_is_not_there(admin, sandbox, address):
    assert admin.get(address, {"contact_uuid": "nobody@example.test"}).status_code == 404


@pytest.mark.parametrize("address", ["/credits/?contact_uuid={}", "/contacts/{}/"])
def test_a_card_that_looks_like_a_uuid_names_its_contact(support, sandbox, address):
    body = {"contact_identifier_value": ALIKE, "contact_uuid": seed.MIRA_UUID}
    sandbox.api("POST", "contact-identifiers", json=body)
    assert support.get(address.format(ALIKE))["Location"] == address.format(seed.MIRA_UUID)


def test_a_card_names_the_page_of_its_contact(support, sandbox):
    assert support.get("/contacts/CARD-0001/")["Location"] == f"/contacts/{seed.MIRA_UUID}/"
    assert support.get("/contacts/NO-SUCH-CARD/").status_code == 404


def test_the_card_of_an_anonymous_contact_names_it_in_a_list(support, sandbox):
    answer = support.get("/credits/", {"contact_uuid": "CARD-ANON"}, follow=True)
    assert answer.status_code == 200
    assert "Only this customer:" in answer.content.decode()


def test_a_card_that_is_off_still_names_whose_it_was(staff, sandbox):
    off = {"contact_identifier_value": "CARD-0001", "contact_identifier_active": "false"}
    staff.post("/actions/update-contact-identifiers/", off)
    answer = staff.get("/credits/", {"contact_uuid": "CARD-0001"})
    assert answer["Location"] == f"/credits/?contact_uuid={seed.MIRA_UUID}"


def test_a_page_of_one_contact_says_when_piggy_is_away(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    answer = support.get("/credits/", {"contact_uuid": MIRA})
    assert "being maintained" in answer.content.decode()


def test_whose_page_is_open_survives_a_merge(admin, sandbox):
    page = admin.get(f"/contacts/{seed.MIRA_UUID}/").content.decode()
    merging = f"/actions/merge-contacts/?destination_contact_uuid={seed.MIRA_UUID}"
    assert page.count("/actions/merge-contacts/") == page.count(merging) == 1


def test_deletion_stands_last_and_apart(admin, sandbox):
    page = admin.get(f"/contacts/{seed.MIRA_UUID}/").content.decode()
    menu = page[page.index('class="more-items"') :]
    menu = menu[: menu.index("</details>")]
    assert "/actions/delete-contact/" in menu[menu.index("<hr>") :]
    assert menu.rindex('class="menu-item"') > menu.index("<hr>")
    assert menu[menu.index("<hr>") :].count("menu-item") == 1
