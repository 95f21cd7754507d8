"""The document of what was measured: one section is written anew, the others stay."""

from tests.bench.document import TITLE, write_section


def test_a_section_takes_the_place_of_the_one_before(tmp_path, monkeypatch):
    document = tmp_path / "performance.md"
    monkeypatch.setenv("WRITE_PERFORMANCE", "1")
    for name, text in (("Pages", "slow"), ("Under load", "| a |\n| b |"), ("Pages", "\nfast\n\n")):
        write_section(name, text, document)
    assert document.read_text() == f"{TITLE}\n## Pages\n\nfast\n\n## Under load\n\n| a |\n| b |\n"


def test_nothing_is_written_unless_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.delenv("WRITE_PERFORMANCE", raising=False)
    write_section("Pages", "fast", tmp_path / "performance.md")
    assert list(tmp_path.iterdir()) == []
