"""Taking a use back: the right one, once, and found again when the answer was lost."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from piggyadmin.vouchers import services
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.vouchers.acting import AMSTERDAM, do, errors, last_entry, multi_use, voucher

pytestmark = pytest.mark.django_db
REVERSE = get_action("reverse-voucher-redemption")
SEEDED = SAMPLES[REVERSE.slug]["redemption_uuid"]
CODE = "WELCOME-REDEEMED"


def reversed_paths(sandbox):
    paths = [call["path"] for call in reversed(sandbox.calls("POST"))]
    return [path.split("/")[-2] for path in paths if path.endswith("/reverse")]


def test_the_last_use_made_here_is_taken_back_by_its_uuid(staff, sandbox):
    code = multi_use(sandbox)
    do(staff, "redeem-voucher", code=code, number_of_times="2")
    uses = [use["uuid"] for use in last_entry().last_event.detail["result"]["redemptions"]]
    for expected in reversed(uses):
        page = do(staff, REVERSE.slug, code=code, redemption_uuid="", comment=expected)
        assert "The use was taken back. Can be used" in " ".join(page.content.decode().split())
    assert reversed_paths(sandbox) == uses[::-1]
    assert voucher(sandbox, code)["times_redeemed"] == 0
    words = f"Staff took a use of the voucher {code} of {seed.MIRA_EMAIL} back"
    assert sentence_of(last_entry()) == words


def test_the_preview_says_who_made_it(staff, sandbox):
    do(staff, "redeem-voucher")
    typed = SAMPLES[REVERSE.slug] | {"code": "WELCOME-ACTIVE", "redemption_uuid": ""}
    page = staff.post(f"/actions/{REVERSE.slug}/", typed).content.decode()
    assert f"Staff used the voucher WELCOME-ACTIVE of {seed.MIRA_EMAIL} at Amsterdam" in page


def test_a_use_that_nobody_knows_is_the_voucher_s_last(staff, sandbox):
    typed = SAMPLES[REVERSE.slug] | {"redemption_uuid": ""}
    page = staff.post(f"/actions/{REVERSE.slug}/", typed).content.decode()
    assert "This console does not know of this use" in page
    do(staff, REVERSE.slug, redemption_uuid="")
    assert reversed_paths(sandbox) == [voucher(sandbox, CODE)["uuid"]]
    assert voucher(sandbox, CODE)["status"] == "ACTIVE"


def test_a_wrong_uuid_takes_nothing_else_back(staff, sandbox):
    nothing = "c0ffee00-0000-4000-8000-00000000ffff"
    do(staff, REVERSE.slug, redemption_uuid=nothing)
    assert reversed_paths(sandbox) == [nothing]
    assert voucher(sandbox, CODE)["status"] == "REDEEMED"
    assert last_entry().state == EntryState.REJECTED


def test_no_use_is_taken_back_twice(staff, sandbox):
    do(staff, REVERSE.slug)
    sandbox.api("POST", "vouchers/redeem", json={"code": CODE, "shop_uuid": AMSTERDAM})
    page = do(staff, REVERSE.slug)
    (words,) = errors(page)["redemption_uuid"]
    assert words.startswith("This use was taken back before: Staff took a use of the voucher")
    assert reversed_paths(sandbox) == [SEEDED]


def test_what_was_taken_back_offers_it_no_more(staff, sandbox):
    do(staff, "redeem-voucher")
    use = last_entry()
    address = f"/actions/redeem-voucher/{use.submission_key}/"
    offered = f"/actions/{REVERSE.slug}/?undo={use.submission_key}"
    (redemption,) = use.last_event.detail["result"]["redemptions"]
    asked = {name: use.data[name] for name in ("code", "voucher_uuid")}
    asked["redemption_uuid"] = redemption["uuid"]
    lost = make_entry(EntryState.UNKNOWN, slug=REVERSE.slug, data=asked)
    page = staff.get(address).content.decode()
    assert f'href="{offered}"' in page
    assert "Reversed" not in page
    appending.append(lost, EntryState.SETTLED_DONE)
    page = staff.get(address).content.decode()
    assert f'href="{offered}"' not in page
    assert "Reversed" in page


def test_what_was_taken_back_elsewhere_is_told_by_piggy(staff, sandbox):
    body = {"code": CODE, "shop_uuid": AMSTERDAM}
    sandbox.api("POST", f"vouchers/{SEEDED}/reverse")
    sandbox.api("POST", "vouchers/redeem", json=body)
    page = do(staff, REVERSE.slug)
    words = ["This use was taken back before, be it elsewhere."]
    assert errors(page) == {"redemption_uuid": words}
    assert last_entry().state == EntryState.REJECTED


def test_what_was_never_used_cannot_be(staff, sandbox):
    page = do(staff, REVERSE.slug, code="WELCOME-ACTIVE")
    words = ["It was never used, so there is nothing to take back."]
    assert errors(page)["code"] == words


def test_it_is_done_whether_or_not_piggy_tells_more(piggy, monkeypatch, sandbox):
    found = services.find_voucher(piggy, code=CODE)
    data = {"code": CODE, "voucher_uuid": found.uuid, "redemption_uuid": SEEDED}
    sandbox.faults({"kind": "status", "status": 503, "path": "^vouchers/find$"})
    assert REVERSE.perform(piggy, data).voucher is None
    sandbox.faults()
    assert voucher(sandbox, CODE)["status"] == "ACTIVE"


# --- Lost answers ----------------------------------------------------------------------------


def lost(piggy, code=CODE, redemption=SEEDED):
    found = services.find_voucher(piggy, code=code)
    data = {"code": code, "voucher_uuid": found.uuid, "redemption_uuid": redemption}
    preview = REVERSE.preview(piggy, {**data, "voucher": found})
    entry = make_entry(slug=REVERSE.slug, data=data, preview=preview)
    appending.append(entry, EntryState.SENT)
    appending.append(entry, EntryState.UNKNOWN)
    return entry


def verdict(piggy, entry):
    return REVERSE.read_back(piggy, entry).verdict


def test_one_use_less_is_proof(piggy, sandbox):
    entry = lost(piggy)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
    sandbox.api("POST", f"vouchers/{SEEDED}/reverse")
    finding = REVERSE.read_back(piggy, entry)
    assert (finding.verdict, finding.result.voucher.status) == (Verdict.DONE, "ACTIVE")


def test_as_many_uses_as_before_are_proof_after_a_time(piggy, later):
    assert verdict(piggy, lost(piggy)) == Verdict.NOT_DONE


def test_another_number_is_none(piggy, sandbox, later):
    code = multi_use(sandbox)
    body = {"code": code, "shop_uuid": AMSTERDAM}
    sandbox.api("POST", "vouchers/redeem", json=body)
    entry = lost(piggy, code, "")
    sandbox.api("POST", "vouchers/redeem", json=body)
    assert verdict(piggy, entry) == Verdict.UNDECIDED
