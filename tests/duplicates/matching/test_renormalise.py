"""What was mirrored before contacts were written alike as they are now."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from piggyadmin.duplicates.matching.normalisation import Normalised
from piggyadmin.duplicates.models import (
    Decision,
    DecisionKind,
    FinderModel,
    MirroredContact,
    PairStatus,
)
from tests.duplicates.pairs import make_contact, make_pair

pytestmark = pytest.mark.django_db
migration = import_module("piggyadmin.duplicates.migrations.0002_written_alike_anew")


def test_all_is_written_anew_and_what_was_decided_stays():
    one = make_contact(phonenumber="+31 6 12345678", normalised="\x1f".join("0123456 "))
    pair = make_pair(one, status=PairStatus.DISMISSED)
    said = {"first_fingerprint": pair.first_fingerprint, "second_fingerprint": "of other data"}
    Decision.objects.create(first=pair.first, second=pair.second, kind=DecisionKind.DISMISS, **said)
    FinderModel.objects.create(contacts=2, pairs=1, parameters={})
    migration.write_anew(apps, connection.schema_editor())
    rows = {row.uuid: row for row in MirroredContact.objects.all()}
    assert Normalised.unpack(rows[one.uuid].normalised).phone == "31 612345678"
    assert rows[one.uuid].key_phone is not None
    assert not any(row.is_compared for row in rows.values())
    fingerprints = rows[pair.first].fingerprint, rows[pair.second].fingerprint
    pair.refresh_from_db()
    assert (pair.first_fingerprint, pair.second_fingerprint) == fingerprints
    decision = Decision.objects.get()
    assert decision.first_fingerprint == fingerprints[0]
    assert decision.second_fingerprint == "of other data"
    assert not FinderModel.objects.exists()
