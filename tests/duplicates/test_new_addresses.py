"""Whether the one with a new address may be there already."""

import numpy as np
import pytest
from django.urls import reverse

from piggyadmin.actions.registry import get_action
from piggyadmin.duplicates import new_addresses
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.new_addresses import find_likely
from piggyadmin.duplicates.review import learned_model
from piggyadmin.ledger.models import Entry
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.duplicates.people import MIRA
from tests.duplicates.review.test_evidence import learn, store

pytestmark = pytest.mark.django_db
CREATE, CHANGE = "/actions/create-contact/", "/actions/change-email-address/"
TAGGED = "mira.jansen+shop@example.test"


@pytest.fixture
def mira():
    """Learn from a few people, one of whom is Mira."""
    learn(200)
    store({"uuid": seed.MIRA_UUID, **MIRA})


@pytest.fixture
def certain(monkeypatch):
    """Have whoever is alike be so with a certainty that is chosen."""

    def choose(certainty: float) -> None:
        monkeypatch.setattr(learned_model, "latest", lambda: True)
        monkeypatch.setattr(
            new_addresses, "_weigh", lambda _known, _email, them: np.full(len(them), certainty)
        )
        store({"uuid": seed.MIRA_UUID, **MIRA})

    return choose


def test_the_model_tells_the_same_mailbox_from_a_strangers(mira):
    likely = find_likely(TAGGED, "")
    assert likely
    assert (likely.contact.uuid, likely.contact.name) == (seed.MIRA_UUID, "Mira Jansen")
    assert likely.probability > 0.5
    assert find_likely("mjansen@example.test", "") is None
    assert find_likely("mira.jansen@elsewhere.test", "") is None


def test_nothing_is_known_before_a_first_search():
    store({"uuid": seed.MIRA_UUID, **MIRA})
    assert find_likely(TAGGED, "") is None


def test_one_slip_in_the_address_is_looked_at(certain):
    certain(0.9)
    assert find_likely("mira.janse@example.test", "")
    assert find_likely("@", "") is None


def test_nobody_is_the_same_as_themselves(certain):
    certain(0.9)
    assert find_likely(TAGGED, seed.MIRA_UUID) is None


@pytest.mark.parametrize(("certainty", "words"), [(0.9, "Probably"), (0.3, "Perhaps")])
def test_it_is_asked_before_anybody_is_made(admin, sandbox, certain, certainty, words):
    certain(certainty)
    page = text(admin.post(CREATE, {"email": TAGGED}))
    assert f"{words} the same as Mira Jansen. Is this somebody else?" in page
    assert f'href="/contacts/{seed.MIRA_UUID}/"' in page
    assert f'href="/duplicates/compare/?first={seed.MIRA_UUID}"' in page
    assert f'value="{TAGGED}"' in page
    assert sandbox.calls("POST") == []
    assert not Entry.objects.exists()


def test_a_yes_counts_for_the_address_it_was_given_to(admin, sandbox, certain):
    certain(0.9)
    admin.post(CREATE, {"email": TAGGED, "agreed_email": "another@example.test"})
    assert not Entry.objects.exists()
    admin.post(CREATE, {"email": TAGGED, "agreed_email": TAGGED})
    assert Entry.objects.get().action == "create-contact"


def test_a_new_address_of_somebody_who_is_there_is_asked_about_too(admin, sandbox, certain):
    certain(0.9)
    other = "0000000a-0000-4000-8000-00000000000a"
    store({"uuid": other, **MIRA})
    MirroredContact.objects.filter(uuid=other).update(firstname="Mirra")
    page = text(admin.post(CHANGE, {"contact_uuid": seed.MIRA_EMAIL, "email": TAGGED}))
    assert "Probably the same as Mirra Jansen" in page
    assert f'href="{reverse("duplicates:pair", args=sorted([other, seed.MIRA_UUID]))}"' in page


def test_nobody_is_asked_about_a_row_of_many(piggy, sandbox, certain):
    certain(0.9)
    form = get_action("create-contact").form_class({"email": TAGGED}, piggy=piggy)
    form.is_one_of_many = True
    assert form.is_valid()
    assert not form.doubts
