import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.types import Contact
from piggyadmin.desk import views
from piggyadmin.ledger.models import Approval, ApprovalStatus, EntryState, Head
from piggyadmin.ledger.reads import log_look_up
from piggyadmin.notes.services import Addressee, write
from piggyadmin.piggy.clock import Difference
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.duplicates.mirror.test_text_search import made, mirror
from tests.duplicates.moving import uuid_of
from tests.ledger.making import credits_for, make_entry, somebody

pytestmark = pytest.mark.django_db


def look_for(client, query, **how):
    return client.post("/search/", {"q": query}, **how)


def test_desk_shows_recent_work(staff, sandbox):
    assert "Nothing yet" in staff.get("/").content.decode()
    slug = "find-or-create-products"
    staff.post(f"/actions/{slug}/", SAMPLES[slug])
    assert "Find or create a product" in staff.get("/").content.decode()


def test_desk_asks_for_nothing_of_which_there_is_none(admin, sandbox, django_assert_num_queries):
    for number in range(3):
        make_entry(EntryState.UNKNOWN, number=number, contact=f"c{number}")
    admin.get("/")
    with django_assert_num_queries(10):
        assert "Needs attention" in admin.get("/").content.decode()


def test_desk_and_menu_tell_what_waits_for_a_second_person(admin, staff, sandbox):
    asked = {"asked_by": somebody(), "asked_by_name": "Sanne", "action": "merge-contacts"}
    Approval.objects.create(**asked, form_data={}, agreement="", submission_key=uuid4())
    page = admin.get("/").content.decode()
    assert "Waiting for a second person" in page
    assert "Sanne wants to" in page
    assert "Waiting for a second person" not in staff.get("/").content.decode()


def test_desk_tells_of_clocks_that_are_too_far_apart(staff, sandbox, monkeypatch):
    apart = timedelta(minutes=30)
    monkeypatch.setattr(views, "difference", lambda _account: Difference(apart, apart))
    assert "30 minutes apart" in staff.get("/").content.decode()
    monkeypatch.undo()
    assert "minutes apart" not in staff.get("/").content.decode()


def test_desk_of_the_auditor_offers_no_actions(auditor):
    assert "/actions/merge-contacts/" not in auditor.get("/").content.decode()


@pytest.mark.parametrize("query", ["mira.jansen@example.test", "CARD-0001", " CARD-0001 "])
def test_contact_is_found(query, support, sandbox):
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    assert look_for(support, query)["Location"] == f"/contacts/{mira['uuid']}/"
    assert look_for(support, mira["uuid"])["Location"] == f"/contacts/{mira['uuid']}/"


def test_voucher_is_found(support, sandbox):
    url = look_for(support, "WELCOME-ACTIVE")["Location"]
    assert url.startswith("/actions/find-voucher-by-code/?stored=")
    assert "Can be used" in support.get(url).content.decode()


LOOSE = {"contact_identifier_value": "LOOSE-1", "contact_identifier_name": "Loose card"}


def test_identifier_of_nobody_is_found(staff, sandbox):
    sandbox.api("POST", "contact-identifiers", json=LOOSE)
    url = look_for(staff, "LOOSE-1")["Location"]
    assert url.startswith("/actions/update-contact-identifiers/?stored=")
    assert "Loose card" in staff.get(url).content.decode()


def test_who_may_not_open_what_is_found_is_told_of_it_all_the_same(support, sandbox):
    sandbox.api("POST", "contact-identifiers", json=LOOSE)
    page = look_for(support, "LOOSE-1").content.decode()
    assert "Loose card" in page
    assert "It is nobody&#x27;s yet." in page
    assert "update-contact-identifiers" not in page


def test_booking_is_found_by_its_uuid(staff, sandbox):
    staff.post("/actions/create-booking/", SAMPLES["create-booking"])
    uuid = SeenBooking.objects.get().uuid
    assert look_for(staff, uuid)["Location"] == f"/bookings/{uuid}/"


def test_identifier_that_is_off_leads_to_where_it_is_switched_on(staff, sandbox):
    body = {"contact_identifier_value": "CARD-0001", "contact_identifier_active": False}
    sandbox.api("PUT", "contact-identifiers", json=body)
    url = look_for(staff, "CARD-0001")["Location"]
    assert url.startswith("/actions/update-contact-identifiers/?stored=")
    assert "CARD-0001" in staff.get(url).content.decode()


@pytest.mark.parametrize("typed", ["CARD-0001", "card-0001", "cArd-0001"])
def test_a_card_that_is_off_leads_to_whose_it_was(staff, support, sandbox, typed):
    off = {"contact_identifier_value": "CARD-0001", "contact_identifier_active": "false"}
    staff.post("/actions/update-contact-identifiers/", off)
    answer = look_for(support, typed, follow=True)
    page = answer.content.decode()
    if typed == "CARD-0001":
        assert answer.redirect_chain[-1][0] == f"/contacts/{seed.MIRA_UUID}/"
    else:
        assert f"/contacts/{seed.MIRA_UUID}/" in page
        assert "CARD-0001" in page
        assert "It is switched off. When it was last changed here, it belonged to" in page


def test_code_and_identifier_that_read_the_same_are_both_shown(support, sandbox):
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    body = {"contact_identifier_value": "WELCOME-ACTIVE", "contact_uuid": mira["uuid"]}
    sandbox.api("POST", "contact-identifiers", json=body)
    page = look_for(support, "WELCOME-ACTIVE").content.decode()
    assert "More than one thing" in page
    assert f"/contacts/{mira['uuid']}/" in page


@pytest.mark.parametrize("query", ["nobody@example.test", "NO-SUCH-CODE", "<script>"])
def test_nothing_found_is_told_and_keeps_what_was_typed(query, support, sandbox):
    page = look_for(support, query).content.decode()
    assert "Nothing found" in page
    assert "<script>" not in page.split("</head>")[1].replace("<script src", "")


@pytest.mark.parametrize("query", ["", "   ", "a\0b", "x" * 300])
def test_nonsense_is_told(query, support, sandbox):
    response = look_for(support, query)
    assert response.status_code == 200
    assert "field-errors" in response.content.decode()
    assert sandbox.calls() == []


def test_remote_error_is_told(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    assert "being maintained" in look_for(support, "CARD-0001").content.decode()


def test_box_alone(support):
    assert support.get("/search/").status_code == 200


def test_needs_the_role(auditor):
    assert look_for(auditor, "CARD-0001").status_code == 403


# --- What a text may be, and what is meant by it ------------------------------------------------

MIRA = "mira.jansen@example.test"


def contact_page(sandbox, email=MIRA):
    uuid = sandbox.api("GET", "contacts/find-one-by", params={"email": email})["uuid"]
    return f"/contacts/{uuid}/"


def make_voucher(sandbox, code):
    promotion = sandbox.api("GET", "promotions")[0]["uuid"]
    sandbox.api("POST", "vouchers", json={"promotion_uuid": promotion, "code": code})


@pytest.mark.parametrize("code", ["0f8fad5b-d9cb-469f-a165-70867728950e", "koffie@4471"])
def test_a_code_may_look_like_anything(support, sandbox, code):
    make_voucher(sandbox, code)
    url = look_for(support, code)["Location"]
    assert url.startswith("/actions/find-voucher-by-code/")
    assert code in support.get(url).content.decode()


@pytest.mark.parametrize("card", ["0F8FAD5B-D9CB-469F-A165-70867728950E", "card@4471"])
def test_a_card_may_look_like_anything(support, sandbox, card):
    uuid = contact_page(sandbox).split("/")[2]
    body = {"contact_identifier_value": card, "contact_uuid": uuid}
    sandbox.api("POST", "contact-identifiers", json=body)
    assert look_for(support, card)["Location"] == f"/contacts/{uuid}/"


def test_all_that_is_called_so_is_found_side_by_side(support, sandbox):
    mine = contact_page(sandbox)
    make_voucher(sandbox, mine.split("/")[2])
    page = look_for(support, mine.split("/")[2]).content.decode()
    assert "More than one thing is called that" in page
    assert f'href="{mine}"' in page
    assert "/actions/find-voucher-by-code/" in page


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u202e", "\u00a0", "\x03"])
def test_what_nobody_sees_does_not_count(support, sandbox, unseen):
    for typed in (f"WELCOME-ACTIVE{unseen}", f"{unseen}WELCOME-ACTIVE"):
        assert "find-voucher-by-code" in look_for(support, typed)["Location"]


@pytest.mark.parametrize(
    "typed",
    [
        "Your code is: WELCOME-ACTIVE.",
        "welcome-active",
        "your code: welcome-Active!",
        "]C1WELCOME-ACTIVE",
    ],
)
def test_the_voucher_that_is_meant_is_offered(support, sandbox, typed):
    page = look_for(support, typed).content.decode()
    assert "Is this what you mean?" in page
    assert "<code>WELCOME-ACTIVE</code>" in page
    assert page.count('href="/actions/find-voucher-by-code/?stored=') == 1


@pytest.mark.parametrize(
    "typed", [f"Mira Jansen <{MIRA}>", "MIRA.JANSEN@EXAMPLE.TEST", "card-0001"]
)
def test_the_contact_that_is_meant_is_offered_or_opened(support, sandbox, typed):
    answer = look_for(support, typed)
    assert contact_page(sandbox) in answer.get("Location", "") + answer.content.decode()


def test_several_codes_at_once_with_a_way_back_to_all(support, sandbox):
    page = look_for(support, "WELCOME-ACTIVE, welcome-expired\tCARD-0001 NO-SUCH").content.decode()
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED", "CARD-0001"):
        assert f"<code>{code}</code>" in page
    one = support.get(contact_page(sandbox)).content.decode()
    (address,) = re.findall(r'href="([^"]+)">All that was found', one)
    again = support.get(address).content.decode()
    assert again.count('class="card action-card"') == page.count('class="card action-card"') == 3
    assert "CARD-0001" not in address
    assert "All that was found" not in support.get("/").content.decode()
    look_for(support, "WELCOME-ACTIVE")
    assert "All that was found" not in support.get(contact_page(sandbox)).content.decode()


def test_what_looks_odd_is_named_where_nothing_is_found(support, sandbox):
    page = look_for(support, "WELCOME\u2011ACTIVE").content.decode()
    assert "Nothing found" in page
    assert "NON-BREAKING HYPHEN" in page


def test_htmx_gets_the_part_that_changes_and_opens_what_is_found(support, sandbox):
    htmx = {"HTTP_HX_REQUEST": "true"}
    part = support.post("/search/", {"q": "NO-SUCH"}, **htmx).content.decode()
    assert "<html" not in part
    assert "Nothing found" in part
    answer = support.post("/search/", {"q": "CARD-0001"}, **htmx)
    assert answer["HX-Redirect"] == contact_page(sandbox)


def test_who_may_not_ask_is_not_told_that_there_is_nothing(support, sandbox):
    sandbox.faults({"kind": "status", "status": 403})
    page = look_for(support, "CARD-0001").content.decode()
    assert "does not let this console do that" in page
    assert "Nothing found" not in page


def test_what_is_not_kept_any_more_is_told(support):
    page = support.get("/search/?stored=gone", follow=True).content.decode()
    assert "not kept any more" in page


# --- The auditor's desk ------------------------------------------------------------------------


def test_auditors_find_what_there_is_to_read(auditor, staff, sandbox):
    slug = "find-or-create-products"
    staff.post(f"/actions/{slug}/", SAMPLES[slug])
    page = auditor.get("/").content.decode()
    assert "What you can read" in page
    assert "Your role includes no actions" not in page
    assert "saw to it that there is a product" in page
    for address in ("/ledger/", "/ledger/look-ups/", "/duplicates/merges/", "/requests/"):
        assert f'href="{address}"' in page


def test_auditors_see_what_is_open_what_was_declined_what_is_final_and_the_chain(auditor):
    contact = Contact(uuid="c1", firstname="Mira", lastname="Jansen")
    make_entry(EntryState.UNKNOWN, slug="create-credit-reception", data=credits_for(contact))
    data = {"contact_uuid": contact, "type": "DELETE"}
    make_entry(EntryState.DONE, slug="delete-contact", data=data)
    Approval.objects.create(
        asked_by=somebody(),
        asked_by_name="Sanne",
        action="create-credit-reception",
        form_data={},
        data={"credits": 500},
        agreement="x",
        submission_key=uuid4(),
        status=ApprovalStatus.DECLINED,
        decided_by_name="Noor",
        decided_at=timezone.now(),
    )
    page = auditor.get("/").content.decode()
    unknown, declined = page.split('id="declined"')
    declined, final = declined.split('id="irreversible"')
    final, chain = final.split('id="chain"')
    assert "25 credits" in unknown.split('id="open-entries"')[1]
    assert "Noor" in declined
    assert "/ledger/" in final
    assert "The newest ones fit" in chain


def test_auditors_are_told_of_a_chain_that_does_not_fit(auditor):
    make_entry(EntryState.DONE)
    Head.objects.update(hash="0" * 64)
    assert "The newest links do not fit" in auditor.get("/").content.decode()


def test_a_quiet_week_is_told(auditor):
    page = auditor.get("/").content.decode()
    for words in ("Nothing is open.", "Nothing was declined.", "Nothing of that kind was asked."):
        assert words in page


# --- What was handed over, and who was seen ------------------------------------------------------


def test_what_was_handed_over_stands_on_the_desk_with_its_customer_until_it_is_done(admin, sandbox):
    mirror(made(0, firstname="Zoë", lastname="Visscher"))
    role = Addressee(role=Group.objects.get(name="Admin"))
    note = write(somebody(), uuid_of(0), "Two <cards>", addressee=role)
    page = admin.get("/").content.decode()
    assert "Handed over to you" in page
    assert "Zoë Visscher" in page
    assert "Two &lt;cards&gt;" in page
    admin.post(f"/notes/{note.pk}/done/", {"next": "/"})
    assert "Handed over to you" not in admin.get("/").content.decode()


def test_customers_that_were_looked_at_are_a_press_away(support, sandbox):
    mirror(made(0, firstname="Zoë", lastname="Visscher"))
    page = support.get("/").content.decode()
    assert "Customers you looked at last" not in page
    log_look_up(User.objects.get(username="support"), "contact-page", uuid_of(0))
    page = support.get("/").content.decode()
    assert "Customers you looked at last" in page
    assert f'href="/contacts/{uuid_of(0)}/"' in page


def test_whoever_has_no_role_is_told_so(roleless):
    page = roleless.get("/").content.decode()
    assert "Your role includes no actions" in page
    assert "What you can read" not in page


def test_a_customer_is_found_by_name(support, sandbox):
    mirror(made(0, firstname="Zoë", lastname="van der Berg"))
    assert look_for(support, "berg zoe")["Location"] == f"/contacts/{uuid_of(0)}/"


def test_a_promotion_is_found_by_name(support, sandbox):
    page = support.post("/search/", {"q": "coffee welcome"})
    assert page.url == f"/promotions/{seed.WELCOME_COFFEE_UUID}/"


def test_one_slip_in_a_name_is_offered(support, sandbox):
    mirror(made(0, firstname="Zoë", lastname="Visscher"))
    html = look_for(support, "vischer").content.decode()
    assert "Is this what you mean?" in html
    assert f"/contacts/{uuid_of(0)}/" in html
