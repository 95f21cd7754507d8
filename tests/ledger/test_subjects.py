from piggyadmin.contacts.ledger_subjects import ContactDirectory
from piggyadmin.ledger import subjects
from piggyadmin.ledger.subjects import SubjectDirectory, directory, set_directory


def test_contacts_are_known_when_the_apps_are_ready():
    assert isinstance(directory(), ContactDirectory)


def test_without_an_app_that_knows_more_a_uuid_stands_for_itself(monkeypatch):
    monkeypatch.setattr(subjects, "_directory", None)
    set_directory(SubjectDirectory())
    assert directory().resolve("8a3e") == "8a3e"
    assert not directory().departures("8a3e")
    assert not directory().names(["8a3e"])
    assert directory().name_in({"name": "Mira"}) == ""
    assert not directory().things()
