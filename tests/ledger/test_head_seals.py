"""Cutting off the end of the ledger, or of its seals, is found."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from piggyadmin.ledger import head_seals, triggers
from piggyadmin.ledger.hash_chain import EndUnknown
from piggyadmin.ledger.head_seals import (
    SealFileDamaged,
    is_due,
    newest_seal,
    seal_faults,
    seal_head,
    seal_state,
)
from piggyadmin.ledger.models import EntryState, EntryStatus, Event, Head
from piggyadmin.ledger.verification import verify
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
KEY = "a key that stands in the environment alone"


@pytest.fixture
def sealed(settings, tmp_path):
    """Give a console whose ledger is sealed, into a file of its own."""
    settings.LEDGER_SEAL_KEY = KEY
    settings.LEDGER_SEAL_KEY_FALLBACKS = []
    settings.LEDGER_SEALS = tmp_path / "seals.jsonl"
    return settings


def faults() -> str:
    return "\n".join(seal_faults())


def lines(sealed):
    return sealed.LEDGER_SEALS.read_text().splitlines()


def write(sealed, kept: list[str]) -> None:
    sealed.LEDGER_SEALS.write_text("".join(f"{line}\n" for line in kept))


def cut_off(to: int) -> None:
    """Do what somebody can who may do everything to the database: the chain itself is whole."""
    triggers.take_down(connection)
    gone = Event.objects.filter(sequence__gt=to)
    EntryStatus.objects.filter(entry__events__in=gone).delete()
    entries = {event.entry for event in gone}
    gone._raw_delete("default")
    for entry in entries:
        entry._meta.model.objects.filter(pk=entry.pk)._raw_delete("default")
    Head.objects.update(sequence=to, hash=Event.objects.get(sequence=to).hash)
    triggers.put_up(connection)


def test_seals_follow_one_another_and_fit(sealed):
    make_entry(EntryState.DONE)
    first = seal_head()
    make_entry(EntryState.DONE, number=1)
    second = seal_head()
    assert (first.number, second.number, second.previous) == (1, 2, first.seal)
    assert str(Head.objects.get()) == f"{second.sequence}:{second.hash}"
    assert faults() == ""
    assert seal_state()[:2] == (2, second)
    assert KEY not in sealed.LEDGER_SEALS.read_text()
    assert stat.S_IMODE(sealed.LEDGER_SEALS.stat().st_mode) == 0o600


def test_an_empty_ledger_can_be_sealed(sealed):
    assert seal_head().sequence == 0
    assert faults() == ""


def test_a_cut_that_the_chain_does_not_show_is_found(sealed):
    for number in range(3):
        make_entry(EntryState.DONE, number=number)
        seal_head()
    cut_off(to=6)
    assert list(verify()) == []
    assert faults().startswith("The chain does not hold event 9, at which it ended on 20")
    with pytest.raises(CommandError, match="1 findings"):
        call_command("ledger_verify")


def test_history_that_was_made_anew_is_found(sealed):
    make_entry(EntryState.DONE)
    make_entry(EntryState.DONE, number=1)
    seal_head()
    cut_off(to=3)
    make_entry(EntryState.REJECTED, number=1)
    assert Event.objects.filter(sequence=6).exists()
    assert list(verify()) == []
    assert "(seal 1): it was cut off, or made anew" in faults()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda kept: kept[1:], "Seal 2 does not follow the line before it"),
        (lambda kept: [kept[0], kept[2]], "Seal 3 does not follow the line before it"),
        (lambda kept: [*kept, kept[2]], "Seal 3 does not follow the line before it"),
        (lambda kept: [*kept, "nonsense"], "Line 4 of"),
        (lambda kept: [*kept, "7"], "Line 4 of"),
        (lambda kept: [kept[0].replace('"sequence":3', '"sequence":2'), *kept[1:]], "Line 1 of"),
        (lambda kept: [json.dumps(json.loads(kept[0]) | {"seal": "0" * 64})], "Line 1 of"),
    ],
)
def test_a_file_that_was_changed_is_found(sealed, changed, words):
    make_entry(EntryState.DONE)
    for _ in range(3):
        seal_head()
    write(sealed, changed(lines(sealed)))
    assert words in faults()


def test_a_seal_made_with_another_key_is_none(sealed):
    sealed.LEDGER_SEAL_KEY = "somebody else's"
    seal_head()
    sealed.LEDGER_SEAL_KEY = KEY
    assert "no seal made with our key" in faults()
    sealed.LEDGER_SEAL_KEY_FALLBACKS = ["somebody else's"]
    assert faults() == ""


def test_without_the_key_seals_prove_nothing(sealed):
    sealed.LEDGER_SEAL_KEY = ""
    assert faults() == ""
    sealed.LEDGER_SEAL_KEY = KEY
    seal_head()
    sealed.LEDGER_SEAL_KEY = ""
    assert "LEDGER_SEAL_KEY is not set" in faults()


def test_nothing_follows_what_is_no_seal(sealed):
    seal_head()
    write(sealed, [*lines(sealed), "half a li"])
    with pytest.raises(SealFileDamaged):
        seal_head()
    assert newest_seal() is None
    with pytest.raises(CommandError, match="no seal"):
        call_command("ledger_seal")
    assert len(lines(sealed)) == 2


def test_what_lost_its_end_is_not_sealed_as_if_it_were_whole(sealed):
    make_entry()
    Head.objects.all().delete()
    with pytest.raises(EndUnknown):
        seal_head()
    with pytest.raises(CommandError, match="ledger_verify"):
        call_command("ledger_seal")
    assert lines(sealed) == []


def test_it_is_due_once_a_day(sealed, monkeypatch):
    assert is_due()
    newest = seal_head()
    assert not is_due()
    old = newest.model_copy(update={"at": timezone.now() - timedelta(hours=25)})
    monkeypatch.setattr(head_seals, "newest_seal", lambda: old)
    assert is_due()
    sealed.LEDGER_SEAL_KEY = ""
    assert not is_due()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_follow_one_another(sealed):
    make_entry()

    def seal(_number: int) -> None:
        try:
            seal_head()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(seal, range(8)))
    assert [json.loads(line)["number"] for line in lines(sealed)] == list(range(1, 9))
    assert faults() == ""


def test_the_commands_tell_of_it(sealed, capsys):
    make_entry(EntryState.DONE)
    call_command("ledger_seal")
    assert newest_seal() == head_seals.HeadSeal.model_validate_json(capsys.readouterr().out)
    call_command("ledger_verify")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "It holds all 1 ends that were sealed."
    assert told[-1].startswith("The ledger is whole. 3:")
    sealed.LEDGER_SEAL_KEY = ""
    with pytest.raises(CommandError, match="Set LEDGER_SEAL_KEY"):
        call_command("ledger_seal")
