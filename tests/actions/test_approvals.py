"""Four eyes: asked by one, approved by another, with the preview as it is at that moment."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.models import Approval, Entry, State
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db
MERGE = "merge-contacts"
CREDITS = "create-credit-reception"


@pytest.fixture
def second(db):
    return signed_in(User.objects.create_superuser("second", first_name="Second"))


def ask(client, slug=MERGE, confirmation="m.jansen@example.test"):
    checked = client.post(f"/actions/{slug}/", SAMPLES[slug])
    typed = {
        "step": "confirm",
        "agreement": checked.context["agreement"],
        "submission_key": checked.context["submission_key"],
        "confirmation": confirmation,
    }
    return client.post(f"/actions/{slug}/", SAMPLES[slug] | typed)


def test_off_by_default(admin, sandbox):
    ask(admin)
    assert not Approval.objects.exists()
    assert Entry.objects.get().state == State.DONE


@pytest.fixture
def request_url(admin, sandbox, settings):
    settings.FOUR_EYES = True
    url = ask(admin)["Location"]
    assert sandbox.calls("POST", "contacts/merge") == []
    assert not Entry.objects.exists()
    return url


def test_approved_by_another(admin, second, request_url, sandbox):
    assert request_url in second.get("/").content.decode()
    assert "150" in second.get(request_url).content.decode()
    for _ in range(2):
        second.post(request_url, {"decision": "approve", "note": "Seen both."})
    assert len(sandbox.calls("POST", "contacts/merge")) == 1
    entry = Entry.objects.get()
    assert (entry.person_name, entry.state) == ("Admin", State.DONE)
    page = second.get(f"/ledger/{entry.submission_key}/").content.decode()
    assert "Approved by Second" in page
    assert "Seen both." in page
    assert entry.events.get(kind="intended").detail["approval"]["approved_by_name"] == "Second"


def test_nobody_approves_their_own(admin, request_url, sandbox):
    assert admin.post(request_url, {"decision": "approve"}).status_code == 403
    assert "Somebody else has to approve" in admin.get(request_url).content.decode()
    assert sandbox.calls("POST", "contacts/merge") == []


def test_needs_the_role(request_url, sandbox):
    staff = signed_in(person(Role.STAFF))
    assert staff.get(request_url).status_code == 403


def test_declined(second, request_url, sandbox):
    second.post(request_url, {"decision": "decline", "note": "Two people."})
    assert Approval.objects.get().status == Approval.Status.DECLINED
    second.post(request_url, {"decision": "approve"})
    assert sandbox.calls("POST", "contacts/merge") == []


def test_a_changed_preview_needs_a_new_approval(second, request_url, sandbox):
    known = {"shop_uuid": SAMPLES[CREDITS]["shop_uuid"], "credits": 7}
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    sandbox.api("POST", "credit-receptions", json=known | {"contact_uuid": mira["uuid"]})
    assert "asked anew" in second.get(request_url).content.decode()
    second.post(request_url, {"decision": "approve"})
    assert Approval.objects.get().status == Approval.Status.WITHDRAWN
    assert sandbox.calls("POST", "contacts/merge") == []


def test_credits_above_a_limit(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 25
    ask(staff, CREDITS)
    assert not Approval.objects.exists()
    settings.FOUR_EYES_CREDITS_ABOVE = 24
    ask(staff, CREDITS)
    assert Approval.objects.get().action == CREDITS
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


def test_a_fragment_leads_to_the_page_of_its_own(admin, sandbox, settings):
    settings.FOUR_EYES = True
    admin.defaults["HTTP_HX_REQUEST"] = "true"
    response = ask(admin)
    assert response["HX-Redirect"] == f"/ledger/approvals/{Approval.objects.get().submission_key}/"
    assert "Location" not in response
