import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.models import Decision, DecisionKind
from piggyadmin.ledger.models import Event, PersonLookUp
from piggyadmin.ledger.reads import log_look_up
from piggyadmin.notes import services as notes
from piggyadmin.sandbox import seed
from tests.duplicates.mirror.test_text_search import mirror
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db

MIRA = seed.MIRA_UUID
PAGE = f"/contacts/{MIRA}/held/"


def made(answer):
    """Give what is in the file, as it is and as it is read."""
    with ZipFile(BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == [f"{MIRA}.html", f"{MIRA}.json"]
        return json.loads(archive.read(f"{MIRA}.json")), archive.read(f"{MIRA}.html").decode()


@pytest.fixture
def known(admin, sandbox):
    """Have much been done about somebody here."""
    noor = User.objects.get(username="admin")
    gift = {"contact_uuid": MIRA, "shop_uuid": seed.AMSTERDAM_UUID, "credits": "31"}
    admin.post("/actions/create-credit-reception/", gift | {"reason": "Goodwill", "step": "run"})
    notes.write(noor, MIRA, "Asks for <b>two</b> cards")
    notes.set_do_not_serve(noor, MIRA, "Shouted")
    log_look_up(somebody("daan"), "contact-page", MIRA)
    Decision.objects.create(first=MIRA, second="other", kind=DecisionKind.LATER)
    mirror(Contact(uuid=MIRA, firstname="Mira", lastname="Jansen", email="m@example.test"))
    return noor


def test_the_file_holds_what_piggy_and_the_console_hold(known, admin, sandbox):
    answer = admin.post(PAGE, {"language": "en"})
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{MIRA}.zip"'
    document, page = made(answer)
    piggy, console = document["piggy"], document["console"]
    assert piggy["contact"]["email"] == "mira.jansen@example.test"
    assert "CARD-0001" in {each["value"] for each in piggy["identifiers"]}
    for part in ("loyalty_transactions", "vouchers", "subscriptions"):
        assert piggy[part], part
    assert {"referrals", "visits", "prepaid_transactions", "tier"} <= piggy.keys()
    assert [note["note"] for note in console["notes"]] == ["Asks for <b>two</b> cards"]
    assert console["do_not_serve"][0]["reason"] == "Shouted"
    assert "daan" in str(console["look_ups"]).lower()
    assert console["mirror"][0]["lastname"] == "Jansen"
    assert console["decisions"]
    assert document["not_told_by_piggy"] == {}
    assert "What we hold on you" in page
    assert "&lt;b&gt;two&lt;/b&gt;" in page
    assert "<b>two</b>" not in page
    assert "mira.jansen@example.test" in page


def test_lists_are_read_to_their_end(admin, sandbox):
    for number in range(35):
        body = {"contact_uuid": MIRA, "shop_uuid": seed.AMSTERDAM_UUID, "credits": number + 1}
        sandbox.api("POST", "credit-receptions", json=body)
    document, _page = made(admin.post(PAGE, {"language": "en"}))
    transactions = document["piggy"]["loyalty_transactions"]
    assert len(transactions) >= 35
    assert len({each["uuid"] for each in transactions}) == len(transactions)


def test_it_is_in_the_customers_language_where_none_is_chosen(admin, sandbox):
    _document, page = made(admin.post(PAGE))
    assert '<html lang="nl">' in page
    _document, page = made(admin.post(PAGE, {"language": "en"}))
    assert '<html lang="en">' in page


@pytest.mark.tells_of_people
def test_the_ledger_says_who_made_it(admin, sandbox):
    admin.post(PAGE)
    event = Event.objects.get(kind="data-handed-out")
    assert event.detail["contact_uuid"] == MIRA
    assert event.detail["by_name"] == "Admin"
    assert PersonLookUp.objects.get(contact_uuid=MIRA).action == "access-request"
    assert "made a file of all that is held on" in admin.get("/ledger/people/").content.decode()


def test_what_piggy_refuses_is_told_in_the_file(admin, sandbox):
    sandbox.faults({"kind": "status", "status": 403, "path": "visits$", "times": 5})
    document, page = made(admin.post(PAGE, {"language": "en"}))
    assert list(document["not_told_by_piggy"]) == ["visits"]
    assert "Not told by Piggy" in page


def test_without_piggy_there_is_no_file_and_nothing_is_told(admin, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "times": 60})
    answer = admin.post(PAGE, {"language": "nl"})
    page = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    assert "There is no file" in page
    assert '<option value="nl" selected>' in page
    assert not PersonLookUp.objects.exists()


def test_nobody_is_held_nothing_on(admin, sandbox):
    nobody = PAGE.replace(MIRA, "c0ffee00-0000-4000-8000-0000000000ee")
    assert admin.post(nobody, {"language": "en"}).status_code == 404


def test_a_language_that_is_none_is_refused(admin, sandbox):
    assert "field-errors" in admin.post(PAGE, {"language": "tlh"}).content.decode()


def test_one_press_on_the_page_of_the_customer_makes_it(admin, support, sandbox):
    assert f'action="{PAGE}"' in admin.get(f"/contacts/{MIRA}/").content.decode()
    assert PAGE not in support.get(f"/contacts/{MIRA}/").content.decode()
    assert support.post(PAGE).status_code == 403
    assert "Make the file" in admin.get(PAGE).content.decode()


def test_secrets_to_sign_in_with_are_in_no_file(admin, sandbox):
    document, page = made(admin.post(PAGE))
    for text in (json.dumps(document), page):
        assert "password" not in text.lower()
        assert "authenticator" not in text.lower()
