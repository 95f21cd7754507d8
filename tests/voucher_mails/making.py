"""Runs that have made vouchers, and workers that mail them."""

from typing import Any

from piggyadmin.accounts.models import User
from piggyadmin.bulk.models import BulkRun
from piggyadmin.voucher_mails import confirming, preparing, sending
from piggyadmin.voucher_mails.models import VoucherMailing
from tests.bulk.making import carried, checked, confirmed, work

VOUCHER = "create-voucher"
PROMOTION = "c0ffee00-0000-4000-8000-000000000201"
MIRA, OTHER = "mira.jansen@example.test", "m.jansen@example.test"
SUBJECT = "For you, {first_name|friend}"
TEXT = "Hello {first_name|friend},\n\nyour code for {promotion} is {code}."


def run_of(person: User, *customers: str) -> BulkRun:
    """Make each of these customers a voucher."""
    text = "customer\n" + "\n".join(customers)
    run = checked(text, person, action=VOUCHER, contact_uuid=0, promotion_uuid=PROMOTION)
    return carried(confirmed(run))


def kinds(sandbox: Any) -> dict[str, str]:
    """Give the keys of the kinds of messages, by what they are called."""
    return {each["name"]: each["uuid"] for each in sandbox.api("GET", "subscription-types")}


def texts(sandbox: Any, **changes: str) -> dict[str, str]:
    """Give what a mailing says."""
    kind = {"kind": kinds(sandbox)["Service"], "kind_name": "Service"}
    return {**kind, "subject": SUBJECT, "text": TEXT, **changes}


def prepared(sandbox: Any, run: BulkRun, **changes: str) -> VoucherMailing:
    """Have it found out whom the vouchers of a run are mailed to."""
    mailing = preparing.prepare(run, texts(sandbox, **changes), by=run.person)
    assert mailing
    work(preparing.PREPARER)
    mailing.refresh_from_db()
    return mailing


def begun(mailing: VoucherMailing) -> VoucherMailing:
    """Say yes to a mailing."""
    confirming.confirm(mailing, by=mailing.person)
    mailing.refresh_from_db()
    return mailing


def sent(mailing: VoucherMailing, times: int = 50) -> VoucherMailing:
    """Have a worker send its mails."""
    work(sending.CARRIER, times)
    mailing.refresh_from_db()
    return mailing


def states(mailing: VoucherMailing) -> list[str]:
    """Give the states of all mails."""
    return list(mailing.mails.order_by("position").values_list("state", flat=True))


def unsubscribe(sandbox: Any, contact_uuid: str, kind: str = "Service") -> None:
    """Have somebody unsubscribe."""
    body = {"subscription_type_uuid": kinds(sandbox)[kind]}
    sandbox.api("PUT", f"contact-subscriptions/{contact_uuid}/unsubscribe", json=body)
