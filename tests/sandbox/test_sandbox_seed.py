from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from piggyadmin.sandbox.models import Contact, Seeding

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_it_fills_the_sandbox_and_says_so():
    out = StringIO()
    call_command("sandbox_seed", "--contacts", "30", "--seed", "9", stdout=out)
    assert Contact.objects.count() == 30
    assert (Seeding.objects.get().contacts, Seeding.objects.get().seed) == (30, 9)
    assert "30 contacts" in out.getvalue()
    assert "seconds" in out.getvalue()


def test_a_negative_number_is_refused():
    with pytest.raises(CommandError, match="0 or more"):
        call_command("sandbox_seed", "--contacts", "-1")
    assert not Contact.objects.exists()
