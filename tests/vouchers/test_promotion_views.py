"""The page of a promotion, the file of its codes and the printed sheet."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.actor import current_actor
from piggyadmin.sandbox.seed import WELCOME_COFFEE_UUID
from piggyadmin.vouchers import promotion_views, promotions
from piggyadmin.vouchers.types import Voucher
from tests.actions.test_records import do
from tests.vouchers.test_promotions import MIRA, make_promotion, make_vouchers

pytestmark = pytest.mark.django_db

PAGE = f"/promotions/{WELCOME_COFFEE_UUID}/"


def text_of(response):
    return " ".join(response.content.decode().split())


def lines_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_its_page_tells_what_it_is_and_what_is_left(support, sandbox):
    uuid = make_promotion(sandbox, voucher_limit=8, expiration_duration=30 * 24 * 60 * 60)
    make_vouchers(sandbox, uuid, ["SCOOP-1", "SCOOP-2"])
    page = text_of(support.get(f"/promotions/{uuid}/"))
    assert "Second scoop" in page
    assert "30 days" in page
    assert "<strong>2</strong>" in page
    assert re.search(r"Room left\s*</dt>\s*<dd>\s*6\s*</dd>", page)
    assert "0 % of those made" in page
    assert "SCOOP-1" in page
    assert "The last 30 days" in page


def test_its_chart_covers_all_that_is_known(support, sandbox):
    make_vouchers(sandbox, WELCOME_COFFEE_UUID, ["GOOD-TODAY"])
    do("reverse-voucher-redemption")
    page = text_of(support.get(PAGE, {"status": "LOCKED"}))
    assert "Of all its vouchers." in page
    assert "Uses that were taken back in these days: 1" in page
    assert "Vouchers that became good in these days: 1" in page


def test_its_chart_says_of_how_many_vouchers_it_is(support, sandbox, monkeypatch):
    monkeypatch.setattr(promotions, "VOUCHERS_PAGE", 2)
    monkeypatch.setattr(promotions, "DRAWN_PAGES", 2)
    made = str(support.get(PAGE).context["figures"].made)
    assert f"Of 4 of its {made} vouchers" in text_of(support.get(PAGE))


def test_what_a_filter_changes_is_read_without_what_stands_above(support, sandbox):
    narrowed = support.get(PAGE, {"status": "LOCKED"}, headers={"HX-Request": "true"})
    assert "WELCOME-LOCKED" in text_of(narrowed)
    assert not {"figures", "chart"} & narrowed.context.keys()


def test_without_vouchers_there_is_no_chart_and_no_share(support, sandbox):
    page = text_of(support.get(f"/promotions/{make_promotion(sandbox)}/"))
    assert "The last 30 days" not in page
    assert "of those made" not in page
    assert "No vouchers here." in page
    assert "no limit" in page


def test_one_without_room_says_so(support, sandbox):
    uuid = make_promotion(sandbox, voucher_limit=1)
    make_vouchers(sandbox, uuid, ["ONLY"])
    assert "no room left" in text_of(support.get(f"/promotions/{uuid}/"))


def test_a_status_narrows_its_vouchers_file_and_sheet_down(support, sandbox):
    page = text_of(support.get(PAGE, {"status": "LOCKED"}))
    assert "WELCOME-LOCKED" in page
    assert "WELCOME-ACTIVE" not in page
    assert f"{PAGE}codes.csv?status=LOCKED" in page
    assert "/sheet/" not in page
    page = text_of(support.get(PAGE, {"status": "INACTIVE"}))
    assert f"{PAGE}sheet/?status=INACTIVE" in page


@pytest.mark.parametrize("status", ["NONSENSE", "", "\0"])
def test_nonsense_narrows_nothing_down(support, sandbox, status):
    page = text_of(support.get(PAGE, {"status": status}))
    assert f'{PAGE}codes.csv"' in page


def test_customers_are_named(support, sandbox):
    contact = sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})["uuid"]
    uuid = make_promotion(sandbox)
    body = {"promotion_uuid": uuid, "code": "HERS", "contact_uuid": contact}
    sandbox.api("POST", "vouchers", json=body)
    assert f'href="/contacts/{contact}/"' in text_of(support.get(f"/promotions/{uuid}/"))


@pytest.mark.parametrize("what", ["", "codes.csv", "codes.xlsx", "sheet/"])
def test_there_is_no_page_of_what_is_not_there(support, sandbox, what):
    path = f"/promotions/00000000-0000-4000-8000-000000000000/{what}"
    assert support.get(path).status_code == 404


def test_vouchers_are_made_from_its_page_by_whoever_may(support, admin, sandbox):
    making = f"/actions/create-vouchers-batch/?promotion_uuid={WELCOME_COFFEE_UUID}"
    assert making in text_of(admin.get(PAGE))
    assert f'value="{WELCOME_COFFEE_UUID}" selected' in text_of(admin.get(making))
    assert making not in text_of(support.get(PAGE))


def test_lists_lead_to_it(support, sandbox):
    assert f'href="{PAGE}"' in text_of(support.get("/promotions/"))
    found = support.get("/vouchers/", {"promotion_uuid": WELCOME_COFFEE_UUID})
    assert f'href="{PAGE}"' in text_of(found)


def test_only_promotions_are_made_from_their_list(admin, sandbox):
    page = text_of(admin.get("/promotions/"))
    assert "/actions/create-promotion/" in page
    assert "/actions/redeem-voucher/" not in page
    assert "/actions/create-promotion/" not in text_of(admin.get("/vouchers/"))


# --- The file --------------------------------------------------------------------------------


def test_the_file_holds_every_code(support, sandbox):
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, ["SCOOP-1", "=SCOOP-2"])
    lines = lines_of(support.get(f"/promotions/{uuid}/codes.csv"))
    assert sorted(each["Voucher code"] for each in lines) == ["'=SCOOP-2", "SCOOP-1"]
    assert {each["Status"] for each in lines} == {"Can be used"}
    assert {(each["Times used"], each["Uses left"]) for each in lines} == {("0", "1")}
    assert all(each["Good from"] and not each["Used"] for each in lines)


def test_its_codes_are_a_workbook_too_in_which_nothing_is_a_formula(support, sandbox):
    uuid = make_promotion(sandbox)
    for code in ("SCOOP-1", "=SCOOP-2"):
        sandbox.api("POST", "vouchers", json={"promotion_uuid": uuid, "code": code})
    answer = support.get(f"/promotions/{uuid}/codes.xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    book = load_workbook(io.BytesIO(answer.content))
    head, *rows = book.active.iter_rows()
    assert head[0].value == "Voucher code"
    assert sorted((row[0].value, row[0].data_type) for row in rows) == [
        ("=SCOOP-2", "s"),
        ("SCOOP-1", "s"),
    ]


def test_what_is_too_much_for_a_workbook_is_offered_as_csv(support, sandbox, monkeypatch):
    monkeypatch.setattr(promotion_views, "MOST_VOUCHERS", 1)
    answer = support.get(f"{PAGE}codes.xlsx", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Take them as CSV." in text_of(answer)


def test_the_file_is_read_for_whoever_asked_to_its_end(support, sandbox, monkeypatch):
    actors = []

    def every_voucher(*_asked):
        for number in range(3):
            actors.append(current_actor())
            yield Voucher(uuid=str(number), code="SCOOP")

    monkeypatch.setattr(promotion_views, "every_voucher", every_voucher)
    assert len(lines_of(support.get(f"{PAGE}codes.csv"))) == 3
    assert {(each.person_name, each.action) for each in actors} == {
        ("Support", "vouchers:promotion-csv")
    }


def test_a_uuid_is_the_same_one_in_any_capitals(support, sandbox):
    lines = lines_of(support.get(f"/promotions/{WELCOME_COFFEE_UUID.upper()}/codes.csv"))
    assert "WELCOME-ACTIVE" in {each["Voucher code"] for each in lines}


def test_the_file_of_a_status(support, sandbox):
    lines = lines_of(support.get(f"{PAGE}codes.csv", {"status": "LOCKED"}))
    assert "WELCOME-LOCKED" in {each["Voucher code"] for each in lines}
    assert {each["Status"] for each in lines} == {"Locked"}


def test_the_file_is_in_the_language_of_its_reader(support, sandbox):
    response = support.get(f"{PAGE}codes.csv", HTTP_ACCEPT_LANGUAGE="nl")
    first = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert '"Status";"Klant"' in first


def test_a_file_that_cannot_be_read_is_a_page_that_says_why(support, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    response = support.get(f"{PAGE}codes.csv")
    assert response["Content-Type"].startswith("text/html")
    assert "Promotions" in text_of(response)


# --- The sheet -------------------------------------------------------------------------------


def test_the_sheet_shows_codes_as_pictures(support, sandbox):
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, ["SCOOP-1", "SCOOP-2"])
    page = text_of(support.get(f"/promotions/{uuid}/sheet/"))
    assert page.count('src="data:image/svg+xml') == 2
    assert "<code>SCOOP-1</code>" in page


def test_what_cannot_be_used_is_not_printed(support, sandbox):
    page = text_of(support.get(f"{PAGE}sheet/", {"status": "REDEEMED"}))
    assert "<code>WELCOME-ACTIVE</code>" in page
    assert "<code>WELCOME-REDEEMED</code>" not in page


def test_what_is_a_customers_own_says_so_on_the_sheet(support, sandbox):
    page = text_of(support.get(f"{PAGE}sheet/"))
    of_mira = page.split("<code>WELCOME-ACTIVE</code>")[1].split("</li>")[0]
    assert "Belongs to a customer already" in of_mira


def test_without_codes_it_says_so(support, sandbox):
    page = text_of(support.get(f"/promotions/{make_promotion(sandbox)}/sheet/"))
    assert "No codes to print" in page


def make_batch(sandbox, promotion_uuid, reference, codes):
    named = {"entity": "voucher", "name": "console_reference", "type": "text", "label": "Reference"}
    sandbox.api("POST", "custom-attributes", json=named)
    make_vouchers(sandbox, promotion_uuid, codes, {"console_reference": reference})


REFERENCE = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_a_batch_is_printed_page_by_page(support, sandbox, monkeypatch):
    monkeypatch.setattr(promotion_views, "PRINTED", 2)
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, ["OTHER-1", "OTHER-2", "OTHER-3"])
    make_batch(sandbox, uuid, REFERENCE, ["OURS-1", "OURS-2", "OURS-3"])
    first, second = (
        text_of(support.get(f"/promotions/{uuid}/sheet/", {"batch": REFERENCE, "page": page}))
        for page in (1, 2)
    )
    assert (first.count("<code>OURS-"), second.count("<code>OURS-")) == (2, 1)
    assert "OTHER" not in first + second
    assert "page=2" in first
    assert "page=3" not in second


def test_the_file_of_a_batch(support, sandbox):
    uuid = make_promotion(sandbox)
    make_vouchers(sandbox, uuid, ["OTHER-1"])
    make_batch(sandbox, uuid, REFERENCE, ["OURS-1", "OURS-2"])
    lines = lines_of(support.get(f"/promotions/{uuid}/codes.csv", {"batch": REFERENCE}))
    assert sorted(each["Voucher code"] for each in lines) == ["OURS-1", "OURS-2"]


def test_what_a_batch_has_made_leads_to_its_codes(sandbox):
    browser, page = do("create-vouchers-batch", activation_date="", expiration_date="")
    reference = Entry.objects.get().submission_key
    for what in ("sheet/", "codes.csv"):
        assert f"{PAGE}{what}?batch={reference}" in page
    make_vouchers(sandbox, WELCOME_COFFEE_UUID, ["OURS-1"], {"console_reference": str(reference)})
    sheet = text_of(browser.get(f"{PAGE}sheet/", {"batch": str(reference)}))
    assert "<code>OURS-1</code>" in sheet
    assert "WELCOME-ACTIVE" not in sheet
