"""All that is known of a contact, on its page, and where it is changed."""

import pytest

from piggyadmin.contacts.known_facts import read_facts
from piggyadmin.contacts.services import update_contact
from piggyadmin.sandbox import seed
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db
URL = f"/contacts/{seed.MIRA_UUID}/"
CHANGE = "/actions/update-contact/"


def panel(page: str) -> str:
    return page.split('id="facts"')[1].split("</section>", maxsplit=1)[0]


def test_everything_that_is_known_stands_there_by_its_label(piggy, staff, sandbox):
    attributes = {"address": "Dam 1", "locale": "nl", "favourite_drink": "tea"}
    update_contact(piggy, contact_uuid=seed.MIRA_UUID, attributes=attributes)
    shown = panel(text(staff.get(URL)))
    for words in ("Address", "Dam 1", "Language", "Phone", "Date of birth", "First name"):
        assert words in shown
    by_name = {each.name: each for each in read_facts(piggy, seed.MIRA_UUID)["known_facts"]}
    assert by_name["favourite_drink"].shown != "tea"
    assert by_name["favourite_drink"].shown in shown
    assert by_name["favourite_drink"].label in shown


def test_what_has_no_value_can_be_filled_in(piggy, staff, sandbox):
    facts = read_facts(piggy, seed.MIRA_UUID)
    empty = facts["unknown_facts"][0]
    assert not empty.shown
    assert f"{CHANGE}?contact_uuid={seed.MIRA_UUID}&amp;only={empty.name}" in text(staff.get(URL))


def test_one_value_is_changed_in_a_form_of_its_own(staff, sandbox):
    asked = {"contact_uuid": seed.MIRA_UUID, "only": "phonenumber"}
    page = text(staff.get(CHANGE, asked))
    assert 'name="phonenumber"' in page
    assert 'name="firstname"' not in page
    sent = asked | {"phonenumber": "+31612312312"}
    assert "Saved: Phone." in text(staff.post(CHANGE, sent, follow=True))
    mira = sandbox.api("GET", f"contacts/{seed.MIRA_UUID}")
    assert mira["current_values"]["phonenumber"] == "+31612312312"
    assert mira["current_values"]["firstname"] == "Mira"


def test_a_value_that_there_is_not_leads_to_all_of_them(staff, sandbox):
    page = text(staff.get(CHANGE, {"contact_uuid": seed.MIRA_UUID, "only": "no_such"}))
    assert 'name="firstname"' in page
    assert 'name="phonenumber"' in page


def test_that_an_address_cannot_be_changed_leads_to_what_works(admin, staff, sandbox):
    change = f"/actions/change-email-address/?contact_uuid={seed.MIRA_UUID}"
    assert change in panel(text(admin.get(URL)))
    assert change in text(admin.get(CHANGE, {"contact_uuid": seed.MIRA_UUID}))
    assert change not in text(staff.get(URL))


def test_a_code_is_sent_and_checked_from_there(staff, sandbox):
    shown = panel(text(staff.get(URL)))
    send = f"/actions/send-contact-verification-email/?contact_uuid={seed.MIRA_UUID}"
    assert send in shown
    assert f"/actions/verify-contact-code/?contact_uuid={seed.MIRA_UUID}" in shown
    assert f'value="{seed.MIRA_EMAIL}"' in text(staff.get(send))


def test_who_is_anonymous_has_no_address_to_send_to(admin, sandbox):
    shown = panel(text(admin.get(f"/contacts/{seed.ANONYMOUS_UUID}/")))
    assert "none: the customer is anonymous" in shown
    assert "claim-anonymous-contact" in shown
    assert "send-contact-verification-email" not in shown
    send = f"/actions/send-contact-verification-email/?contact_uuid={seed.ANONYMOUS_UUID}"
    assert "anonymous.example.test" not in text(admin.get(send))


def test_a_mail_form_opens_although_piggy_is_away(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    send = f"/actions/send-contact-verification-email/?contact_uuid={seed.MIRA_UUID}"
    assert staff.get(send).status_code == 200
