"""Rows that were chosen in lists of the console, and failed ones, where lists are read."""

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bulk import choosing
from piggyadmin.bulk.models import BulkRun
from piggyadmin.sandbox import seed
from tests.bulk.making import CREDITS, SHOP, carried, checked, confirmed
from tests.conftest import person, signed_in

MIRA = "mira.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\nnobody@example.test;3\n"


@pytest.fixture
def page(maker):
    return signed_in(maker)


def pasted(answer) -> str:
    """Give what stands where lists are pasted."""
    return str(answer.context["form"]["text"].value())


def test_contacts_of_the_list_of_contacts(sandbox, page):
    shown = page.get("/contacts/").text
    assert 'name="contacts"' in shown
    assert 'action="/bulk/chosen/"' in shown
    answer = page.post("/bulk/chosen/", {"contacts": [f"{seed.MIRA_UUID}|Mira", "other-uuid"]})
    text = pasted(answer)
    assert text == f"Customer\tName\n{seed.MIRA_UUID}\tMira\nother-uuid\n"
    page.post("/bulk/", {"action": CREDITS, "text": text})
    run = BulkRun.objects.get()
    assert run.chosen == {"contact_uuid": 0}


def test_codes_of_many_codes(sandbox, page):
    shown = page.post("/vouchers/codes/", {"codes": "WELCOME-ACTIVE\nWELCOME-EXPIRED"})
    content = b"".join(shown.streaming_content).decode()
    assert 'formaction="/bulk/chosen/"' in content
    posted = {"codes": ["WELCOME-ACTIVE"], "all_codes": "WELCOME-ACTIVE\nWELCOME-EXPIRED"}
    text = pasted(page.post("/bulk/chosen/", posted))
    assert text == "Voucher code\nWELCOME-ACTIVE\n"
    page.post("/bulk/", {"action": "extend-voucher", "text": text})
    assert BulkRun.objects.get().chosen == {"code": 0}
    text = pasted(page.post("/bulk/chosen/", {"all_codes": posted["all_codes"]}))
    assert text.splitlines()[1:] == ["WELCOME-ACTIVE", "WELCOME-EXPIRED"]


def test_vouchers_of_their_list(sandbox, page):
    shown = page.get("/vouchers/").text
    assert 'name="codes"' in shown
    assert 'value="WELCOME-ACTIVE"' in shown
    assert 'action="/bulk/chosen/"' in shown


def test_customers_of_bookings(sandbox, page):
    SeenBooking.objects.create(uuid="one", contact_uuid=seed.MIRA_UUID, contact_email=MIRA)
    SeenBooking.objects.create(uuid="two")
    shown = page.get("/bookings/all/").text
    assert shown.count('name="contacts"') == 1
    assert f'value="{seed.MIRA_UUID}|' in shown
    assert "Do something with the chosen customers…" in shown


def test_in_dutch_columns_are_known_too(sandbox, page):
    page.cookies["django_language"] = "nl"
    text = pasted(page.post("/bulk/chosen/", {"contacts": f"{seed.MIRA_UUID}|Mira"}))
    page.post("/bulk/", {"action": CREDITS, "text": text})
    assert BulkRun.objects.get().chosen["contact_uuid"] == 0


@pytest.mark.parametrize("posted", [{}, {"contacts": " "}, {"all_codes": ""}, {"emails": "a@b.c"}])
def test_nothing_was_chosen(sandbox, page, posted):
    answer = page.post("/bulk/chosen/", posted, follow=True)
    assert "Nothing was chosen." in answer.text


def test_nothing_that_was_chosen_stands_in_an_address(page):
    assert page.get("/bulk/chosen/")["Location"] == "/bulk/"


def test_who_may_not_is_offered_nothing(sandbox, db):
    staff = signed_in(person(Role.STAFF))
    shown = staff.get("/contacts/").text
    assert 'name="contacts"' not in shown
    assert "/bulk/chosen/" not in shown


# --- Failed rows -----------------------------------------------------------------------------


def test_failed_rows_are_mended_in_place(sandbox, page, maker):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    assert "Mend the failed rows here" in page.get(f"/bulk/{run.pk}/").text
    answer = page.post(f"/bulk/{run.pk}/failed/")
    text = pasted(answer)
    assert text.splitlines()[0] == "e-mail\tcredits\tWhat was wrong"
    assert text.splitlines()[1].startswith("nobody@example.test\t3\t")
    assert answer.context["form"]["action"].value() == CREDITS
    page.post("/bulk/", {"action": CREDITS, "text": text.replace("nobody", "m.jansen")})
    again = BulkRun.objects.latest("pk")
    assert again.chosen["contact_uuid"] == 0
    assert again.chosen["credits"] == 1


def test_before_it_begins_what_is_ready_has_not_failed(sandbox, page, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    text = pasted(page.post(f"/bulk/{run.pk}/failed/"))
    assert MIRA not in text


def test_too_many_failed_rows(sandbox, page, maker, monkeypatch):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    monkeypatch.setattr(choosing, "MOST_PASTED", 10)
    answer = page.post(f"/bulk/{run.pk}/failed/", follow=True)
    assert "Take the file of them." in answer.text
