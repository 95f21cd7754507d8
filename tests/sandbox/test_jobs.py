from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.sandbox import faults, jobs
from piggyadmin.sandbox.models import (
    Batch,
    Contact,
    ContactIdentifier,
    ContactSessionToken,
    Job,
    Mail,
    Order,
    Shift,
    Voucher,
)

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_only_what_is_due_is_done(account):
    jobs.schedule("delete", 60, contact=account.mira.uuid, type="DEFAULT")
    assert jobs.run_due() == 0
    jobs.schedule("delete", 0, contact=account.double.uuid, type="DEFAULT")
    assert jobs.run_due() == 1
    assert list(Contact.objects.values_list("email", flat=True)) == [
        "mira@example.test",
        "anonymous-1@example.test",
    ]
    assert Job.objects.count() == 1


def test_what_was_overtaken_is_left_out(account):
    jobs.schedule("merge", 0, source=account.double.uuid, destination=account.mira.uuid)
    jobs.schedule("merge", 0, source=account.double.uuid, destination=account.mira.uuid)
    jobs.schedule("merge", 0, source="no", destination="no")
    jobs.schedule("delete", 0, contact=account.double.uuid, type="DEFAULT")
    jobs.schedule("batch", 0, batch="no")
    assert jobs.run_due() == 5
    assert Contact.objects.get(pk=account.mira.pk).credits == 150


def test_jobs_are_done_in_order(account):
    jobs.schedule("merge", 0, source=account.anonymous.uuid, destination=account.double.uuid)
    jobs.schedule("merge", 0, source=account.double.uuid, destination=account.mira.uuid)
    jobs.run_due()
    values = ContactIdentifier.objects.filter(contact=account.mira)
    assert values.count() == 3
    assert values.get(is_default=True).value == "CARD-1"


def test_a_contact_without_identifiers_gets_the_sources_default(account):
    ContactIdentifier.objects.filter(contact=account.mira).delete()
    jobs.merge(account.double.uuid, account.mira.uuid)
    assert ContactIdentifier.objects.get(contact=account.mira).is_default


def test_what_somebody_did_goes_along(account):
    whose, now = {"contact": account.double}, timezone.now()
    at = {"shop": account.shop, **whose}
    rows: list[Any] = [
        ContactSessionToken.objects.create(token="t", **whose),
        Order.objects.create(external_identifier="O", total_order_amount=1, **at),
        Shift.objects.create(status="pending", started_at=now, ended_at=now, **at),
    ]
    jobs.merge(account.double.uuid, account.mira.uuid)
    for row in rows:
        row.refresh_from_db()
        assert row.contact == account.mira


def test_batch_is_made_once(account):
    batch = Batch.objects.create(promotion=account.promotion, quantity=4)
    jobs.make_batch(batch.uuid)
    jobs.make_batch(batch.uuid)
    assert Voucher.objects.filter(batch=batch).count() == 4


@pytest.mark.parametrize(("kind", "left"), [("DEFAULT", 1), ("GDPR", 0)])
def test_gdpr_empties_the_mailbox_too(account, kind, left):
    Mail.objects.create(to=account.mira.email, subject="s", body="b")
    jobs.delete(account.mira.uuid, kind)
    assert Mail.objects.count() == left


def test_dates_follow_the_promotion(account):
    account.promotion.expiration_duration = 60
    now = timezone.now()
    dates = jobs.voucher_dates(account.promotion, now, None)
    assert dates["expiration_date"] == now + timedelta(seconds=60)
    assert jobs.voucher_dates(account.promotion, None, now)["expiration_date"] == now


@pytest.mark.parametrize(("source_wins", "name"), [(False, "Mira"), (True, "M.")])
def test_whose_values_win_a_merge_can_be_said(account, source_wins, name):
    Contact.objects.filter(pk=account.mira.pk).update(attributes={"firstname": "Mira", "age": 30})
    Contact.objects.filter(pk=account.double.pk).update(
        attributes={"firstname": "M.", "locale": "nl"}
    )
    faults.store(faults.read_settings({"source_wins": source_wins}))
    jobs.merge(account.double.uuid, account.mira.uuid)
    merged = Contact.objects.get(pk=account.mira.pk)
    assert merged.attributes == {"firstname": name, "age": 30, "locale": "nl"}
