"""Four eyes: asked by one, approved by another, with the preview as it is at that moment."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import APPROVE
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.review import rows
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.ledger import appending, approvals, retention, writes
from piggyadmin.ledger.conflicts import KeyReused
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState, PersonLookUp
from piggyadmin.ledger.operations import Effect
from piggyadmin.orders.actions.process_order import OrderToProcess
from piggyadmin.orders.types import OrderResult
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.once import nothing_twice
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in
from tests.duplicates.merges import make_pair
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
MERGE = "merge-contacts"
CREDITS, CODE = "create-credit-reception", "create-loyalty-token"
# Of no matter where something is about contacts.
ANYBODY = approvals.Giver(0, CREDITS)


@contextmanager
def freeze(moment):
    """Have it be another moment."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


@pytest.fixture
def second(db):
    return signed_in(User.objects.create_superuser("second", first_name="Second"))


def ask(client, slug=MERGE, confirmation="m.jansen"):
    checked = client.post(f"/actions/{slug}/", SAMPLES[slug])
    typed = {
        "step": "confirm",
        "agreement": checked.context["agreement"],
        "submission_key": checked.context["submission_key"],
        "confirmation": confirmation,
    }
    return client.post(f"/actions/{slug}/", SAMPLES[slug] | typed)


def test_off_by_default(admin, sandbox):
    ask(admin)
    assert not Approval.objects.exists()
    assert Entry.objects.get().state == EntryState.DONE


@pytest.fixture
def request_url(admin, sandbox, settings):
    settings.FOUR_EYES = True
    url = ask(admin)["Location"]
    assert sandbox.calls("POST", "contacts/merge") == []
    assert not Entry.objects.exists()
    return url


def test_approved_by_another(admin, second, request_url, sandbox):
    assert request_url in second.get("/").content.decode()
    assert "150" in second.get(request_url).content.decode()
    for _ in range(2):
        second.post(request_url, {"decision": "approve", "note": "Seen both."})
    assert len(sandbox.calls("POST", "contacts/merge")) == 1
    entry = Entry.objects.get()
    assert (entry.person_name, entry.state) == ("Admin", EntryState.DONE)
    page = second.get(f"/ledger/{entry.submission_key}/").content.decode()
    assert "Approved by Second" in page
    assert "Seen both." in page
    assert entry.events.get(kind="intended").detail["approval"]["approved_by_name"] == "Second"
    assert approvals.is_approved(entry.submission_key)


def test_ones_own_word_is_no_approval_by_another(admin, request_url):
    request = Approval.objects.get()
    assert not approvals.is_approved(request.submission_key)
    decided = {"status": ApprovalStatus.APPROVED, "decided_by_id_copy": request.asked_by_id}
    Approval.objects.update(**decided)
    assert not approvals.is_approved(request.submission_key)


def test_nobody_approves_their_own(admin, request_url, sandbox):
    assert admin.post(request_url, {"decision": "approve"}).status_code == 403
    assert "Somebody else has to approve" in admin.get(request_url).content.decode()
    assert sandbox.calls("POST", "contacts/merge") == []


def test_needs_the_role(request_url, sandbox):
    staff = signed_in(person(Role.STAFF))
    assert staff.get(request_url).status_code == 403


def test_declined(second, request_url, sandbox):
    second.post(request_url, {"decision": "decline", "note": "Two people."})
    assert Approval.objects.get().status == ApprovalStatus.DECLINED
    second.post(request_url, {"decision": "approve"})
    assert sandbox.calls("POST", "contacts/merge") == []


def test_a_changed_preview_needs_a_new_approval(second, request_url, sandbox):
    known = {"shop_uuid": SAMPLES[CREDITS]["shop_uuid"], "credits": 7}
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": "mira.jansen@example.test"})
    sandbox.api("POST", "credit-receptions", json=known | {"contact_uuid": mira["uuid"]})
    assert "asked anew" in second.get(request_url).content.decode()
    second.post(request_url, {"decision": "approve"})
    assert Approval.objects.get().status == ApprovalStatus.WITHDRAWN
    assert sandbox.calls("POST", "contacts/merge") == []


def test_credits_above_a_limit(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 25
    ask(staff, CREDITS)
    assert not Approval.objects.exists()
    settings.FOUR_EYES_CREDITS_ABOVE = 24
    ask(staff, CREDITS)
    assert Approval.objects.get().action == CREDITS
    assert len(sandbox.calls("POST", "credit-receptions")) == 1


def test_a_fragment_leads_to_the_page_of_its_own(admin, sandbox, settings):
    settings.FOUR_EYES = True
    admin.defaults["HTTP_HX_REQUEST"] = "true"
    response = ask(admin)
    assert response["HX-Redirect"] == f"/ledger/approvals/{Approval.objects.get().submission_key}/"
    assert "Location" not in response


# --- Who may be the second one ----------------------------------------------------------------

PASSWORD = {
    "password1": "a-long-enough-1",
    "password2": "a-long-enough-1",
    "usable_password": "true",
}


def admin_person(name: str) -> User:
    """Make an admin by hand, whom nobody at the console has made."""
    user = User.objects.create_user(name, first_name=name.title())
    user.groups.add(Group.objects.get(name=Role.ADMIN.value))
    return user


def set_password(client, person):
    new = {f"new_{name}": PASSWORD[name] for name in ("password1", "password2")}
    page = client.post(f"/people/{person.username}/password/", new)
    assert page.status_code == 302, page.content.decode()


def make_admin(client, name: str) -> User:
    """Make an admin as an admin does."""
    role = Group.objects.get(name=Role.ADMIN.value).pk
    values = {"username": name, "first_name": name.title(), "groups": [role]}
    client.post("/people/new/", values | PASSWORD)
    made = User.objects.get(username=name)
    assert made.has_perm("actions.approve")
    return made


def at_work(user: User) -> Client:
    """Sign somebody in, who has chosen a password of their own first if somebody gave them one."""
    browser, own = signed_in(user), "a lamp of seven colours"
    if user.must_change_password:
        given = {"oldpassword": PASSWORD["password1"]}
        change = {"password1": own, "password2": own}
        assert browser.post("/accounts/password/change/", given | change).status_code == 302
    return browser


def assert_refused(client, url, words):
    page = client.get(url).content.decode()
    assert words in page
    assert 'value="approve"' not in page
    response = client.post(url, {"decision": "approve"})
    assert response.status_code == 403
    assert words in response.content.decode()
    assert Approval.objects.get().status == ApprovalStatus.WAITING
    assert not Entry.objects.exists()


@pytest.mark.tells_of_people
def test_a_puppet_of_the_asker_does_not_approve(admin, request_url):
    puppet = make_admin(admin, "puppet")
    assert_refused(at_work(puppet), request_url, "Admin changed what Puppet may do.")


@pytest.mark.tells_of_people
def test_nor_a_puppets_puppet(admin, request_url):
    puppet = make_admin(admin, "puppet")
    other = make_admin(at_work(puppet), "marionette")
    words = "Admin changed what Puppet may do. Puppet changed what Marionette may do."
    assert_refused(at_work(other), request_url, words)


@pytest.mark.tells_of_people
def test_nor_a_colleague_whose_password_the_asker_set(admin, request_url):
    colleague = admin_person("colleague")
    set_password(admin, colleague)
    colleague = User.objects.get(pk=colleague.pk)
    assert_refused(at_work(colleague), request_url, "Admin set the password of Colleague.")


@pytest.mark.tells_of_people
def test_nor_one_who_set_the_password_of_the_asker(admin, request_url):
    """Who can sign in as the one who asks would be alone with it just the same."""
    colleague = admin_person("colleague")
    set_password(at_work(colleague), User.objects.get(username="admin"))
    assert_refused(at_work(colleague), request_url, "Colleague set the password of Admin.")


@pytest.mark.tells_of_people
def test_nor_two_whom_a_third_has_in_hand(admin, request_url):
    third, colleague = signed_in(admin_person("third")), admin_person("colleague")
    for each in (colleague, User.objects.get(username="admin")):
        set_password(third, each)
    words = "Third set the password of Admin. Third set the password of Colleague."
    assert_refused(at_work(User.objects.get(username="colleague")), request_url, words)


@pytest.mark.tells_of_people
def test_it_cannot_be_waited_out_but_is_over_for_what_is_asked_later(
    admin, request_url, settings, sandbox
):
    at_work(make_admin(admin, "puppet"))
    later = timezone.now() + timedelta(days=8)
    with freeze(later):
        theirs = signed_in(User.objects.get(username="puppet"))
        assert_refused(theirs, request_url, "Admin changed what Puppet may do.")
        Approval.objects.update(created_at=later)
        theirs.post(request_url, {"decision": "approve"})
    assert Approval.objects.get().status == ApprovalStatus.APPROVED


@pytest.mark.tells_of_people
def test_the_setting_lets_everybody_be_the_second_one(admin, request_url, settings):
    puppet = make_admin(admin, "puppet")
    settings.FOUR_EYES_INDEPENDENT_DAYS = 0
    at_work(puppet).post(request_url, {"decision": "approve"})
    assert Entry.objects.get().state == EntryState.DONE


@pytest.mark.tells_of_people
def test_a_puppet_may_decline(admin, request_url):
    puppet = make_admin(admin, "puppet")
    at_work(puppet).post(request_url, {"decision": "decline", "note": "Better not."})
    assert Approval.objects.get().status == ApprovalStatus.DECLINED


@pytest.mark.tells_of_people
def test_the_rule_holds_in_the_very_commit(admin, request_url):
    """Whoever is made a puppet after the page was drawn is one."""
    colleague = admin_person("colleague")
    set_password(admin, colleague)
    with pytest.raises(PermissionDenied, match="set the password"):
        approvals.approve(Approval.objects.get(), person=colleague, note="")


# --- The limit of credits ---------------------------------------------------------------------


def give(client, number, contact="mira.jansen@example.test", **more):
    """Give credits as a person does; gives where it leads."""
    return press(client, CREDITS, credits=str(number), contact_uuid=contact, **more)


def press(client, slug, **filled):
    """Do something as a person does, beyond what is alike; gives where it leads."""
    sample = SAMPLES[slug] | filled
    checked = client.post(f"/actions/{slug}/", sample)
    names = ("agreement", "submission_key")
    agreed = {name: str(checked.context[name]) for name in names} | {"step": "confirm"}
    alike = Entry.objects.order_by("-pk").first()
    again = {"again": "yes", "repeat_of": str(alike.submission_key)} if alike else {}
    return client.post(f"/actions/{slug}/", sample | agreed | again)


def asks(answer):
    """Tell whether a press led to a request that waits for a second person."""
    return "/approvals/" in answer.get("Location", "")


def given(sandbox):
    return len(sandbox.calls("POST", "credit-receptions"))


def test_small_sums_add_up(staff, admin, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert "/approvals/" not in give(staff, 60)["Location"]
    assert "/approvals/" not in give(staff, 40)["Location"]
    # Whatever one has of the contact, and whoever gives it.
    assert "/approvals/" in give(staff, 1, "CARD-0001")["Location"]
    assert "/approvals/" in give(admin, 1)["Location"]
    assert given(sandbox) == 2
    # Another contact has a day of its own.
    assert "/approvals/" not in give(staff, 100, "m.jansen@example.test")["Location"]


def test_what_a_contact_brought_along_counts_for_whom_it_went_into(staff, admin, sandbox, settings):
    """Or else the limit would begin anew with each merge, claim or new address."""
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert not asks(give(staff, 100, "m.jansen@example.test"))
    ask(admin)
    assert Entry.objects.get(action=MERGE).state == EntryState.DONE
    assert asks(give(staff, 1))
    assert given(sandbox) == 1
    assert approvals.given_lately([seed.MIRA_UUID], ANYBODY) == 101  # 1 of it still waits


def test_what_is_taken_back_counts_as_much(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert "/approvals/" not in give(staff, -60)["Location"]
    assert "/approvals/" in give(staff, 60)["Location"]


@pytest.mark.parametrize("slug", ["create-and-process-order", "reverse-credit-reception"])
def test_what_is_worked_out_counts_as_what_is_named(admin, sandbox, settings, slug):
    """An order and a reversal name their credits by other words, and move as many."""
    press(admin, slug)
    preview = Entry.objects.get().preview
    moved = abs(preview["worth"] if "worth" in preview else preview["credits"])
    assert moved
    settings.FOUR_EYES_CREDITS_ABOVE = moved + 1
    assert asks(give(admin, 2))
    Approval.objects.update(status=ApprovalStatus.WITHDRAWN)
    assert not asks(give(admin, 1))


def test_codes_for_receipts_add_up_for_whoever_made_them(staff, admin, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert not asks(press(staff, CODE, credits="60"))
    assert not asks(press(staff, CODE, credits="40"))
    assert asks(press(staff, CODE, credits="1"))
    assert len(sandbox.calls("POST", "loyalty-tokens")) == 2
    # They are about no customer, and a colleague has a day of their own; so has another day.
    assert not asks(give(staff, 100))
    assert not asks(press(admin, CODE, credits="100"))
    with freeze(timezone.now() + timedelta(hours=25)):
        maker = approvals.Giver(User.objects.get(username="staff").pk, CODE)
        assert approvals.given_lately([], maker) == 1  # it still waits


def test_what_an_assistant_asks_for_in_codes_adds_up(settings):
    about = {"subjects": {}, "is_own_word_enough": True}
    both = [asked_for(CODE, gives=gives, **about) for gives in (400, 101)]
    asked_for(CODE, "another", gives=400, **about)
    settings.FOUR_EYES_CREDITS_ABOVE = 500
    me = somebody("first")
    assert [approvals.is_own_word_enough(each, me) for each in both] == [True, False]


def test_amounts_count_by_their_credits(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    give(staff, "", unit_value="60")
    entry = Entry.objects.get()
    assert entry.preview["gives"] > 0
    settings.FOUR_EYES_CREDITS_ABOVE = entry.preview["gives"] + 4
    assert "/approvals/" in give(staff, 5)["Location"]


def test_what_is_not_known_or_waits_counts(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    with sandbox.misbehaving({"kind": "drop_after", "path": "^credit-receptions$"}):
        give(staff, 60)
    assert Entry.objects.get().state == EntryState.UNKNOWN
    assert "/approvals/" in give(staff, 50)["Location"]
    appending.append(Entry.objects.get(), EntryState.SETTLED_NOT_DONE)
    # 50 of it still wait for a second person.
    assert "/approvals/" in give(staff, 51)["Location"]
    Approval.objects.update(status=ApprovalStatus.WITHDRAWN)
    assert "/approvals/" not in give(staff, 99)["Location"]


def test_tomorrow_is_another_day(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    give(staff, 100)
    with freeze(timezone.now() + timedelta(hours=23)):
        assert approvals.given_lately([seed.MIRA_UUID], ANYBODY) == 100
    with freeze(timezone.now() + timedelta(hours=25)):
        assert approvals.given_lately([seed.MIRA_UUID], ANYBODY) == 0


def test_the_same_press_twice_asks_nobody(staff, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    sample = SAMPLES[CREDITS] | {"credits": "100"}
    checked = staff.post(f"/actions/{CREDITS}/", sample)
    agreed = {name: str(checked.context[name]) for name in ("agreement", "submission_key")}
    pressed = [
        staff.post(f"/actions/{CREDITS}/", sample | agreed | {"step": "confirm"}) for _ in "ab"
    ]
    assert pressed[0]["Location"] == pressed[1]["Location"]
    assert not Approval.objects.exists()


def test_two_at_once_do_not_slip_past(staff, sandbox, settings):
    """Both saw room for themselves: what decides is what the ledger holds at the commit."""
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    action, person = get_action(CREDITS), User.objects.get(username="staff")
    form = action.form_class(SAMPLES[CREDITS] | {"credits": "60"}, piggy=piggy_client())
    assert form.is_valid()
    preview = action.preview(piggy_client(), form.cleaned_data)
    assert not approvals.needs_second_person(action, form.cleaned_data, preview, person=person)
    asked = partial(
        writes.WriteRequest, action=action, person=person, data=form.action_data, preview=preview
    )
    writes.carry_out(piggy_client(), asked(submission_key=uuid4()))
    with pytest.raises(approvals.SecondPersonNeeded):
        writes.carry_out(piggy_client(), asked(submission_key=uuid4()))
    assert given(sandbox) == 1


def test_the_button_says_what_it_does(staff, admin, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 24
    page = staff.post(f"/actions/{CREDITS}/", SAMPLES[CREDITS]).content.decode()
    assert "Ask a colleague" in page
    assert "Give 25 credits" not in page
    settings.FOUR_EYES_CREDITS_ABOVE = 25
    page = staff.post(f"/actions/{CREDITS}/", SAMPLES[CREDITS]).content.decode()
    assert "Ask a colleague" not in page
    assert "Give 25 credits" in page


# --- What people see of it --------------------------------------------------------------------


def test_the_menu_counts_what_waits(admin, second, staff, request_url):
    assert '<span class="badge warning">1<span' in second.get("/").content.decode()
    # Nobody waits for themselves, nor do those who may not approve see anything of it.
    assert '<span class="badge warning">1<span' not in admin.get("/").content.decode()
    assert "/ledger/approvals/" not in staff.get("/").content.decode()
    second.post(request_url, {"decision": "decline", "note": "No."})
    assert '<span class="badge warning">1<span' not in second.get("/").content.decode()


def test_whoever_approves_a_merge_sees_how_sure_it_is_and_why(second, request_url, monkeypatch):
    make_pair(seed.MIRA_UUID, seed.DUPLICATE_UUID, probability=0.97)
    point = Point("phone-same", "same phone", 9.0)
    monkeypatch.setattr(rows, "evidence_of", lambda pairs, _known=None: [[point] for _ in pairs])
    page = second.get(request_url).content.decode()
    assert "97" in page
    assert "same phone" in page


def test_a_look_at_a_request_is_a_look_up(second, request_url):
    second.get(request_url)
    seen = set(
        PersonLookUp.objects.filter(action="approval").values_list("contact_uuid", flat=True)
    )
    assert seen == {seed.MIRA_UUID, seed.DUPLICATE_UUID}


def test_erased_contacts_leave_nothing_in_requests(request_url):
    approval = Approval.objects.get()
    assert approval.data
    retention._forget_approvals({seed.MIRA_UUID})
    approval.refresh_from_db()
    assert (approval.form_data, approval.data) == ({}, {})


def test_a_form_of_somebody_else_is_not_theirs_to_ask_with(db):
    asked = {"form_data": {}, "agreement": "", "submission_key": uuid4(), "data": {}}
    action = get_action(MERGE)
    first = approvals.ask(action, person=somebody("first"), **asked)
    assert approvals.ask(action, person=somebody("first"), **asked) == first
    for name, other in (("second", action), ("first", get_action("delete-contact"))):
        with pytest.raises(PermissionDenied, match="This form is not yours"):
            approvals.ask(other, person=somebody(name), **asked)


def test_what_another_press_has_sent_waits_for_nobody(db):
    entry = make_entry(EntryState.DONE, person=somebody("first"))
    approval = asked_for(entry.action, submission_key=entry.submission_key)
    assert (approval.status, approval.decided_by_name) == ("withdrawn", "First")
    assert "went ahead" in approval.note
    assert not approvals.all_waiting().exists()


def test_who_was_faster_has_approved(db):
    asked = {"form_data": {}, "agreement": "", "submission_key": uuid4(), "data": {}}
    approval = approvals.ask(get_action(MERGE), person=somebody("first"), **asked)
    kept = approvals.approve(approval, person=somebody("second"), note="Seen")
    assert (kept["approved_by_name"], kept["note"]) == ("Second", "Seen")
    with pytest.raises(approvals.TooLate):
        approvals.approve(approval, person=somebody("third"), note="")


def test_what_is_made_of_parts_that_need_one_needs_one(settings):
    settings.FOUR_EYES = False
    action = get_action(CREDITS)
    parts = mock.Mock(wants_second_person=True)
    assert approvals.needs_second_person(action, {}, parts, person=somebody("first"))
    assert not approvals.needs_second_person(action, {}, None, person=somebody("first"))


def test_what_nobody_can_tell_the_credits_of_is_above_every_limit(settings):
    action, unknown = get_action(CREDITS), mock.Mock(wants_second_person=False)
    settings.FOUR_EYES_CREDITS_ABOVE = 1_000_000
    assert approvals.needs_second_person(action, {}, unknown, person=somebody("first"))
    settings.FOUR_EYES_CREDITS_ABOVE = 0
    assert not approvals.needs_second_person(action, {}, unknown, person=somebody("first"))


@pytest.mark.parametrize(
    "slug", ["create-and-process-order", "process-order", "create-and-process-order-return"]
)
def test_an_order_whose_credits_piggy_does_not_tell_waits(admin, sandbox, settings, slug):
    settings.FOUR_EYES_CREDITS_ABOVE = 1_000_000
    silent = OrderResult(type="points_transaction")
    with mock.patch("piggyadmin.orders.services.simulate_order", return_value=silent):
        shown = admin.post(f"/actions/{slug}/", SAMPLES[slug]).content.decode()
        assert asks(press(admin, slug))
    assert "Piggy does not tell how many credits it is." in shown
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("state", "given"), [(EntryState.UNKNOWN, 5), (EntryState.REJECTED, 0)])
def test_what_may_have_been_merged_counts(state, given, db):
    data = {"source_contact_uuid": "a", "destination_contact_uuid": "b"}
    make_entry(state, slug="merge-contacts", data={k: Contact(uuid=v) for k, v in data.items()})
    worth = OrderToProcess(
        contact=None, order_uuid="o", number="1", total=1, gives=5, new_balance=None
    )
    make_entry(EntryState.DONE, contact="a", preview=worth)
    assert approvals.given_lately(["b"], ANYBODY) == given


# --- What is kept of a request, and whose it is -----------------------------------------------


def asked_for(slug=MERGE, name="first", **about):
    """Have somebody ask for something; gives what was kept."""
    return approvals.ask(
        get_action(slug),
        person=somebody(name),
        form_data=about.pop("form_data", {}),
        agreement="agreed",
        submission_key=about.pop("submission_key", uuid4()),
        **about,
    )


def test_all_of_a_request_is_kept():
    key = uuid4()
    kept = asked_for(
        submission_key=key,
        form_data={"n": "1"},
        data={"n": 1},
        subjects={"source": "a"},
        gives=25,
        fingerprint="f" * 64,
    )
    kept.refresh_from_db()
    assert (kept.asked_by, kept.asked_by_name, kept.action) == (somebody("first"), "First", MERGE)
    assert (kept.form_data, kept.data, kept.subjects) == ({"n": "1"}, {"n": 1}, {"source": "a"})
    assert (kept.agreement, kept.submission_key, kept.gives) == ("agreed", key, 25)
    assert (kept.fingerprint, kept.status) == ("f" * 64, ApprovalStatus.WAITING)


def test_a_program_does_not_ask_for_something_else_with_one_key():
    key = uuid4()
    first = asked_for(submission_key=key, fingerprint="f" * 64)
    assert asked_for(submission_key=key, fingerprint="f" * 64) == first
    assert asked_for(submission_key=key) == first
    with pytest.raises(KeyReused):
        asked_for(submission_key=key, fingerprint="e" * 64)


def test_what_is_decided_is_kept_with_who_and_why():
    approval, second = asked_for(program="assistant"), somebody("second")
    at = timezone.now() + timedelta(minutes=5)
    with freeze(at):
        kept = approvals.approve(approval, person=second, note="Seen")
    assert kept == {
        "approved_by": second.pk,
        "approved_by_name": "Second",
        "asked_at": approval.created_at,
        "approved_at": at,
        "note": "Seen",
        "program": "assistant",
    }
    approval.refresh_from_db()
    assert (approval.status, approval.note) == (ApprovalStatus.APPROVED, "Seen")
    assert (approval.decided_by_name, approval.decided_by_id_copy) == ("Second", second.pk)
    assert approval.decided_at == at
    assert "program" not in approvals.approve(asked_for(), person=second, note="")


def test_only_the_one_that_waits_is_decided():
    one, other = asked_for(), asked_for()
    assert approvals.decide(one, ApprovalStatus.DECLINED, person=somebody("second"))
    assert not approvals.decide(one, ApprovalStatus.APPROVED, person=somebody("third"))
    for approval in (one, other):
        approval.refresh_from_db()
    assert (one.status, one.note) == (ApprovalStatus.DECLINED, "")
    assert (one.decided_by_name, other.status) == ("Second", ApprovalStatus.WAITING)


@pytest.mark.parametrize(
    ("slug", "is_enough", "four_eyes", "own_word"),
    [
        (CREDITS, True, True, True),
        (CREDITS, False, False, False),
        (MERGE, True, False, True),
        (MERGE, True, True, False),
    ],
)
def test_whose_word_is_enough(settings, slug, is_enough, four_eyes, own_word):
    """What an assistant asked for in one's name; not where a rule wants two people for it."""
    settings.FOUR_EYES = four_eyes
    approval = asked_for(slug, is_own_word_enough=is_enough)
    me, other, right = somebody("first"), somebody("second"), get_action(slug).permission
    assert approvals.is_own_word_enough(approval, me) is own_word
    assert not approvals.is_own_word_enough(approval, other)
    own_rights = (right,) if own_word else (APPROVE, right)
    assert approvals.rights_to_decide(approval, me) == own_rights
    assert approvals.rights_to_decide(approval, other) == (APPROVE, right)
    words = "" if own_word else "Somebody else has to approve what you asked for."
    assert approvals.objection(approval, me) == words
    for status in (ApprovalStatus.DECLINED, ApprovalStatus.APPROVED):
        approval.status = ApprovalStatus.WAITING
        approval.save()
        if own_word:
            assert approvals.decide(approval, status, person=me)
        else:
            with pytest.raises(PermissionDenied, match="Somebody else"):
                approvals.decide(approval, status, person=me)


def test_one_withdraws_ones_own_and_nobody_elses(settings):
    settings.FOUR_EYES = True
    staff = person(Role.STAFF)
    mine = Approval.objects.create(
        asked_by=staff, action=MERGE, form_data={}, agreement="", submission_key=uuid4()
    )
    with pytest.raises(PermissionDenied):
        approvals.decide(asked_for(), ApprovalStatus.WITHDRAWN, person=staff)
    assert approvals.decide(mine, ApprovalStatus.WITHDRAWN, person=staff)


def test_one_sees_what_one_may_decide_about():
    """Others' requests who may approve, one's own where one's own word is enough."""
    theirs, own, mine = (
        asked_for(),
        asked_for(is_own_word_enough=True),
        asked_for(CREDITS, "second"),
    )
    decided = asked_for()
    Approval.objects.filter(pk=decided.pk).update(status=ApprovalStatus.DECLINED)
    assert set(approvals.waiting_for(somebody("first"))) == {own, mine}
    assert set(approvals.waiting_for(somebody("second"))) == {theirs, own}
    staff, support = person(Role.STAFF), person(Role.SUPPORT)
    Approval.objects.filter(pk__in=[own.pk, mine.pk]).update(asked_by=staff, action=CREDITS)
    assert set(approvals.waiting_for(staff)) == {own}
    assert (
        set(approvals.waiting_for(support)) == set(approvals.waiting_for(AnonymousUser())) == set()
    )
    asked = RequestFactory().get("/")
    asked.user = staff
    assert [approvals.waiting_approvals(asked) for _ in "ab"] == [1, 1]
    Approval.objects.all().delete()
    assert approvals.waiting_approvals(asked) == 1  # which is asked once for a page
    approvals.keep_waiting_approvals(asked, 3)
    assert approvals.waiting_approvals(asked) == 3


def test_what_would_end_a_contact_is_found_by_whoever_it_names():
    a, b, c, d, e = (str(uuid4()) for _ in "abcde")
    one = asked_for(form_data={"contacts": f"{a.upper()}, {b}", "n": "1"}, subjects={"source": c})
    asked_for(CREDITS, form_data={"contact_uuid": d})
    decided = asked_for(form_data={"contact_uuid": e})
    Approval.objects.filter(pk=decided.pk).update(status=ApprovalStatus.DECLINED)
    assert approvals.waiting_about([a, b, c, d, e]) == dict.fromkeys((a, b, c), one)
    assert approvals.waiting_about([b]) == {b: one}


def test_what_waits_is_asked_once_for_a_page(django_assert_num_queries):
    asked_for(CREDITS)
    with nothing_twice(), django_assert_num_queries(1):
        assert approvals.waiting_about([str(uuid4())]) == {}
        assert approvals.waiting_about([str(uuid4())]) == {}


def test_of_several_ways_in_which_two_are_in_one_hand_the_shortest_is_told(monkeypatch):
    asker, colleague = somebody("first"), somebody("second")
    third, fourth = somebody("third"), somebody("fourth")
    done = {
        (fourth, third): "password-changed",
        (fourth, colleague): "email-changed",
        (third, asker): "password-changed",
        (third, colleague): "unheard-of",
    }
    since = []

    def changed(actor, person_, moment):
        since.append(moment)
        return done.get((actor, person_))

    monkeypatch.setattr(approvals, "changed_by", changed)
    approval = asked_for()
    told = approvals.objection(approval, colleague)
    assert told == (
        "Third set the password of First. Third changed what Second may do. That was less than 7 "
        "days before this was asked, so that you cannot be the second person for it. Nothing was "
        "changed. Somebody else has to approve it."
    )
    assert set(since) == {approval.created_at - timedelta(days=7)}
    del done[third, colleague]
    assert approvals.objection(approval, colleague).startswith(
        "Fourth set the password of Third. Third set the password of First. "
        "Fourth changed the e-mail address of Second. That"
    )
    assert approvals.objection(approval, somebody("fifth")) == ""
    Approval.objects.update(asked_by=999)
    approval.refresh_from_db()
    assert approvals.objection(approval, colleague) == ""


def test_how_an_account_was_changed_is_said():
    change = partial(approvals.Change, somebody("first"), somebody("second"))
    assert str(change("created")) == "First made the account of Second."


@pytest.mark.parametrize(
    ("limit", "gives", "lately", "is_needed"),
    [
        (0, 99, 0, False),
        (10, 0, 99, False),
        (10, None, 99, False),
        (10, 4, 6, False),
        (10, 10, 0, False),
        (10, 4, 7, True),
        (10, -11, 0, True),
    ],
)
def test_when_a_setting_wants_two(settings, monkeypatch, limit, gives, lately, is_needed):
    settings.FOUR_EYES, settings.FOUR_EYES_CREDITS_ABOVE = False, limit
    asked: Any = []
    given = lambda uuids, _giver, _before: asked.extend(uuids) or lately  # noqa: E731
    monkeypatch.setattr(approvals, "given_lately", given)
    action = mock.Mock(effect=Effect.WRITE)
    action.subjects.side_effect = lambda data, seen: {"contact": f"{data['n']} {seen.gives}"}
    seen = mock.Mock(wants_second_person=False, gives_unknown=False, gives=gives)
    assert (
        approvals.needs_second_person(action, {"n": 1}, seen, person=mock.Mock(pk=1)) is is_needed
    )
    assert asked == ([f"1 {gives}"] if limit and gives else [])


@pytest.mark.parametrize("four_eyes", [True, False])
@pytest.mark.parametrize("effect", [Effect.WRITE, Effect.IRREVERSIBLE])
def test_what_cannot_be_undone_takes_two_where_that_is_set(settings, four_eyes, effect):
    settings.FOUR_EYES, settings.FOUR_EYES_CREDITS_ABOVE = four_eyes, 0
    needs = approvals.needs_second_person(
        mock.Mock(effect=effect), {}, mock.Mock(spec=[]), person=mock.Mock(pk=1)
    )
    assert needs is (four_eyes and effect is Effect.IRREVERSIBLE)


def test_what_waits_counts_for_its_own_contacts_and_without_a_sign():
    asked_for(CREDITS, gives=-40, subjects={"contact": "a"})
    asked_for(CREDITS, gives=5, subjects={"contact": "b"})
    asked_for(CREDITS, subjects={"contact": "a"})
    assert approvals.given_lately(iter(["a"]), ANYBODY) == 40
    assert approvals.given_lately(["a", "b"], ANYBODY) == 45
    assert approvals.given_lately(["c"], ANYBODY) == 0


@pytest.mark.parametrize(("limit", "own_words"), [(0, [True, True]), (500, [True, False])])
def test_what_an_assistant_asks_for_at_once_adds_up(settings, limit, own_words):
    """Each was asked for before the other one was there, so that each seemed enough."""
    about = {"subjects": {"contact": seed.MIRA_UUID}, "is_own_word_enough": True}
    both = [asked_for(CREDITS, gives=gives, **about) for gives in (-400, 101)]
    settings.FOUR_EYES_CREDITS_ABOVE = limit
    me = somebody("first")
    assert [approvals.is_own_word_enough(each, me) for each in both] == own_words


def test_a_limit_that_came_down_holds_for_what_waits(settings):
    about = {"gives": 400, "is_own_word_enough": True}
    approval = asked_for(CREDITS, subjects={"contact": seed.MIRA_UUID}, **about)
    settings.FOUR_EYES_CREDITS_ABOVE = 399
    with pytest.raises(PermissionDenied, match="Somebody else"):
        approvals.approve(approval, person=somebody("first"), note="")
