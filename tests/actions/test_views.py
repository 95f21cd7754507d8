"""The page of an action: its steps, its errors in place, and the page of what came of it."""

import re
from threading import Event as Signal
from threading import current_thread
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.forms.boundfield import BoundField
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.actions.views import explain
from piggyadmin.ledger import reads
from piggyadmin.ledger.models import Entry, EntryState, Event, PersonLookUp, ReadCount
from piggyadmin.piggy.circuit_breaker import CircuitBreaker, CircuitState
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import Rejected
from piggyadmin.piggy.models import TokenDate
from piggyadmin.vouchers import services
from tests.actions.samples import SAMPLES
from tests.conftest import signed_in
from tests.ledger.reading import typed_in
from tests.piggy.memory_store import MemoryStore

pytestmark = pytest.mark.django_db

CREDITS = "/actions/create-credit-reception/"
MERGE = "/actions/merge-contacts/"
MIRA = "mira.jansen@example.test"
FRAGMENT = {"HX-Request": "true"}


def text(response) -> str:
    return str(response.content.decode())


def hidden(response, name: str) -> str:
    match = re.search(rf'name="{name}"\s+value="([^"]*)"', text(response))
    assert match, f"no {name} in the page"
    return match[1]


def confirmed(response, sample: dict[str, str], **more: str) -> dict[str, str]:
    """Give what a press of the button under a preview sends."""
    keys = {name: hidden(response, name) for name in ("agreement", "submission_key")}
    return {**sample, **keys, "step": "confirm", **more}


def balance(sandbox) -> int:
    found = sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})
    return int(found["credit_balance"]["balance"])


def credit_calls(sandbox):
    return sandbox.calls("POST", "credit-receptions")


def test_write_is_shown_first_then_done(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    preview = staff.post(CREDITS, sample)
    assert "+25 credits" in text(preview)
    assert credit_calls(sandbox) == []
    response = staff.post(CREDITS, confirmed(preview, sample))
    assert response.status_code == 302
    assert "145 credits" in text(staff.get(response["Location"]))
    assert balance(sandbox) == 145
    entry = Entry.objects.get()
    assert entry.state is EntryState.DONE
    assert entry.person_name == "Staff"
    assert [event.kind for event in entry.events.all()] == ["intended", "sent", "done"]
    assert entry.preview
    assert entry.data["contact_uuid"] == entry.preview["contact"]["uuid"]
    assert "done" in text(staff.get("/")).lower()


def test_the_same_form_twice_sends_once(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    first, second = staff.post(CREDITS, sent), staff.post(CREDITS, sent)
    assert first["Location"] == second["Location"]
    assert len(credit_calls(sandbox)) == 1
    assert balance(sandbox) == 145


def test_what_was_not_shown_is_not_done(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample | {"credits": "9999"})
    page = text(staff.post(CREDITS, sent))
    assert "Something has changed since you checked" in page
    assert "+9,999 credits" in page
    assert credit_calls(sandbox) == []


def test_a_live_preview_names_what_is_wrong_still(staff, sandbox):
    def wrong(**typed):
        sample = SAMPLES["create-credit-reception"] | {"step": "preview"} | typed
        return staff.post(CREDITS, sample).headers.get("X-Wrong-Fields")

    assert wrong() == ""
    assert wrong(reason="") == "id_reason"
    assert wrong(reason="", credits="0") == "id_credits id_reason"
    assert wrong(credits="0", contact_uuid="nobody@example.test") == "id_contact_uuid id_credits"
    sandbox.faults({"kind": "status", "status": 503})
    assert wrong() is None
    sandbox.faults()
    unknown = {"credit_reception_uuid": str(uuid4()), "step": "preview"}
    url = "/actions/reverse-credit-reception/"
    refused = staff.post(url, SAMPLES["reverse-credit-reception"] | unknown)
    assert refused["X-Wrong-Fields"] == "id_credit_reception_uuid"


def test_destroying_needs_the_typed_word(admin, sandbox):
    sample = SAMPLES["merge-contacts"]
    preview = admin.post(MERGE, sample)
    page = text(admin.post(MERGE, confirmed(preview, sample, confirmation="something")))
    assert "That is not what has to be typed" in page
    assert 'value="something"' in page
    assert sandbox.calls("POST") == []
    typed = "M.JANSEN"
    response = admin.post(MERGE, confirmed(preview, sample, confirmation=typed))
    assert response.status_code == 302
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_merge_is_watched_to_its_end(admin, sandbox):
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    sent = confirmed(admin.post(MERGE, sample), sample, confirmation="m.jansen")
    url = admin.post(MERGE, sent)["Location"]
    assert "the survivor has all 150 credits" in text(admin.get(url))
    assert [event.kind for event in Entry.objects.get(action="merge-contacts").events.all()][
        -1
    ] == "verified"
    calls = len(sandbox.calls())
    assert "the survivor has all 150" in text(admin.get(f"{url}?watch", headers=FRAGMENT))
    assert len(sandbox.calls()) == calls  # what was found is not asked again


def test_merge_that_waits_asks_again(admin, sandbox):
    sample = SAMPLES["merge-contacts"]
    sent = confirmed(admin.post(MERGE, sample), sample, confirmation="m.jansen")
    url = admin.post(MERGE, sent)["Location"]
    response = admin.get(f"{url}?watch", headers=FRAGMENT)
    assert "Scheduled" in text(response)
    assert "hx-get" in text(response)
    assert "HX-Push-Url" not in response
    sandbox.faults({"kind": "status", "status": 503})
    assert "being maintained" in text(admin.get(f"{url}?watch", headers=FRAGMENT))
    assert Entry.objects.get().follow_up is None


def test_merge_with_a_surprise_is_flagged(admin, sandbox):
    sample = SAMPLES["merge-contacts"]
    sent = confirmed(admin.post(MERGE, sample), sample, confirmation="m.jansen")
    sandbox.faults(merge_seconds=0)
    url = admin.post(MERGE, sent)["Location"]
    mira = sandbox.api("GET", "contacts/find-one-by", params={"email": MIRA})["uuid"]
    shop = sandbox.api("GET", "shops")[0]["uuid"]
    body = {"contact_uuid": mira, "shop_uuid": shop, "credits": 1}
    sandbox.api("POST", "credit-receptions", json=body)
    page = text(admin.get(url))
    assert "has 151 credits where 150 were" in page
    assert [event.kind for event in Entry.objects.get(action="merge-contacts").events.all()][
        -1
    ] == "flagged"


def test_refusal_of_piggy_stands_beside_its_field(piggy):
    form = get_action("create-credit-reception").form_class({}, piggy=piggy)
    error = Rejected(code=1003, field_errors={"credits": ["No."], "unknown": ["What?"]})
    assert explain(form, error).errors["credits"][-1] == "No."
    assert not form.non_field_errors()


def test_refusal_without_a_field_stands_above_the_form(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    sandbox.faults({"kind": "code", "code": 1003, "method": "POST"})
    assert "did not accept" in text(staff.post(CREDITS, sent))
    assert Entry.objects.get().state is EntryState.REJECTED


def test_refused_form_can_be_sent_again(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    sandbox.faults({"kind": "code", "code": 60001, "path": "^credit-receptions$", "times": 1})
    refused = staff.post(CREDITS, sent)
    assert "at this very moment" in text(refused)
    assert hidden(refused, "submission_key") != sent["submission_key"]
    again = staff.post(CREDITS, sample | {"submission_key": hidden(refused, "submission_key")})
    staff.post(CREDITS, confirmed(again, sample))
    assert balance(sandbox) == 145


def test_maintenance_changes_nothing_and_says_so(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    sandbox.faults({"kind": "status", "status": 503, "method": "POST"})
    page = text(staff.post(CREDITS, sent))
    assert "Nothing was changed at Piggy" in page
    assert 'value="25"' in page
    assert Entry.objects.get().state is EntryState.REJECTED


def test_lost_answer_is_unknown_and_not_repeated(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    response = staff.post(CREDITS, sent)
    page = text(staff.get(response["Location"]))
    assert "It is not known whether Piggy did this" in page
    assert Entry.objects.get().state is EntryState.UNKNOWN
    sandbox.faults()
    assert staff.post(CREDITS, sent)["Location"] == response["Location"]
    assert len(credit_calls(sandbox)) == 1


def test_unreachable_contact_search_keeps_what_was_typed(staff, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    page = text(staff.post(CREDITS, SAMPLES["create-credit-reception"]))
    assert "being maintained" in page
    assert f'value="{MIRA}"' in page


def test_secret_is_shown_once_and_stored_nowhere(admin, sandbox):
    slug = "get-contact-auth-token"
    response = admin.post(f"/actions/{slug}/", SAMPLES[slug])
    found = re.search(r'<code class="code">([^<]+)</code>', text(response))
    assert found
    token = found[1].strip()
    for event in Event.objects.all():
        assert token not in str(event.detail)
    entry = Entry.objects.get()
    page = text(admin.get(f"/actions/{slug}/{entry.submission_key}/"))
    assert token not in page
    assert "shown once" in page


def test_answer_without_a_secret_is_an_error(admin, sandbox):
    slug = "get-contact-auth-token"
    sandbox.faults({"kind": "garbage", "path": "auth-token"})
    page = text(admin.post(f"/actions/{slug}/", SAMPLES[slug], follow=True))
    assert "It is not known whether Piggy did this" in page


def test_look_up_by_address(support, sandbox):
    page = text(support.get("/actions/find-voucher-by-code/?code=WELCOME-ACTIVE"))
    assert "Can be used" in page
    assert 'value="WELCOME-ACTIVE"' in page


def test_a_look_up_can_be_read_again_at_an_address_that_tells_nothing(support, sandbox):
    typed = {"code": "WELCOME-ACTIVE"}
    answer = support.post("/actions/find-voucher-by-code/", typed, headers=FRAGMENT)
    assert "Can be used" in text(answer)
    address = answer["HX-Replace-Url"]
    assert "WELCOME" not in address
    assert "Can be used" in text(support.get(address))


def test_a_look_up_asks_the_database_for_little(
    support, sandbox, monkeypatch, django_assert_num_queries
):
    counted: list[object] = []
    monkeypatch.setattr(reads, "count_read", counted.append)
    # The session, the person and what they may do; then whose it is, and the session once
    # more, which keeps the code for the steps that are offered; whether its customer is to be
    # served; and which writes wait for approval.
    with django_assert_num_queries(7):
        support.get("/actions/find-voucher-by-code/?code=WELCOME-ACTIVE")
    assert len(counted) == 1


FIND = "/actions/find-voucher-by-code/?code=WELCOME-ACTIVE"


def steps_of_a_look_up(monkeypatch, *, patience: float) -> list[str]:
    """Note what is done in which order; Piggy's answer is held back for the drawing, in seconds."""
    noted: list[str] = []
    drawn = Signal()
    find, draw = services.find_voucher, BoundField.as_widget

    def finds(piggy, *, code):
        drawn.wait(patience)
        noted.append("answered")
        return find(piggy, code=code)

    def draws(field, *args, **options):
        noted.append(field.name)
        drawn.set()
        return draw(field, *args, **options)

    monkeypatch.setattr(services, "find_voucher", finds)
    monkeypatch.setattr(BoundField, "as_widget", draws)
    return noted


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_the_page_is_drawn_while_piggy_is_asked(support, sandbox, monkeypatch, headers):
    steps = steps_of_a_look_up(monkeypatch, patience=10)
    page = text(support.get(FIND, headers=headers))
    assert steps == ["code", "answered"]
    assert page.count("Can be used") == 1
    assert page.index('id="result"') < page.index("Can be used")


def test_the_whole_page_speaks_the_readers_language(support, sandbox):
    support.cookies["django_language"] = "nl"
    page = text(support.get(FIND))
    assert '<html lang="nl"' in page
    assert "Log uit" in page
    assert "Sign out" not in page
    assert "Kan worden gebruikt" in page


@pytest.fixture
def line(sandbox) -> MemoryStore:
    """Give what is known of the line to Piggy."""
    store = MemoryStore()
    piggy_client().line = CircuitBreaker(store)
    return store


def test_a_page_says_how_piggy_is_after_the_call_and_not_before(support, line):
    line.state = CircuitState(maintenance_since=1.0)
    page = text(support.get(FIND))
    assert "Can be used" in page
    assert "Piggy is being maintained" not in page


def test_a_page_says_what_is_wrong_all_the_same(admin, line):
    TokenDate.objects.create(account=piggy_client().account, expires_on=timezone.localdate())
    page = text(admin.get(FIND))
    assert "Can be used" in page
    assert page.count("The token for Piggy can be used until") == 1


def test_asking_meanwhile_needs_no_database(admin, sandbox, monkeypatch):
    """The thread that asks would need a connection of its own."""
    askers = set()
    cursor = BaseDatabaseWrapper.cursor

    def noted(connection):
        askers.add(current_thread().name)
        return cursor(connection)

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", noted)
    assert "Can be used" in text(admin.get(FIND))
    assert askers == {current_thread().name}


def test_what_was_drawn_is_dropped_when_piggy_refuses(support, sandbox):
    page = text(support.get("/actions/find-voucher-by-code/?code=<!-- answer -->"))
    assert page.count("<h1") == 1
    assert "No voucher has this code" in page


def test_look_up_of_a_person_is_logged(support, sandbox):
    slug = "get-contact-credit-balance"
    support.post(f"/actions/{slug}/", SAMPLES[slug])
    look_up = PersonLookUp.objects.get()
    assert (look_up.person_name, look_up.action) == ("Support", slug)
    assert ReadCount.objects.get().number == 1
    support.post(f"/actions/{slug}/", SAMPLES[slug])
    assert ReadCount.objects.get().number == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_first_step_finds_what_is_to_be_changed(staff, sandbox, method):
    slug, named = "update-contact-identifiers", {"contact_identifier_value": "CARD-0001"}
    if method == "get":
        response = staff.get(f"/actions/{slug}/", named)
    else:
        response = staff.post(f"/actions/{slug}/", named | {"step": "look_up"})
    assert MIRA in text(response)
    assert 'name="contact_identifier_active"' in text(response)


def test_first_step_tells_what_is_not_there(staff, sandbox):
    slug, named = "update-contact-identifiers", {"contact_identifier_value": "NO-CARD"}
    page = text(staff.post(f"/actions/{slug}/", named | {"step": "look_up"}))
    assert "no such card" in page
    assert 'value="NO-CARD"' in page
    page = text(staff.post(f"/actions/{slug}/", {"step": "look_up"}))
    assert "required" in page


def test_rows_can_be_added_without_javascript(admin, sandbox):
    slug = "create-contact-attribute"
    page = text(admin.post(f"/actions/{slug}/", SAMPLES[slug] | {"add_row": ""}))
    assert 'name="options-1-label"' in page
    assert 'value="42"' in page
    assert sandbox.calls("POST") == []


def test_batch_without_room_is_refused_before_it_is_sent(admin, sandbox):
    slug = "create-vouchers-batch"
    promotions = {p["name"]: p["uuid"] for p in sandbox.api("GET", "promotions")}
    sample = SAMPLES[slug] | {"promotion_uuid": promotions["Sold out"]}
    assert "no room left" in text(admin.post(f"/actions/{slug}/", sample))


def test_what_an_address_names_and_is_not_kept_any_more_is_told(support, sandbox):
    address = "/actions/get-contact-credit-balance/"
    response = support.get(f"{address}?stored=x", follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "not kept any more" in text(response)


def test_session_ended_in_the_middle(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    preview = staff.post(CREDITS, sample)
    staff.logout()
    response = staff.post(CREDITS, confirmed(preview, sample))
    assert response["Location"] == f"/accounts/login/?next={CREDITS}"
    backend = django_settings.AUTHENTICATION_BACKENDS[0]
    staff.force_login(User.objects.get(username="staff"), backend=backend)
    typed = typed_in(text(staff.get(CREDITS)))
    assert typed.items() >= {"contact_uuid": sample["contact_uuid"], "credits": "25"}.items()
    assert balance(sandbox) == 120
    assert not Entry.objects.exists()


def test_somebody_elses_outcome_needs_the_ledgers_permission(staff, sandbox, support, auditor):
    sample = SAMPLES["create-credit-reception"]
    url = staff.post(CREDITS, confirmed(staff.post(CREDITS, sample), sample))["Location"]
    assert support.get(url).status_code == 403
    assert auditor.get(url).status_code == 200


def test_somebody_elses_key_is_no_double_press(staff, sandbox):
    other = User.objects.create_user("other")
    other.groups.set(User.objects.get(username="staff").groups.all())
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample)
    staff.post(CREDITS, sent)
    client = signed_in(other)
    response = client.post(
        CREDITS,
        confirmed(client.post(CREDITS, sample), sample)
        | {"submission_key": sent["submission_key"]},
    )
    assert response.status_code == 400
    assert len(credit_calls(sandbox)) == 1


def test_nonsense_key_counts_as_a_new_form(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    sent = confirmed(staff.post(CREDITS, sample), sample, submission_key="nonsense")
    assert staff.post(CREDITS, sent).status_code == 302
    assert balance(sandbox) == 145


def test_outcome_of_nothing_is_not_found(staff, sandbox):
    assert staff.get(f"{CREDITS}{uuid4()}/").status_code == 404


def test_outcome_for_htmx_is_a_fragment_with_its_address(staff, sandbox):
    sample = SAMPLES["create-credit-reception"]
    url = staff.post(CREDITS, confirmed(staff.post(CREDITS, sample), sample))["Location"]
    response = staff.get(url, headers=FRAGMENT)
    assert "<html" not in text(response)
    assert response["HX-Push-Url"] == url


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.slug)
def test_whole_job_as_its_role(action, admin, sandbox):
    """Every action, from its form to what came of it."""
    sample = SAMPLES[action.slug]
    response = admin.post(action.url, sample)
    if action.has_preview:
        word = response.context["confirm_with"] or ""
        response = admin.post(action.url, confirmed(response, sample, confirmation=word))
    if response.status_code == 302:
        response = admin.get(response["Location"])
    assert response.status_code == 200
    page = text(response)
    assert "has-errors" not in page
    assert "callout danger" not in page
    if not action.is_read:
        assert Entry.objects.get(action=action.slug).state is EntryState.DONE


def test_replayed_form_shows_the_first_outcome_though_the_world_has_changed(admin, sandbox):
    """After a merge its source is gone, so that the same form would not be valid any more."""
    sandbox.faults(merge_seconds=0)
    sample = SAMPLES["merge-contacts"]
    sent = confirmed(admin.post(MERGE, sample), sample, confirmation="m.jansen")
    first = admin.post(MERGE, sent)
    assert "the survivor has all" in text(admin.get(first["Location"]))
    assert admin.post(MERGE, sent)["Location"] == first["Location"]
    assert len(sandbox.calls("POST", "contacts/merge")) == 1


def test_the_list_names_what_somebody_may_do(staff, sandbox):
    page = text(staff.get("/actions/"))
    assert f'href="{CREDITS}"' in page
    assert MERGE not in page


def test_there_is_no_page_of_an_action_that_there_is_not(admin, sandbox):
    assert admin.get("/actions/no-such-action/").status_code == 404


def test_a_look_up_of_nothing_is_told_beside_its_field(support, sandbox):
    response = support.post("/actions/find-voucher-by-code/", {"code": ""})
    assert list(response.context["form"].errors) == ["code"]
    assert sandbox.calls() == []


def test_refused_while_another_merge_is_under_way(admin, sandbox):
    sample = SAMPLES["merge-contacts"]
    word = "m.jansen"
    sent = [confirmed(admin.post(MERGE, sample), sample, confirmation=word) for _ in range(2)]
    sandbox.faults({"kind": "drop_after", "method": "POST"})
    assert admin.post(MERGE, sent[0]).status_code == 302
    sandbox.faults()
    response = admin.post(MERGE, sent[1])
    assert response.context["form"].errors
    assert Entry.objects.count() == 1


def test_what_cannot_be_taken_back_is_not(staff, sandbox):
    slug = "find-or-create-products"
    staff.post(f"/actions/{slug}/", SAMPLES[slug])
    made = Entry.objects.get()
    url = f"/actions/{slug}/"
    assert staff.get(url, {"undo": str(made.submission_key)}).status_code == 404


@pytest.mark.parametrize(
    ("page", "headers"),
    [
        (CREDITS, {"HX-Push-Url"}),
        ("/contacts/c0ffee00-0000-4000-8000-000000000001/", {"HX-Trigger-After-Settle"}),
    ],
)
def test_the_page_that_the_form_stood_in_is_told(staff, sandbox, page, headers):
    sample = SAMPLES["create-credit-reception"]
    outcome = staff.post(CREDITS, confirmed(staff.post(CREDITS, sample), sample))["Location"]
    current = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    response = staff.get(outcome, headers=current)
    assert {name for name in response.headers if name.startswith("HX-")} == headers
    assert "Undo" in text(response)
