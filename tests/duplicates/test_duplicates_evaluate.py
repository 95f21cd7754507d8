"""The command that measures the search."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from piggyadmin.duplicates.management.commands import duplicates_evaluate


def printed(*arguments, **options):
    out = StringIO()
    call_command("duplicates_evaluate", *arguments, stdout=out, **options)
    return out.getvalue()


def test_generates_and_measures():
    out = printed(contacts=[400], habits=["judging"], kinds=True)
    rows = [line.split("|") for line in out.splitlines() if "piggyadmin" in line]
    assert [row[1].strip() for row in rows] == ["judging, seed 2026"]
    assert 0.7 < float(rows[0][5]) <= 1
    assert "| like:couple |" in out


def test_measures_a_file(tmp_path):
    mira, bo = "p1,m@example.test,Mira,Jansen", "p2,b@s.test,Bo,Smit"
    file, pairs = tmp_path / "mine.csv", tmp_path / "pairs.csv"
    file.write_text("\n".join(["person,email,first_name,last_name", mira, mira, bo]))
    out = printed(file, pairs=pairs)
    assert "| mine | piggyadmin | 3 | 1 | 1.000 |" in out
    assert pairs.read_text().splitlines()[1].startswith("0,1,0.")


def test_measures_splink_beside_it(monkeypatch):
    monkeypatch.setattr(
        duplicates_evaluate, "_LIBRARY", "piggyadmin.duplicates.matching.evaluation"
    )
    out = printed(contacts=[200], habits=["judging"], splink=True)
    assert "| splink |" in out


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        printed(tmp_path / "none.csv")


def test_without_a_checkout(monkeypatch):
    monkeypatch.setattr(duplicates_evaluate, "_GENERATOR", "no.such.module")
    with pytest.raises(CommandError, match="checkout"):
        printed(contacts=[10], habits=["judging"])


def test_measures_the_rules_of_certain_pairs():
    out = printed(contacts=[400], habits=["judging"], seed=[1, 2], certain=True)
    assert "| judging, seed 1 | either |" in out
    assert "| judging, seed 2 | both |" in out
    assert "| all | birth-date |" in out
