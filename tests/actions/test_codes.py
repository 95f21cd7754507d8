"""Codes, cards and addresses in the forms of actions: one rule for all of them."""

import re

import pytest
from django.urls import reverse

from piggyadmin.actions.registry import actions, get_action
from piggyadmin.contacts.forms import ContactField, ContactsField
from piggyadmin.piggy.errors import Unreachable
from piggyadmin.ui.forms import CleanCharField, CodeField
from piggyadmin.vouchers import services

pytestmark = pytest.mark.django_db

MIRA = "mira.jansen@example.test"
# Texts that people read, not codes.
WORDS = {
    *("company_name", "contact_identifier_name", "label", "name", "source", "status", "title"),
    # What stands before an amount, and the name of the one field that a form is opened for.
    *("prefix", "only"),
}
FOUND = [
    ("find-voucher-by-code", "code", "WELCOME-ACTIVE", "Can be used"),
    ("get-contact-credit-balance", "contact_uuid", MIRA, "120 credits"),
    ("get-contact-credit-balance", "contact_uuid", "CARD-0001", "120 credits"),
    ("update-contact-identifiers", "contact_identifier_value", "CARD-0001", MIRA),
]


def ask(client, slug, name, value):
    url = reverse("actions:action", args=[slug])
    return client.post(url, {name: value, "step": "look_up"}, follow=True).content.decode()


def test_every_line_that_is_not_words_is_a_code():
    forms = [action.form_class for action in actions()]
    forms += [action.look_up_form_class for action in actions() if action.look_up_form_class]
    lines = {
        name
        for form in forms
        for name, field in form.base_fields.items()
        if type(field) is CleanCharField
    }
    assert lines <= WORDS


@pytest.mark.parametrize(("slug", "name", "value", "found"), FOUND)
@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u00a0", "\x02"])
def test_what_nobody_sees_does_not_count(staff, sandbox, slug, name, value, found, unseen):
    assert found in ask(staff, slug, name, f"{unseen}{value}{unseen}")


@pytest.mark.parametrize(("slug", "name", "value", "_found"), FOUND)
def test_what_is_odd_is_named_and_not_guessed(staff, sandbox, slug, name, value, _found):
    page = ask(staff, slug, name, value.replace("A", "\u0410").replace("m", "\u043c"))
    assert "CYRILLIC" in page
    assert "data-error-summary" in page


@pytest.mark.parametrize(("slug", "name", "value", "_found"), FOUND)
def test_what_the_scanner_puts_in_front_is_named(staff, sandbox, slug, name, value, _found):
    page = ask(staff, slug, name, f"]C1{value}")
    assert "“]C1”" in page
    assert "Code 128" in page


def switch_off(sandbox, card):
    body = {"contact_identifier_value": card, "contact_identifier_active": False}
    sandbox.api("PUT", "contact-identifiers", json=body)


def test_the_field_shows_what_counted(support, sandbox):
    page = ask(support, "find-voucher-by-code", "code", "\ufeffNO-SUCH\u200b")
    assert 'value="NO-SUCH"' in page


@pytest.mark.parametrize("card", ["card@4471", "0f8fad5b-d9cb-469f-a165-70867728950e"])
def test_a_card_that_looks_like_something_else_is_a_card(support, sandbox, card):
    uuid = sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})["uuid"]
    body = {"contact_identifier_value": card, "contact_uuid": uuid}
    sandbox.api("POST", "contact-identifiers", json=body)
    assert "120 credits" in ask(support, "get-contact-credit-balance", "contact_uuid", card)
    assert "Mira Jansen" in support.post("/contacts/peek/", {"q": card}).content.decode()


def test_what_is_odd_is_named_beside_the_field_at_once(support, sandbox):
    assert "EN DASH" in support.post("/contacts/peek/", {"q": "CARD\u20130001"}).content.decode()


def test_several_contacts_each_without_what_nobody_sees():
    typed = f"\ufeff{MIRA}\u200b\r\nCARD\u00a01 \u2060\r\n\u200b"
    assert ContactsField().clean(typed) == [MIRA, "CARD 1"]


def test_whatever_asks_for_a_contact_takes_codes():
    assert issubclass(ContactField, CodeField)


# --- What is meant by a code that there is not --------------------------------------------------


def offered(page: str) -> list[tuple[str, str]]:
    """Give what the buttons of an offer send, by the name of the field."""
    _before, _offer, rest = page.partition("data-meant")
    return re.findall(r'name="meant"\s+value="(\w+)=(.*?)"', rest)


WRITTEN = ["{lower}", "]C1{value}", "Your code is: {lower}.", "<{value}>"]


@pytest.mark.parametrize(
    ("slug", "name", "value", "found", "written"),
    # An address is found in any capitals.
    [(*each, way) for each in FOUND for way in WRITTEN if (each[2], way) != (MIRA, "{lower}")],
)
def test_what_is_meant_is_offered_and_found(staff, sandbox, slug, name, value, found, written):
    page = ask(staff, slug, name, written.format(lower=value.lower(), value=value))
    assert "data-error-summary" in page
    assert offered(page) == [(name, value)]
    assert page.index("data-meant") > page.index('class="button primary"')
    url = reverse("actions:action", args=[slug])
    pressed = {name: written, "step": "look_up", "meant": f"{name}={value}"}
    page = staff.post(url, pressed, follow=True).content.decode()
    assert found in page
    assert f'value="{value}"' in page or "readonly" in page


@pytest.mark.parametrize(("slug", "name", "_value", "_found"), FOUND)
def test_nothing_is_offered_where_nothing_is_meant(staff, sandbox, slug, name, _value, _found):
    assert "data-meant" not in ask(staff, slug, name, "no-such-code")


@pytest.mark.parametrize("typed", ["card-0001", "cArd-0001", "Your card is: card-0001."])
@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("get-contact-credit-balance", "contact_uuid"),
        ("create-credit-reception", "contact_uuid"),
        ("update-contact-identifiers", "contact_identifier_value"),
    ],
)
def test_a_card_that_is_switched_off_is_offered_as_well(staff, sandbox, slug, name, typed):
    switch_off(sandbox, "CARD-0001")
    assert offered(ask(staff, slug, name, typed)) == [(name, "CARD-0001")]


def test_a_card_of_nobody_is_offered_as_well(support, sandbox):
    sandbox.api("POST", "contact-identifiers", json={"contact_identifier_value": "LOOSE-1"})
    page = ask(support, "get-contact-credit-balance", "contact_uuid", "loose-1")
    assert offered(page) == [("contact_uuid", "LOOSE-1")]


def test_beside_the_field_a_card_that_is_switched_off_is_asked_about(support, sandbox):
    switch_off(sandbox, "CARD-0001")
    page = support.post("/contacts/peek/", {"q": "card-0001"}).content.decode()
    assert "Is this what you mean: “CARD-0001”?" in page


def test_what_exists_as_it_was_typed_is_not_guessed_at(staff, sandbox):
    body = {"contact_identifier_value": "card-0001", "contact_identifier_name": "Another one"}
    sandbox.api("POST", "contact-identifiers", json=body)
    page = ask(staff, "update-contact-identifiers", "contact_identifier_value", "card-0001")
    assert "Another one" in page
    assert "data-meant" not in page


def test_an_offer_is_none_where_piggy_cannot_be_asked_again(support, sandbox, monkeypatch):
    """The miss is certain all the same."""
    find = services.find_voucher

    def fails_for_others(piggy, *, code):
        if code != "no-such":
            raise Unreachable(trace_id="0" * 32)
        return find(piggy, code=code)

    monkeypatch.setattr(services, "find_voucher", fails_for_others)
    page = ask(support, "find-voucher-by-code", "code", "no-such")
    assert "data-error-summary" in page
    assert "data-meant" not in page


def test_whom_a_write_means_is_offered_and_nothing_is_sent(staff, sandbox):
    shop = sandbox.api("GET", "shops")[0]["uuid"]
    sample = {"contact_uuid": "card-0001", "shop_uuid": shop, "credits": "10"}
    page = staff.post("/actions/create-credit-reception/", sample).content.decode()
    assert offered(page) == [("contact_uuid", "CARD-0001")]
    pressed = sample | {"meant": "contact_uuid=CARD-0001"}
    page = staff.post("/actions/create-credit-reception/", pressed).content.decode()
    assert "What will happen" in page
    assert "credit-receptions" not in {call["path"] for call in sandbox.calls("POST")}


def test_beside_the_field_it_is_asked_who_is_meant(support, sandbox):
    page = support.post("/contacts/peek/", {"q": "card-0001"}).content.decode()
    assert "Is this what you mean: “CARD-0001”?" in page


def test_of_several_contacts_it_is_asked_which_is_meant(admin, sandbox):
    sent = {"contact_uuids": f"{MIRA}\ncard-0002"}
    page = admin.post("/actions/merge-duplicates/", sent).content.decode()
    assert "Is this what you mean: “CARD-0002”?" in page


def test_two_contacts_to_compare_are_offered(admin, sandbox):
    page = admin.post("/duplicates/compare/", {"first": MIRA, "second": "card-0002"})
    assert offered(page.content.decode()) == [("second", "CARD-0002")]


def test_the_filter_of_the_ledger_asks_who_is_meant(auditor, sandbox):
    page = auditor.post("/ledger/", {"contact_uuid": "card-0001"}, follow=True).content.decode()
    assert "Is this what you mean: “CARD-0001”?" in page


@pytest.mark.parametrize(
    "typed",
    [f"Mira Jansen <{MIRA}>", f'"Jansen, M." <{MIRA}>,', f"<mailto:{MIRA}>", f"mailto:{MIRA}"],
)
def test_the_address_counts_of_what_mail_programs_write(staff, sandbox, typed):
    page = staff.post("/actions/send-contact-verification-email/", {"email": typed})
    assert f'value="{MIRA}"' in page.content.decode()
    assert "What will happen" in page.content.decode()


# --- Where one types next -----------------------------------------------------------------------


def focused(page: str) -> list[str]:
    return [
        tag
        for tag in re.findall(r"<(?:input|select|textarea|div)[^>]*>", page)
        if re.search(r"\bautofocus\b", tag)
    ]


@pytest.mark.parametrize("slug", [action.slug for action in actions()])
def test_the_first_field_has_the_focus(admin, sandbox, slug):
    action = get_action(slug)
    page = admin.get(action.url).content.decode()
    form = action.look_up_form_class or action.form_class
    assert len(focused(page)) == (
        1 if form.base_fields and "data-error-summary" not in page else 0
    ), slug


def test_after_a_miss_the_one_field_has_it_and_not_the_list_of_errors(support, sandbox):
    (tag,) = focused(ask(support, "find-voucher-by-code", "code", "NO-SUCH"))
    assert 'name="code"' in tag


def test_of_several_errors_the_list_has_it(staff, sandbox):
    (tag,) = focused(staff.post("/actions/create-credit-reception/", {}).content.decode())
    assert "data-error-summary" in tag


def test_what_will_happen_is_read_and_not_typed_into(staff, sandbox):
    sample = {"contact_uuid": MIRA, "shop_uuid": sandbox.api("GET", "shops")[0]["uuid"]}
    page = staff.post("/actions/create-credit-reception/", sample | {"credits": "10"})
    assert "What will happen" in page.content.decode()
    assert focused(page.content.decode()) == []
