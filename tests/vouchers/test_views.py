import pytest

pytestmark = pytest.mark.django_db


def test_filters_are_kept_and_sent(support, sandbox):
    promotions = {p["name"]: p["uuid"] for p in sandbox.api("GET", "promotions")}
    response = support.get(
        "/vouchers/", {"promotion_uuid": promotions["Welcome coffee"], "status": "LOCKED"}
    )
    page = response.content.decode()
    assert "WELCOME-LOCKED" in page
    assert "WELCOME-ACTIVE" not in page
    assert 'value="LOCKED" selected' in " ".join(page.split())


@pytest.mark.parametrize("status", ["NONSENSE", "", "\0"])
def test_unknown_status_is_left_out(status, support, sandbox):
    assert "WELCOME-ACTIVE" in support.get("/vouchers/?page=1", {"status": status}).content.decode()


@pytest.mark.parametrize(("code", "uses"), [("ACTIVE", "0 of 1"), ("REDEEMED", "1 of 1")])
def test_a_voucher_tells_its_uses(support, sandbox, code, uses):
    page = support.get("/actions/find-voucher-by-code/", {"code": f"WELCOME-{code}"})
    assert f"used {uses} times" in page.content.decode()


def test_the_address_of_a_voucher_leads_to_its_answer(support, sandbox):
    answer = support.get("/vouchers/WELCOME-ACTIVE/", follow=True)
    assert "Can be used" in answer.content.decode()


def test_promotions_lead_to_their_vouchers(support, sandbox):
    html = support.get("/promotions/").content.decode()
    assert "Welcome coffee" in html
    assert "/vouchers/?promotion_uuid=" in html
