import pytest

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import Entry
from tests.actions.samples import SAMPLES
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_ledger_is_read_and_never_changed(staff, sandbox):
    slug = "find-or-create-products"
    staff.post(f"/actions/{slug}/", SAMPLES[slug])
    User.objects.filter(username="staff").update(username="other")
    auditor = signed_in(User.objects.create_superuser("reader"))
    assert slug in auditor.get("/admin/actions/entry/").content.decode()
    page = auditor.get(f"/admin/actions/entry/{Entry.objects.get().pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    owner = signed_in(User.objects.create_superuser("owner"))
    entry = Entry.objects.get()
    assert owner.get("/admin/actions/entry/add/").status_code == 403
    assert owner.post(f"/admin/actions/entry/{entry.pk}/delete/").status_code == 403
    assert owner.get("/admin/actions/personlookup/add/").status_code == 403
