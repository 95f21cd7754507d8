"""Pages on which contacts are merged: what they say before, and what they show after."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.html import strip_tags

from piggyadmin.accounts.demo import make_demo_people
from piggyadmin.accounts.models import User
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.models import (
    Cluster,
    Decision,
    DecisionKind,
    GoneContact,
    MergeRun,
    MirroredContact,
    Pair,
    PairStatus,
)
from piggyadmin.duplicates.review import evidence, queue, rows
from piggyadmin.duplicates.review.filters import QueueFilter
from piggyadmin.duplicates.review.wording import per_cent
from piggyadmin.ledger import appending, following, outcomes, writes
from piggyadmin.ledger.models import (
    Approval,
    ApprovalStatus,
    Entry,
    EntryState,
    PersonLookUp,
    Snapshot,
)
from piggyadmin.ledger.operations import Progress
from piggyadmin.sandbox import seed
from tests.accounts.test_middleware import sign_in
from tests.actions.test_views import FRAGMENT, text
from tests.conftest import signed_in
from tests.duplicates.merges import (
    ANONYMOUS,
    DUPLICATE,
    DUPLICATE_EMAIL,
    MIRA,
    PAIR,
    filled,
    make_pair,
    merge,
    work,
    work_once,
)
from tests.duplicates.pairs import make_contact
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
ANONYMOUS_PAIR = f"/duplicates/pair/{MIRA}/{ANONYMOUS}/"
NOBODY = "c0ffee00-0000-4000-8000-0000000000ff"
REFUSE = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}


def plan_of(response):
    return response.context["preview"]


def warnings(response):
    return {check.kind for check in plan_of(response).warnings}


def put(sandbox, uuid, **attributes):
    sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": attributes})


# --- Side by side -----------------------------------------------------------------------------


def test_shows_both_side_by_side(admin, sandbox):
    page = text(admin.get(PAIR))
    for words in ("150 credits", "CARD-0001", "CARD-0002", "WELCOME-ACTIVE", "Silver", "€ 12.50"):
        assert words.replace("€ ", "€\xa0") in page, words
    assert "They differ: choose" in page
    assert "is proposed to survive" in page
    assert "which gift cards" in page
    assert set(PersonLookUp.objects.values_list("contact_uuid", flat=True)) == {MIRA, DUPLICATE}


def test_reads_everything_at_the_same_time(admin, sandbox):
    admin.get(PAIR)
    assert len(sandbox.calls()) == 7  # three of each, and the list of attributes
    admin.get(PAIR)
    assert len(sandbox.calls()) == 13  # which is remembered


def test_order_of_the_address_does_not_matter(admin, sandbox):
    response = admin.get(f"/duplicates/pair/{DUPLICATE}/{MIRA}/")
    assert plan_of(response).survivor.uuid == MIRA


def test_swapped_with_one_press_keeps_what_was_typed(admin, sandbox):
    sent = filled(admin.get(PAIR), comment="Asked by phone.", keep_phonenumber=DUPLICATE)
    sent.pop("step")
    response = admin.post(PAIR, sent | {"swap": DUPLICATE})
    plan = plan_of(response)
    assert plan.survivor.uuid == DUPLICATE
    assert plan.keep["phonenumber"] == DUPLICATE
    assert "Asked by phone." in text(response)
    assert "not the one that was proposed" in text(response)
    assert response.context["confirm_with"] == "a.jansen"
    run = work(merge_from(admin, response))
    assert run.survivor == DUPLICATE


def merge_from(admin, response, address=PAIR, **more):
    location = admin.post(address, filled(response, **more))["Location"]
    return MergeRun.objects.get(submission_key=location.split("/")[-2])


def test_what_the_survivor_lacks_is_filled_in(admin, sandbox):
    put(sandbox, DUPLICATE, company="Beans")
    plan = plan_of(admin.get(PAIR))
    row = next(row for row in plan.rows if row.name == "company")
    assert (row.words, row.is_choice, row.is_conflict) == ("From the other one", True, False)
    assert plan.kept_values["company"] == "Beans"


def test_what_the_survivor_lacks_can_be_left_empty(admin, sandbox):
    put(sandbox, DUPLICATE, company="Beans")
    sent = filled(admin.get(PAIR), keep_company="") | {"step": "run"}
    plan = plan_of(admin.post(PAIR, sent))
    row = next(row for row in plan.rows if row.name == "company")
    assert row.words == "Left empty"
    assert "company" not in plan.kept_values


def test_odd_choices_mean_what_is_usual(admin, sandbox):
    sent = filled(admin.get(PAIR), keep_firstname=NOBODY, keep_lastname="", keep="[1]")
    plan = plan_of(admin.post(PAIR, sent | {"step": "run"}))
    assert (plan.keep["firstname"], plan.keep["lastname"]) == (MIRA, MIRA)
    plan = plan_of(admin.post(PAIR, sent | {"step": "run", "keep": "{"}))
    assert plan.keep["firstname"] == MIRA


def test_a_fragment_for_htmx_has_no_page_around_it(admin, sandbox):
    sent = filled(admin.get(PAIR)) | {"step": "run"}
    page = text(admin.post(PAIR, sent, headers=FRAGMENT))
    assert "<html" not in page
    assert 'id="action"' in page


def test_what_was_found_about_the_pair_stands_above(admin, sandbox, monkeypatch):
    points = [evidence.Point("phone-same", "same phone, written differently", 9.0)]
    monkeypatch.setattr(rows, "evidence_of", lambda *_pairs: [points])
    assert "same phone, written differently" in text(admin.get(PAIR))


def test_who_and_how_sure_stands_above_all(admin, sandbox):
    cluster = Cluster.objects.create(size=3, weakest=0.7)
    for uuid, name in ((MIRA, "Mira"), (DUPLICATE, "M.")):
        make_contact(f"{name} Jansen", uuid=uuid)
    make_pair(MIRA, DUPLICATE, 0.99, cluster=cluster)
    page = text(admin.get(PAIR))
    about = page[page.index('class="pair-about"') : page.index("What speaks for it")]
    read = strip_tags(about)  # letters that differ are marked
    assert "Mira Jansen" in read
    assert "M. Jansen" in read
    assert per_cent(0.99) in about
    assert f'href="/duplicates/clusters/{cluster.pk}/"' in about


def test_what_was_just_decided_stands_above_and_names_whom(admin, sandbox):
    mira, twin = make_contact("Bo Smit"), make_contact("Bob Smit")
    make_pair(mira.uuid, twin.uuid)
    admin.post(f"/duplicates/pair/{mira.uuid}/{twin.uuid}/decide/", {"decision": "dismiss"})
    page = text(admin.get(PAIR))
    before, _heading, _after = page.partition('class="pair-about"')
    assert "You have just decided: Bo Smit · Bob Smit: not a duplicate" in before


def test_on_a_phone_values_are_told_apart_by_what_becomes_of_each(admin, sandbox, cluster):
    two, three = text(admin.get(PAIR)), text(admin.get(cluster))
    assert 'data-label="Survives"' in two
    assert 'data-label="Ceases to exist"' in two
    assert 'data-label="Ceases to exist 2"' in three
    assert 'data-label="Mira Jansen"' not in two + three


def test_somebody_else_who_has_the_pair_is_named(admin, sandbox):
    until = timezone.now() + timedelta(minutes=5)
    make_pair(MIRA, DUPLICATE, held_by=999, held_by_name="Sanne", held_until=until)
    assert "Sanne is looking at this pair now." in text(admin.get(PAIR))


# --- What stops a merge ------------------------------------------------------------------------


def test_anonymous_source_is_better_claimed(admin, sandbox):
    response = admin.get(ANONYMOUS_PAIR)
    assert warnings(response) == {"claim"}
    page = text(response)
    assert f'form="claim-{ANONYMOUS}"' in page
    assert re.search(r'name="email"\s+value="mira.jansen@example.test"', page)


def test_needs_an_explicit_yes(admin, sandbox):
    response = admin.get(ANONYMOUS_PAIR)
    refused = admin.post(ANONYMOUS_PAIR, filled(response))
    assert "Say yes to each warning first." in text(refused)
    assert refused.context["confirmation"] == "ANON"
    # The summary leads to the warning, where it is said once more.
    assert 'href="#id_agreed"' in text(refused)
    assert 'id="id_agreed"' in text(refused)
    assert text(refused).count("Tick this to go on, or leave it.") == 1
    assert not Entry.objects.exists()
    assert merge_from(admin, response, ANONYMOUS_PAIR, **{f"agreed_claim:{ANONYMOUS}": "yes"})


def test_a_yes_stays_ticked(admin, sandbox):
    sent = filled(admin.get(ANONYMOUS_PAIR), **{f"agreed_claim:{ANONYMOUS}": "yes"})
    page = text(admin.post(ANONYMOUS_PAIR, sent | {"confirmation": "wrong"}))
    assert "That is not what has to be typed" in page
    assert re.search(rf'name="agreed_claim:{ANONYMOUS}"\s+value="yes"\s+checked', page)


def test_one_yes_of_two_stays_ticked_and_the_other_is_asked_for(admin, sandbox):
    make_pair(MIRA, ANONYMOUS, status=PairStatus.DISMISSED)
    claim, dismissed = f"agreed_claim:{ANONYMOUS}", f"agreed_dismissed:{ANONYMOUS}"
    page = text(admin.post(ANONYMOUS_PAIR, filled(admin.get(ANONYMOUS_PAIR), **{claim: "yes"})))
    assert re.search(rf'name="{claim}"\s+value="yes"\s+checked', page)
    assert re.search(rf'name="{dismissed}"\s+value="yes"\s+aria-invalid="true"', page)
    assert page.count("Tick this to go on, or leave it.") == 1


def test_anonymous_survivor_is_warned_of(admin, sandbox):
    response = admin.get(f"{ANONYMOUS_PAIR}?survivor_contact_uuid={ANONYMOUS}")
    assert warnings(response) == {"anonymous-survivor"}


@pytest.mark.parametrize(
    ("status", "days", "is_told"),
    [("created", 1, True), ("canceled", 1, False), ("created", -1, False), ("", None, True)],
)
def test_open_booking_is_told(admin, sandbox, status, days, is_told):
    when = timezone.now() + timedelta(days=days) if days else None
    SeenBooking.objects.create(uuid="b", contact_uuid=DUPLICATE, status=status, starts_at=when)
    assert ("booking" in warnings(admin.get(PAIR))) == is_told


def test_what_is_under_way_stops_it(admin, sandbox):
    response = admin.get(PAIR)
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=MIRA, data={"type": "GDPR"})
    shown = admin.post(PAIR, filled(response))
    assert shown.context["has_changed"]
    assert warnings(shown) == {"under-way"}
    refused = admin.post(PAIR, filled(shown))
    assert "how that ends is not known" in text(refused)
    assert not MergeRun.objects.exists()


def test_dismissed_pair_needs_a_yes(admin, sandbox):
    pair = make_pair(MIRA, DUPLICATE, status=PairStatus.DISMISSED)
    assert "Somebody has decided" in text(admin.get(PAIR))
    Decision.objects.create(
        first=pair.first, second=pair.second, kind=DecisionKind.DISMISS, person_name="Sanne"
    )
    assert "Sanne has decided that two of these" in text(admin.get(PAIR))


def test_too_many_differences_need_a_yes(admin, sandbox):
    put(sandbox, DUPLICATE, firstname="Joost", birthdate="1960-01-01", phonenumber="0201234567")
    assert "differences" not in warnings(admin.get(PAIR))  # the last name is the same
    put(sandbox, DUPLICATE, lastname="Bakker")
    assert "differences" in warnings(admin.get(PAIR))


def test_prepaid_and_subscriptions_are_told(admin, sandbox):
    response = admin.get(f"{PAIR}?survivor_contact_uuid={DUPLICATE}")
    hints = {check.kind for check in plan_of(response).hints}
    assert hints == {"prepaid", "subscriptions", "gift-cards", "unknown-bookings"}


def test_what_piggy_does_not_tell_is_said_to_be_unknown(admin, sandbox):
    page = text(admin.get(PAIR))
    assert "Piggy does not tell which gift cards a customer was sent." in page
    assert "Piggy does not tell which bookings a customer has" in page


def test_contact_that_has_gone_is_told_and_its_pairs_close(admin, sandbox):
    pair = make_pair(MIRA, NOBODY)
    page = text(admin.get(f"/duplicates/pair/{MIRA}/{NOBODY}/"))
    assert "There is no customer" in page
    assert NOBODY in page
    pair.refresh_from_db()
    assert pair.status == PairStatus.GONE


def test_contact_that_has_gone_leaves_the_mirror_where_only_that_knows_it(admin, sandbox):
    make_contact(uuid=NOBODY)
    admin.get(f"/duplicates/pair/{MIRA}/{NOBODY}/")
    assert not MirroredContact.objects.filter(uuid=NOBODY).exists()
    assert GoneContact.objects.filter(uuid=NOBODY).exists()


def test_nothing_is_written_where_nothing_is_here_of_who_has_gone(admin, sandbox):
    page = text(admin.get(f"/duplicates/pair/{NOBODY}/{NOBODY.replace('c0', 'd0')}/"))
    assert "There is no customer" in page
    assert not GoneContact.objects.exists()


def test_a_part_of_the_page_has_who_is_gone_leave_as_well(admin, sandbox):
    admin.get(f"/duplicates/pair/{NOBODY}/{NOBODY.replace('c0', 'd0')}/", headers=FRAGMENT)
    assert GoneContact.objects.filter(uuid=NOBODY).exists()


def test_gone_between_opening_and_pressing(admin, sandbox):
    response = admin.get(PAIR)
    sandbox.faults(delete_seconds=0)
    sandbox.api("POST", f"contacts/{DUPLICATE}/delete", json={"type": "DEFAULT"})
    page = text(admin.post(PAIR, filled(response)))
    assert "There is no customer" in page
    assert not Entry.objects.exists()


def test_credits_that_changed_meanwhile_are_asked_again(admin, sandbox):
    response = admin.get(PAIR)
    shop = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": MIRA, "credits": 5}
    sandbox.api("POST", "credit-receptions", json=shop)
    shown = admin.post(PAIR, filled(response))
    assert "Something has changed since you checked" in text(shown)
    assert not Entry.objects.exists()
    assert work(merge_from(admin, shown)).report["after"]["credits"] == 155


def test_same_contact_twice_is_refused(admin, sandbox):
    assert "at least two customers" in text(admin.get(f"/duplicates/pair/{MIRA}/{MIRA}/"))


def test_somebody_else_cannot_survive(admin, sandbox):
    page = text(admin.get(f"{PAIR}?survivor_contact_uuid={NOBODY}"))
    assert "must be one of these customers" in page


def test_piggy_that_is_away_is_told(admin, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    response = admin.get(PAIR)
    assert response.status_code == 200
    assert 'role="alert"' in text(response)


# --- Pressing ----------------------------------------------------------------------------------


def test_the_wrong_word_merges_nobody(admin, sandbox):
    page = text(admin.post(PAIR, filled(admin.get(PAIR), confirmation="mira")))
    assert "That is not what has to be typed" in page
    assert not MergeRun.objects.exists()


def test_double_press_is_one_run(admin, sandbox):
    sent = filled(admin.get(PAIR))
    first, second = admin.post(PAIR, sent), admin.post(PAIR, sent)
    assert first["Location"] == second["Location"]
    work(MergeRun.objects.get())
    assert admin.post(PAIR, sent)["Location"] == first["Location"]
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_htmx_is_led_to_the_merge(admin, sandbox):
    response = admin.post(PAIR, filled(admin.get(PAIR)), headers=FRAGMENT)
    assert response["HX-Redirect"].startswith("/duplicates/merges/")


def test_never_begun_is_told_as_such(admin, sandbox, monkeypatch):
    sent = filled(admin.get(PAIR))
    entry = make_entry(slug="delete-contact", contact=NOBODY, data={"type": "GDPR"})
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    monkeypatch.setattr(writes, "carry_out", lambda *_, **__: outcomes.Outcome(entry))
    response = admin.post(PAIR, sent)
    assert response["Location"].startswith("/actions/merge-duplicates/")


def test_staff_may_not(staff, sandbox):
    assert staff.get(PAIR).status_code == 403
    assert staff.get("/duplicates/merges/").status_code == 403


# --- A second person ----------------------------------------------------------------------------


def test_a_second_person_approves_the_whole_run(admin, sandbox, settings):
    settings.FOUR_EYES = True
    sandbox.faults(merge_seconds=0)
    sent = filled(admin.get(PAIR), keep_phonenumber=DUPLICATE, comment="She told me so.")
    address = admin.post(PAIR, sent)["Location"]
    assert Approval.objects.get().action == "merge-duplicates"
    assert not MergeRun.objects.exists()
    second = signed_in(User.objects.create_superuser("second", first_name="Second"))
    page = text(second.get(address))
    assert "<strong>06-12345678</strong>" in page
    assert "keep_phonenumber" not in page
    assert "Double account: “She told me so.”" in page
    approved = second.post(address, {"decision": "approve"})
    entry = Entry.objects.get(action="merge-duplicates")
    assert approved["Location"] == f"/duplicates/merges/{entry.submission_key}/"
    assert entry.person_name == "Admin"
    assert entry.events.first().detail["approval"]["approved_by_name"] == "Second"
    assert "Approved by Second" in text(admin.get(approved["Location"]))
    run = work(runs.begin(entry))
    assert run.status == "done"
    values = sandbox.api("GET", f"contacts/{MIRA}")["current_values"]
    assert values["phonenumber"] == "06-12345678"


def test_what_waits_for_approval_is_not_worked_on_again(admin, sandbox, settings):
    settings.FOUR_EYES = True
    pair = make_pair(MIRA, DUPLICATE)
    second = User.objects.create_superuser("second", first_name="Second")
    assert "waits for a second person" not in text(admin.get(PAIR))
    queue.release(pair, User.objects.get(username="admin"))
    address = admin.post(PAIR, filled(admin.get(PAIR)))["Location"]
    queue.release(pair, User.objects.get(username="admin"))
    assert queue.next_pair(second, QueueFilter({})) is None
    page = text(signed_in(second).get(PAIR))
    assert "has asked for this already; it waits for a second person." in page
    assert f'href="{address}"' in page
    signed_in(second).post(address, {"decision": "decline", "note": "Two people."})
    assert queue.next_pair(second, QueueFilter({})) == pair


def test_what_changed_before_the_approval_has_to_be_asked_anew(admin, sandbox, settings):
    settings.FOUR_EYES = True
    address = admin.post(PAIR, filled(admin.get(PAIR)))["Location"]
    put(sandbox, MIRA, firstname="Miranda")
    second = signed_in(User.objects.create_superuser("second", first_name="Second"))
    second.post(address, {"decision": "approve"})
    assert Approval.objects.get().status == ApprovalStatus.WITHDRAWN
    assert not MergeRun.objects.exists()


def test_htmx_is_led_to_the_approval(admin, sandbox, settings):
    settings.FOUR_EYES = True
    response = admin.post(PAIR, filled(admin.get(PAIR)), headers=FRAGMENT)
    assert response["HX-Redirect"].startswith("/ledger/approvals/")


def test_what_was_chosen_survives_a_session_that_ends(client, sandbox):
    make_demo_people()
    sign_in(client, "admin")
    sent = filled(client.get(PAIR), comment="Asked by phone.", keep_phonenumber=DUPLICATE)
    Session.objects.all().delete()
    client.post(PAIR, sent)
    response = client.get(sign_in(client, "admin", next=PAIR)["Location"])
    assert "Asked by phone." in text(response)
    assert plan_of(response).keep["phonenumber"] == DUPLICATE
    assert not Entry.objects.exists()


# --- Clusters -------------------------------------------------------------------------------------


@pytest.fixture
def cluster(db):
    cluster = Cluster.objects.create(size=3, weakest=0.7)
    make_pair(MIRA, DUPLICATE, 0.7, cluster=cluster)
    make_pair(DUPLICATE, ANONYMOUS, 0.9, cluster=cluster)
    return f"/duplicates/clusters/{cluster.pk}/merge/"


def test_cluster_is_merged_after_its_number_was_typed(admin, sandbox, cluster):
    response = admin.get(cluster)
    assert response.context["confirm_with"] == "3"
    assert [candidate.uuid for candidate in plan_of(response).sources] == [DUPLICATE, ANONYMOUS]
    agreed = {f"agreed_claim:{ANONYMOUS}": "yes"}
    assert merge_from(admin, response, cluster, **agreed).contacts == 3


def test_one_of_a_cluster_is_left_out(admin, sandbox, cluster):
    assert f"without={ANONYMOUS}" in text(admin.get(cluster))
    response = admin.get(f"{cluster}?without={ANONYMOUS}")
    assert [candidate.uuid for candidate in plan_of(response).candidates] == [MIRA, DUPLICATE]
    assert response.context["confirm_with"] == "m.jansen"


def test_gone_contacts_leave_a_cluster(admin, sandbox, cluster):
    Pair.objects.filter(second=ANONYMOUS).update(status=PairStatus.GONE)
    assert len(plan_of(admin.get(cluster)).candidates) == 2


def test_no_such_cluster(admin, sandbox):
    response = admin.get("/duplicates/clusters/99/merge/", follow=True)
    assert response.redirect_chain == [("/duplicates/", 302)]
    assert "do not hang together any more" in text(response)


def test_no_cluster_is_for_those_who_may_not(staff):
    assert staff.get("/duplicates/clusters/99/merge/").status_code == 403


def test_cluster_that_fell_apart_before_the_press_merges_nobody(admin, sandbox, cluster):
    sent = filled(admin.get(cluster), **{f"agreed_claim:{ANONYMOUS}": "yes"})
    Cluster.objects.all().delete()
    response = admin.post(cluster, sent, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/duplicates/"
    assert "Nothing was changed" in text(admin.get("/duplicates/"))
    assert not Entry.objects.exists()


def test_cluster_that_lost_a_contact_before_the_press_is_asked_again(admin, sandbox, cluster):
    sent = filled(admin.get(cluster), **{f"agreed_claim:{ANONYMOUS}": "yes"})
    Pair.objects.filter(second=ANONYMOUS).update(status=PairStatus.GONE)
    response = admin.post(cluster, sent)
    assert len(plan_of(response).candidates) == 2
    assert "Something has changed since you checked. Nothing was sent." in text(response)
    assert not Entry.objects.exists()


# --- By hand, from the contacts' own pages -------------------------------------------------------


def test_contact_page_leads_to_merging_it(admin, sandbox):
    page = text(admin.get(f"/contacts/{DUPLICATE}/"))
    assert f"/actions/merge-duplicates/?contact_uuids={DUPLICATE}" in page
    page = text(admin.get(f"/actions/merge-duplicates/?contact_uuids={DUPLICATE}"))
    assert DUPLICATE in page


HAND = "/actions/merge-duplicates/"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("mira.jansen@example.test", "at least two customers"),
        ("mira.jansen@example.test\nnobody@example.test", "nobody@example.test"),
        ("mira.jansen@example.test\nCARD-0001", "This is the same customer"),
        ("\n".join(f"CARD-{number}" for number in range(13)), "At most 12 customers"),
        (f"CARD-0001\n{NOBODY}", "There is no customer"),
        ("CARD 0001\nCARD-0002", "CARD 0001: No customer"),
    ],
)
def test_by_hand_what_cannot_be_merged_is_told(admin, sandbox, typed, told):
    page = text(admin.post(HAND, {"contact_uuids": typed}))
    assert told in page
    assert "has-errors" in page


def test_by_hand_with_whatever_one_has(admin, sandbox):
    sample = {"contact_uuids": "CARD-0002, mira.jansen@example.test"}
    response = admin.post(HAND, sample | {"survivor_contact_uuid": DUPLICATE_EMAIL})
    assert plan_of(response).survivor.uuid == DUPLICATE


def test_asked_again_from_the_ledger(admin, sandbox):
    run = merge(admin, keep_phonenumber=DUPLICATE)
    page = text(admin.get(f"{HAND}?again={run.submission_key}"))
    assert DUPLICATE in page


# --- Merges ---------------------------------------------------------------------------------------


def test_list_of_merges(admin, sandbox):
    assert "None yet." in text(admin.get("/duplicates/merges/"))
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin))
    page = text(admin.get("/duplicates/merges/?page=nonsense"))
    assert str(run.submission_key) in page
    assert "Done" in page


def test_page_of_a_pair_leads_to_its_merge(admin, sandbox):
    make_pair(MIRA, DUPLICATE)
    sandbox.faults(merge_seconds=0)
    run = merge(admin)
    link = f'href="/duplicates/merges/{run.submission_key}/"'
    page = text(admin.get(PAIR))
    assert "These two are being merged." in page
    assert link in page
    work(run)
    page = text(admin.get(PAIR))
    assert "These two are one customer now." in page
    assert link in page
    assert 'name="confirmation"' not in page


def test_auditors_read_reports_and_decisions_and_settle_nothing(admin, auditor, sandbox):
    make_pair(MIRA, DUPLICATE)
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin, comment="She says so."))
    assert str(run.submission_key) in text(auditor.get("/duplicates/merges/"))
    address = f"/duplicates/merges/{run.submission_key}/"
    report = text(auditor.get(address))
    assert "They agree: nothing was lost." in report
    assert "Next pair" not in report
    assert "Tell the customer" not in report
    assert auditor.post(f"{address}settle/", {"comment": "x"}).status_code == 403
    for query in ("", f"?contact_uuid={MIRA}"):
        assert "She says so." in text(auditor.get(f"/duplicates/decisions/{query}"))
    assert "She says so." not in text(auditor.get(f"/duplicates/decisions/?contact_uuid={NOBODY}"))


def test_page_of_a_contact_that_went_into_another_tells_so(admin, support, sandbox):
    sandbox.faults(merge_seconds=0)
    work(merge(admin))
    for client in (admin, support):
        page = text(client.get(f"/contacts/{DUPLICATE}/"))
        assert "This customer is no longer at Piggy" in page
        assert f'href="/contacts/{MIRA}/"' in page
    assert support.get(f"/contacts/{NOBODY}/").status_code == 404


def test_list_of_merges_names_the_survivor(admin, sandbox):
    make_contact("Mira Jansen", uuid=MIRA)
    merge(admin)
    assert "Mira Jansen" in text(admin.get("/duplicates/merges/"))


def test_report_of_a_merge(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin, comment="She says so.", keep_phonenumber=DUPLICATE))
    page = text(admin.get(f"/duplicates/merges/{run.submission_key}/"))
    for words in (
        "They agree: nothing was lost.",
        "06-12345678",
        "CARD-0002",
        "She says so.",
        "Double account",
        "Admin",
        f"/ledger/{run.steps.first().submission_key}/",
        "Done, and checked",
    ):
        assert words in page, words


def test_letter_in_the_contacts_own_language(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin))
    address = f"/duplicates/merges/{run.submission_key}/"
    letter = admin.get(address).context["letter"]
    assert (letter.language, letter.to) == ("nl", "mira.jansen@example.test")
    letter = admin.get(f"{address}?letter=en").context["letter"]
    assert letter.text.startswith("Dear Mira,")
    assert "Your balance: 150 credits" in letter.text
    assert "CARD-0001, CARD-0002" in letter.text
    assert letter.mailto.startswith("mailto:mira.jansen@example.test?subject=Your%20accounts")


def test_progress_is_asked_for_until_it_has_ended(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    run = merge(admin)
    address = f"/duplicates/merges/{run.submission_key}/?watch"
    response = admin.get(address, headers=FRAGMENT)
    assert "0 of 2 steps are done." in text(response)
    assert "hx-get" in text(response)
    assert "HX-Refresh" not in response
    work(run)
    response = admin.get(address, headers=FRAGMENT)
    assert response["HX-Refresh"] == "true"
    assert "<html" not in text(response)


def test_states_of_steps_in_words(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    address = f"/duplicates/merges/{run.submission_key}/"
    assert "To be done" in text(admin.get(address))
    work_once()
    assert "Piggy is at it" in text(admin.get(address))


def test_lost_answer_in_words(admin, sandbox):
    run = merge(admin)
    sandbox.faults({"kind": "drop_before", "method": "POST", "path": "^contacts/merge$"})
    work_once()
    page = text(admin.get(f"/duplicates/merges/{run.submission_key}/"))
    assert "Not known yet whether Piggy did it" in page


@pytest.fixture
def stopped(admin, sandbox):
    run = merge(admin)
    sandbox.faults(REFUSE)
    run = work(run)
    sandbox.faults(merge_seconds=0)
    return run


def test_stopped_merge_says_everything(admin, stopped):
    page = text(admin.get(f"/duplicates/merges/{stopped.submission_key}/"))
    assert "It stopped at a surprise" in page
    assert "Not done, nothing changed" in page
    assert "Not begun" in page
    assert "Let it go on" in page
    assert stopped.surprise in text(admin.get(f"/ledger/{stopped.submission_key}/"))
    assert "Merge duplicates" in text(admin.get("/"))  # on the desk


def settle(admin, run, **sent):
    return admin.post(f"/duplicates/merges/{run.submission_key}/settle/", sent, follow=True)


def test_stopped_merge_goes_on(admin, stopped):
    settle(admin, stopped, comment="Mended at Piggy.", decision="resume")
    assert work(stopped).status == "done"


def test_stopped_merge_is_given_up(admin, stopped):
    page = text(settle(admin, stopped, comment="Not worth it.", decision="abandon"))
    assert "It was given up." in page


def test_a_word_is_needed_to_settle(admin, stopped):
    page = text(settle(admin, stopped, comment="", decision="resume"))
    assert "errorlist" in page or "field-errors" in page
    stopped.refresh_from_db()
    assert stopped.status == "stopped"


def test_settling_leads_back_to_the_merge(admin, stopped):
    address = f"/duplicates/merges/{stopped.submission_key}/"
    assert admin.get(f"{address}settle/")["Location"] == address


def test_going_on_that_is_refused_is_told(admin, stopped):
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=MIRA, data={"type": "GDPR"})
    page = text(settle(admin, stopped, comment="Mended.", decision="resume"))
    assert "how that ends is not known" in page


def test_accepted_surprise_in_words(admin, sandbox):
    sandbox.faults(merge_seconds=10**7)
    run = merge(admin)
    work_once()
    entry = runs.entry_of(run.steps.first())
    following.follow_up(entry, Progress(finished=True, as_expected=False, words="Strange."))
    page = text(admin.get(f"/duplicates/merges/{run.submission_key}/"))
    assert "Not as expected" in page


def test_a_merge_that_was_asked_for_begins_when_it_is_looked_at(admin, sandbox):
    sample = {"contact_uuids": f"{MIRA} {DUPLICATE}"}
    admin.post(HAND, filled(admin.post(HAND, sample)))
    entry = Entry.objects.get()
    MergeRun.objects.all().delete()
    assert admin.get(f"/duplicates/merges/{entry.submission_key}/").status_code == 200
    assert MergeRun.objects.get().submission_key == entry.submission_key


SIDE = Candidate(contact=Contact(uuid=NOBODY), identifiers=[], vouchers=0)
AS_ASKED = {"contact_uuids": (SIDE,), "survivor_contact_uuid": SIDE}


def test_what_was_not_done_is_no_merge(admin, sandbox):
    entry = make_entry(
        EntryState.REJECTED, slug="delete-contact", contact=MIRA, data={"type": "GDPR"}
    )
    assert admin.get(f"/duplicates/merges/{entry.submission_key}/").status_code == 404
    entry = make_entry(slug="merge-duplicates", data=AS_ASKED)
    assert admin.get(f"/duplicates/merges/{entry.submission_key}/").status_code == 404


def test_report_without_snapshots_still_has_its_figures(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    run = work(merge(admin))
    Snapshot.objects.all().delete()
    response = admin.get(f"/duplicates/merges/{run.submission_key}/")
    page = text(response)
    assert "They agree" in page
    assert "Mira" not in page.replace("Admin", "")
    assert response.context["letter"].to == ""


# --- Bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["x" * 10_000, "🐷🎉", "Мира Янсен", "ميرا", "米拉", "<script>alert(1)</script>"]
)
def test_odd_names(admin, sandbox, name):
    put(sandbox, DUPLICATE, firstname=name, lastname=name)
    sandbox.faults(merge_seconds=0)
    response = admin.get(PAIR)
    assert "<script>alert" not in text(response)
    assert text(response).count("x" * 200) <= 2 * 10_000 / 200  # both values, once each
    run = work(merge_from(admin, response, keep_firstname=DUPLICATE))
    assert run.status == "done"
    report = text(admin.get(f"/duplicates/merges/{run.submission_key}/"))
    assert "<script>alert" not in report
    # A page that has to be scrolled for minutes is as good as none.
    assert "x" * 600 not in report
    assert sandbox.api("GET", f"contacts/{MIRA}")["current_values"]["firstname"] == name


def test_contacts_of_which_nothing_is_known(admin, sandbox):
    uuids = [
        sandbox.api("POST", "contacts/anonymous", json={"contact_identifier_value": value})["uuid"]
        for value in ("BARE-1", "BARE-2")
    ]
    address = f"/duplicates/pair/{uuids[0]}/{uuids[1]}/"
    response = admin.get(address)
    assert plan_of(response).rows == []
    sandbox.faults(merge_seconds=0)
    assert work(merge_from(admin, response, address)).status == "done"


# --- What has to be chosen, and what both pages say ------------------------------------------


def test_what_differs_is_chosen_by_a_person(admin, sandbox):
    values = {"attributes": {"lastname": "Jansma", "favourite_drink": "tea"}}
    sandbox.api("PUT", f"contacts/{DUPLICATE}", json=values)
    response = admin.get(PAIR)
    assert "lastname" in {row.name for row in plan_of(response).undecided}
    sent = filled(response)
    refused = admin.post(PAIR, {**sent, "keep_lastname": ""})
    assert "These differ, and nobody has chosen: Last name" in text(refused)
    assert 'aria-describedby="keep-error"' in text(refused)
    assert sandbox.calls("POST", "contacts/merge") == []
    assert not re.search(r'name="keep_lastname"[^>]* checked', text(refused))
    chosen = admin.post(PAIR, {**filled(refused), "keep_lastname": DUPLICATE})
    assert chosen.status_code == 302


def test_both_merge_pages_say_the_same(admin, sandbox):
    sandbox.api("PUT", f"contacts/{DUPLICATE}", json={"attributes": {"lastname": "Jansma"}})
    other = {"source_contact_uuid": MIRA, "destination_contact_uuid": DUPLICATE}
    plan = plan_of(admin.get(f"{PAIR}?survivor_contact_uuid={DUPLICATE}"))
    response = admin.post("/actions/merge-contacts/", {**other, "step": "run"})
    advice = plan_of(response).advice
    assert (advice.is_proposed, advice.reasons) == (plan.is_proposed, plan.reasons)
    assert advice.checks == plan.checks
    assert plan_of(response).subscriptions == plan.subscriptions
    page = text(response)
    assert "It would be better the other way round" in page
    assert "One of these has unsubscribed from" in page
    assert "Last name" in page
