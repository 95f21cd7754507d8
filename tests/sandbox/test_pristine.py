import os

import pytest
from django.db import connections

from piggyadmin.sandbox import pristine
from piggyadmin.sandbox.models import Contact, Faults, Seeding


@pytest.mark.django_db(databases=["sandbox"])
def test_without_a_file_it_seeds_again():
    pristine.reset(5, 3)
    count = Contact.objects.count()
    assert (Seeding.objects.get().contacts, Seeding.objects.get().seed) == (5, 3)
    Contact.objects.create(email="new@example.test")
    Faults.objects.create(settings={"maintenance": True})
    pristine.reset()
    assert Contact.objects.count() == count
    assert not Faults.objects.exists()
    assert (Seeding.objects.get().contacts, Seeding.objects.get().seed) == (5, 3)


@pytest.fixture
def on_file(tmp_path, django_db_blocker):
    """Let the sandbox live in a file for the time of a test."""
    connection = connections["sandbox"]
    kept, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(tmp_path / "sandbox.sqlite3")
    with django_db_blocker.unblock():
        yield tmp_path
    connection.connection.close()
    connection.connection, connection.settings_dict["NAME"] = kept, name


@pytest.mark.skipif(connections["sandbox"].vendor != "sqlite", reason="only SQLite has a file")
def test_a_file_is_copied_once_and_put_back(on_file):
    pristine.prepare(5)
    (copy,) = on_file.glob("*.pristine-5-1-*")
    pristine.prepare(5)
    Contact.objects.create(email="new@example.test")
    made = copy.stat().st_mtime_ns
    pristine.reset()
    assert not Contact.objects.filter(email="new@example.test").exists()
    assert copy.stat().st_mtime_ns == made
    os.utime(copy, (0, 0))
    Contact.objects.create(email="new@example.test")
    pristine.reset()
    assert not Contact.objects.filter(email="new@example.test").exists()
    assert copy.stat().st_mtime_ns >= made
