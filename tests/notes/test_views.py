import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.ledger.people_events import PersonEventKind, record
from piggyadmin.notes import services
from piggyadmin.notes.models import LONGEST_NOTE, DoNotServe, Note
from piggyadmin.notes.services import Addressee
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in
from tests.duplicates.pairs import make_contact
from tests.vouchers.acting import do, multi_use
from tests.vouchers.test_selection import agree, choose

pytestmark = pytest.mark.django_db

MIRA = "c0ffee00-0000-4000-8000-000000000001"
PAGE = f"/contacts/{MIRA}/"
NEW = f"{PAGE}notes/"


def page_of(client, address=PAGE):
    return client.get(address).content.decode()


def test_a_note_stands_on_the_page_of_the_customer(support, sandbox):
    answer = support.post(NEW, {"text": "Asks for <b>two</b> cards\nsoon", "is_pinned": "on"})
    assert answer["Location"] == f"{PAGE}#notes"
    page = page_of(support)
    assert "Asks for &lt;b&gt;two&lt;/b&gt; cards<br>soon" in page
    assert "on top" in page
    note = Note.objects.get()
    assert (note.contact_uuid, note.written_by.username) == (MIRA, "support")
    assert not any("Asks for" in str(call) for call in sandbox.calls())


def test_a_capital_uuid_is_the_same_customer(support):
    support.post(NEW.replace(MIRA, MIRA.upper()), {"text": "x"})
    assert Note.objects.get().contact_uuid == MIRA


@pytest.mark.parametrize(
    "text",
    ["", "  \n ", "a\0b", "x" * (LONGEST_NOTE + 1)],
    ids=["nothing", "space", "null", "long"],
)
def test_nonsense_is_refused_beside_its_field_and_kept(support, text):
    page = support.post(NEW, {"text": text, "is_pinned": "on"}).content.decode()
    assert "field-errors" in page
    assert text.strip() in page or "\0" in text
    assert not Note.objects.exists()
    if len(text) > LONGEST_NOTE:
        assert "at most 10000 characters" in page.replace("10,000", "10000")


def test_ten_thousand_letters_are_a_note(support):
    support.post(NEW, {"text": "x" * LONGEST_NOTE})
    assert len(Note.objects.get().text) == LONGEST_NOTE


@pytest.mark.parametrize("whom", ["role-0", "person-999999", "nobody", "role-1; drop"])
def test_nobody_is_whom_a_note_is_for(support, whom):
    assert "field-errors" in support.post(NEW, {"text": "x", "for_whom": whom}).content.decode()
    assert not Note.objects.exists()


def test_whom_a_note_is_for_is_asked_on_the_customers_page_once_somebody_wants_to(support, sandbox):
    assert 'name="for_whom"' not in page_of(support)
    assert f'hx-get="{NEW}"' in page_of(support)
    field = support.get(NEW, headers={"HX-Request": "true"}).content.decode()
    assert 'id="id_note_for_whom"' in field
    assert '<optgroup label="A role">' in field
    assert "<html" not in field
    assert 'name="for_whom"' in support.get(NEW).content.decode()


def test_what_is_handed_over_says_for_whom_and_who_did_it(support, admin, sandbox):
    role = Group.objects.get(name=Role.ADMIN)
    support.post(NEW, {"text": "Two cards", "for_whom": f"role-{role.pk}"})
    assert "For Admin" in page_of(support)
    note = Note.objects.get()
    done = admin.post(f"/notes/{note.pk}/done/", {"next": "/"}, follow=True)
    assert done.redirect_chain[-1][0] == "/"
    page = page_of(support)
    assert "For Admin" not in page
    assert "done" in page
    again = admin.post(f"/notes/{note.pk}/done/", {"next": PAGE}, follow=True)
    assert "Somebody has done it already" in again.content.decode()


def test_a_role_that_nobody_has_is_not_offered(support):
    page = page_of(support, NEW)
    assert ">Support<" in page
    assert ">Auditor<" not in page


def test_pinned_and_not_any_more(support):
    note = services.write(User.objects.get(username="support"), MIRA, "x")
    for answer, is_pinned in (("yes", True), ("no", False)):
        assert support.post(f"/notes/{note.pk}/pin/", {"pinned": answer}).status_code == 302
        note.refresh_from_db()
        assert note.is_pinned is is_pinned


def test_its_author_changes_a_note_and_removes_it_after_a_question(support):
    note = services.write(User.objects.get(username="support"), MIRA, "Two cards")
    address = f"/notes/{note.pk}/"
    assert "Two cards" in page_of(support, address)
    assert "field-errors" in support.post(address, {"text": ""}).content.decode()
    support.post(address, {"text": "Three cards"})
    note.refresh_from_db()
    assert note.text == "Three cards"
    assert note.changed_at
    assert "Three cards" in page_of(support, f"{address}remove/")
    assert Note.objects.exists()
    support.post(f"{address}remove/")
    assert not Note.objects.exists()


def test_others_are_not_offered_to_change_it(support, staff, sandbox):
    note = services.write(User.objects.get(username="support"), MIRA, "Two cards")
    address = f"/notes/{note.pk}/"
    assert address in page_of(support).replace("pin/", "")
    page = page_of(staff)
    assert f'href="{address}"' not in page
    for forbidden in (address, f"{address}remove/"):
        assert staff.get(forbidden).status_code == 403
        assert staff.post(forbidden, {"text": "x"}).status_code == 403
    assert Note.objects.get().text == "Two cards"


def test_the_form_of_a_change_knows_whom_it_is_for(support):
    author, noor = User.objects.get(username="support"), person(Role.ADMIN)
    note = services.write(author, MIRA, "x", addressee=Addressee(person=noor))
    assert f'<option value="person-{noor.pk}" selected>' in page_of(support, f"/notes/{note.pk}/")
    role = noor.groups.get()
    services.change(author, note, addressee=Addressee(role=role))
    assert f'<option value="role-{role.pk}" selected>' in page_of(support, f"/notes/{note.pk}/")


# --- Whom nobody is to serve -----------------------------------------------------------------

WARNING = "Do not serve this customer</strong>"


@pytest.fixture
def flagged(admin, sandbox):
    admin.post(f"{PAGE}do-not-serve/", {"reason": "Shouted <i>at</i> Daan"})


def test_everybody_is_warned_on_the_page_of_the_customer(flagged, support, sandbox):
    page = page_of(support)
    assert WARNING in page
    assert "Shouted &lt;i&gt;at&lt;/i&gt; Daan" in page
    assert "Serve again" not in page


def test_the_warning_stands_when_piggy_is_away(flagged, support, sandbox):
    sandbox.faults({"kind": "status", "status": 503, "times": 20})
    assert WARNING in page_of(support)


def test_everybody_is_warned_in_forms_previews_and_beside_the_field(flagged, staff, sandbox):
    address = "/actions/create-credit-reception/"
    assert WARNING in page_of(staff, f"{address}?contact_uuid={MIRA}")
    assert WARNING not in page_of(staff, address)
    assert WARNING in staff.post("/contacts/peek/", {"q": MIRA}).content.decode()
    sample = SAMPLES["create-credit-reception"] | {"contact_uuid": MIRA, "step": "preview"}
    assert WARNING in staff.post(address, sample).content.decode()


def test_everybody_is_warned_wherever_something_of_theirs_is(flagged, staff, sandbox):
    code = multi_use(sandbox)
    assert WARNING in page_of(staff, f"{PAGE}timeline/")
    look_up = {"code": code}
    assert WARNING in do(staff, "find-voucher-by-code", **look_up).content.decode()
    assert WARNING in staff.post("/vouchers/scan/", look_up).content.decode()
    assert WARNING not in staff.post("/vouchers/scan/", {"code": "WELCOME-X"}).content.decode()
    answer = staff.post("/vouchers/codes/", {"codes": f"{code} WELCOME-EXPIRED"})
    assert b"".join(answer.streaming_content).decode().count(WARNING) == 1
    do(staff, "create-booking", contact_uuid=MIRA)
    assert WARNING in page_of(staff, f"/bookings/{SeenBooking.objects.get().key}/")


def test_whoever_does_something_with_many_vouchers_is_warned_before_and_after(
    flagged, staff, sandbox
):
    page = choose(staff, "deactivate-voucher", [multi_use(sandbox), multi_use(sandbox)])
    assert page.content.decode().count(WARNING) == 1
    assert agree(staff, page).content.decode().count(WARNING) == 1


def test_who_may_look_customers_up_is_warned_in_the_ledger_too(flagged, admin, auditor, sandbox):
    ledger = f"/ledger/contacts/{MIRA}/"
    assert WARNING in page_of(admin, ledger)
    assert WARNING not in page_of(auditor, ledger)


def test_a_warning_names_whom_it_is_about(flagged, staff, sandbox):
    make_contact("Mira Jansen", uuid=MIRA)
    page = staff.post("/vouchers/scan/", {"code": multi_use(sandbox)}).content.decode()
    warning = page.partition(WARNING)[2].partition("</p>")[0]
    assert "Mira Jansen" in warning


def test_who_merges_several_is_warned_of_one(flagged, admin):
    found = page_of(admin, f"/actions/merge-contacts/?source_contact_uuid={MIRA}")
    assert found.count(WARNING) == 1


def test_a_mark_needs_a_reason_and_is_set_once(admin, sandbox):
    page = admin.post(f"{PAGE}do-not-serve/", {"reason": " "}).content.decode()
    assert "field-errors" in page
    assert not DoNotServe.objects.exists()
    admin.post(f"{PAGE}do-not-serve/", {"reason": "x"})
    assert WARNING in page_of(admin, f"{PAGE}do-not-serve/")
    again = admin.post(f"{PAGE}do-not-serve/", {"reason": "y"})
    assert again.status_code == 302
    assert DoNotServe.objects.get().reason == "x"


def test_a_mark_is_lifted_after_a_question(flagged, admin, sandbox):
    assert "Serve again" in page_of(admin)
    assert WARNING in page_of(admin, f"{PAGE}serve-again/")
    assert services.flags_of([MIRA])
    admin.post(f"{PAGE}serve-again/")
    assert WARNING not in page_of(admin)
    again = admin.post(f"{PAGE}serve-again/", follow=True)
    assert "Nothing was changed" in again.content.decode()


@pytest.mark.tells_of_people
def test_the_ledger_says_it_in_a_sentence(auditor):
    record(PersonEventKind.NOTE_WRITTEN, None, contact_uuid=MIRA, note=1)
    page = page_of(auditor, "/ledger/people/")
    assert f"wrote a note on {MIRA}" in page


def test_who_may_not_write_reads_no_form(sandbox):
    reader = person(None)
    role = Group.objects.create(name="Readers")
    role.permissions.add(
        *Group.objects.get(name=Role.SUPPORT).permissions.filter(codename="look_up")
    )
    reader.groups.add(role)
    page = page_of(signed_in(reader))
    assert "No notes yet" in page
    assert NEW not in page
