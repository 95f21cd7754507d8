"""What cannot be undone asks first whether it is still the same person."""

import time

import pytest

from piggyadmin.accounts import proofs
from piggyadmin.bulk.operations import RowsToDo
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.actor import Actor, use_actor_finder
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.conftest import proved
from tests.contacts.cards import cards_of

pytestmark = pytest.mark.django_db
URL, SAMPLE = "/actions/delete-contact-identifier/", SAMPLES["delete-contact-identifier"]
AGAIN = "/accounts/reauthenticate/"


@pytest.fixture(autouse=True)
def asked_after_half_an_hour(settings):
    settings.FRESH_PROOF_MINUTES = 30


def prove(browser, to):
    return browser.post(AGAIN, {"password": "piggy-test", "next": to})


def grow_old(browser):
    proved(browser, at=time.time() - 31 * 60)


def test_it_is_asked_first_and_nothing_that_was_typed_is_lost(admin, sandbox):
    grow_old(admin)
    asked = admin.post(URL, SAMPLE)
    assert asked["Location"] == f"{AGAIN}?next={URL.replace('/', '%2F')}"
    page = text(admin.get(asked["Location"]))
    assert "show first that it is still you" in page
    assert prove(admin, URL)["Location"] == URL
    assert "CARD-0001" in text(admin.get(URL))
    preview = admin.post(URL, SAMPLE)
    sent = confirmed(preview, SAMPLE, confirmation=preview.context["confirm_with"])
    grow_old(admin)
    refused = admin.post(URL, sent, headers={"HX-Request": "true"})
    assert refused["HX-Redirect"].startswith(AGAIN)
    assert not Entry.objects.exists()
    prove(admin, URL)
    admin.post(URL, sent, follow=True)
    assert cards_of(sandbox) == {}


def test_what_can_be_undone_is_not_asked_about(admin, sandbox):
    url, sample = "/actions/create-credit-reception/", SAMPLES["create-credit-reception"]
    assert admin.post(url, sample).status_code == 200


def test_nor_is_anybody_where_a_setting_says_so(admin, sandbox, settings):
    settings.FRESH_PROOF_MINUTES = 0
    grow_old(admin)
    assert admin.post(URL, SAMPLE).status_code == 200


@pytest.mark.parametrize(
    ("age", "is_asked"), [(None, False), (60, False), (29 * 60, False), (31 * 60, True)]
)
def test_work_in_the_background_is_not_asked(age, is_asked):
    at = None if age is None else time.time() - age
    with use_actor_finder(lambda: Actor(1, "Noor", proved_at=at)):
        if not is_asked:
            proofs.insist_on_fresh()
            return
        with pytest.raises(proofs.ProofNeeded):
            proofs.insist_on_fresh()


@pytest.mark.parametrize(
    ("slug", "is_final"),
    [("delete-contact", True), ("create-credit-reception", False), ("nothing", False)],
)
def test_a_run_is_as_final_as_what_it_does_with_each_row(slug, is_final):
    rows = RowsToDo(
        action=slug, check_number=1, rows=1, repeats=0, gives=None, wants_second_person=False
    )
    assert rows.is_final is is_final
