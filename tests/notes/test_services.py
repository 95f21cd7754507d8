import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger import verification
from piggyadmin.ledger.models import Event
from piggyadmin.notes import services
from piggyadmin.notes.models import DoNotServe, Note
from piggyadmin.notes.services import Addressee
from tests.conftest import person

pytestmark = pytest.mark.django_db

MIRA = "c0ffee00-0000-4000-8000-000000000001"


@pytest.fixture
def sanne():
    return person(Role.SUPPORT)


@pytest.fixture
def noor():
    return person(Role.ADMIN)


def handed_over(by, to):
    return services.write(by, MIRA, "Two cards", addressee=to)


def admins():
    return Addressee(role=Group.objects.get(name=Role.ADMIN))


def test_pinned_notes_stand_first_then_the_newest(sanne):
    first, second, third = (services.write(sanne, MIRA, word) for word in "abc")
    services.pin(sanne, first, is_pinned=True)
    assert services.notes_of(MIRA) == [first, third, second]
    services.pin(sanne, first, is_pinned=False)
    assert services.notes_of(MIRA) == [third, second, first]


def test_what_is_for_a_role_waits_for_whoever_has_it_until_it_is_done(sanne, noor):
    note = handed_over(sanne, admins())
    assert list(services.handed_over_to(noor)) == [note]
    assert list(services.handed_over_to(sanne)) == []
    assert services.finish(noor, note)
    assert list(services.handed_over_to(noor)) == []
    note.refresh_from_db()
    assert (note.done_by, note.is_open, note.for_whom) == (noor, False, "Admin")


def test_what_is_done_is_not_done_twice(sanne, noor):
    note = handed_over(sanne, admins())
    assert services.finish(noor, note)
    assert not services.finish(sanne, note)
    note.refresh_from_db()
    assert note.done_by == noor


def test_what_is_for_a_colleague_waits_for_nobody_else(sanne, noor):
    daan = person(Role.STAFF)
    note = handed_over(noor, Addressee(person=daan))
    assert list(services.handed_over_to(daan)) == [note]
    assert list(services.handed_over_to(noor)) == []


def test_what_is_for_somebody_who_has_left_or_a_role_that_is_gone_waits_for_admins(sanne, noor):
    daan, role = person(Role.STAFF), Group.objects.create(name="Weekend")
    notes = [handed_over(sanne, to) for to in (Addressee(person=daan), Addressee(role=role))]
    assert list(services.handed_over_to(noor)) == []
    User.objects.filter(pk=daan.pk).update(is_active=False)
    role.delete()
    assert list(services.handed_over_to(noor)) == notes
    assert list(services.handed_over_to(sanne)) == []


def test_handed_over_anew_it_is_open_again(sanne, noor):
    note = handed_over(sanne, admins())
    services.finish(noor, note)
    note.refresh_from_db()
    services.change(sanne, note, text="Three cards", addressee=admins())
    assert not note.is_open
    services.change(sanne, note, text="Three cards", addressee=Addressee(person=noor))
    assert note.is_open
    services.change(sanne, note, text="Three cards", addressee=Addressee())
    assert not note.is_handed_over


def test_only_the_author_and_admins_change_and_remove_a_note(sanne, noor):
    note, daan = services.write(sanne, MIRA, "Two cards"), person(Role.STAFF)
    for forbidden in (services.change, services.remove):
        with pytest.raises(PermissionDenied):
            forbidden(daan, note)
    assert not services.may_change(daan, note)
    services.change(noor, note, text="Three cards")
    services.remove(sanne, note)
    assert not Note.objects.exists()


def test_auditors_write_nothing(sanne):
    bram, note = person(Role.AUDITOR), services.write(sanne, MIRA, "Two cards")
    for attempt in (
        lambda: services.write(bram, MIRA, "x"),
        lambda: services.pin(bram, note, is_pinned=True),
        lambda: services.finish(bram, note),
        lambda: services.set_do_not_serve(bram, MIRA, "x"),
        lambda: services.lift_do_not_serve(bram, MIRA),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_nobody_is_to_serve_a_customer_until_it_is_lifted(noor):
    assert services.flags_of([]) == []
    assert services.set_do_not_serve(noor, MIRA, "Shouted at Daan")
    assert not services.set_do_not_serve(noor, MIRA, "Again")
    assert [flag.reason for flag in services.flags_of([MIRA])] == ["Shouted at Daan"]
    assert services.lift_do_not_serve(noor, MIRA)
    assert not services.lift_do_not_serve(noor, MIRA)
    assert services.flags_of([MIRA]) == []
    assert DoNotServe.objects.get().lifted_by == noor


@pytest.mark.tells_of_people
def test_the_chain_tells_who_did_it_and_nothing_of_what_was_written(sanne, noor):
    before = Event.objects.count()
    note = services.write(sanne, MIRA, "Very personal", addressee=Addressee(person=noor))
    services.pin(sanne, note, is_pinned=True)
    services.pin(sanne, note, is_pinned=True)
    services.change(sanne, note, text="Still personal")
    services.finish(noor, note)
    services.remove(sanne, note)
    services.set_do_not_serve(noor, MIRA, "Most personal")
    services.lift_do_not_serve(noor, MIRA)
    events = Event.objects.order_by("sequence")[before:]
    assert [event.kind for event in events] == [
        *("note-written", "note-pinned", "note-changed", "note-done", "note-removed"),
        *("flag-set", "flag-lifted"),
    ]
    assert {event.detail["contact_uuid"] for event in events} == {MIRA}
    assert "personal" not in str([event.detail for event in events])
    assert list(verification.verify()) == []
