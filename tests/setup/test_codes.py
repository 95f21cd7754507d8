"""The code: printed at a start, held for a day, and of no use once somebody works here."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.setup.codes import first_words, is_open, is_valid, new_code, valid_digest
from piggyadmin.setup.models import SetupCode
from piggyadmin.status.startup import welcome

pytestmark = pytest.mark.django_db


def test_it_is_taken_as_people_type_it(new_console):
    code = new_code()
    assert len(code) == 29
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert is_valid(typed)
    for typed in ("", "x", code[:-1], code[:-1] + ("A" if code[-1] != "A" else "B")):
        assert not is_valid(typed)
    assert code.replace("-", "") not in str(SetupCode.objects.values_list())
    assert str(SetupCode.objects.get()).startswith("made 20")


def test_the_newest_alone_holds_and_for_a_day(new_console):
    first, second = new_code(), new_code()
    assert (is_valid(first), is_valid(second)) == (False, True)
    SetupCode.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert not is_valid(second)
    assert valid_digest() is None


def test_it_is_open_on_a_real_account_as_long_as_nobody_works_there(new_console):
    assert is_open()
    User.objects.create_user("staff", is_demo=True, is_active=False)
    assert is_open()
    User.objects.create_user("owner", is_active=False)
    assert not is_open()


def test_a_sandbox_is_not_set_up(db, settings):
    assert not is_open()


def test_the_start_prints_a_code_that_holds(new_console):
    words = welcome("127.0.0.1:8000")
    (code,) = [line.strip() for line in words.splitlines() if line.count("-") == 5]
    assert "Open /setup/ there" in words
    assert is_valid(code)


def test_where_everybody_was_disabled_there_is_none(new_console):
    User.objects.create_user("owner", is_active=False)
    assert first_words()[0].startswith("Nobody can sign in. Make somebody")
    assert not SetupCode.objects.exists()


def test_the_command_prints_another(new_console, capsys):
    call_command("setup_code")
    assert is_valid(capsys.readouterr().out)
    User.objects.create_user("owner")
    with pytest.raises(CommandError, match="works here already"):
        call_command("setup_code")
