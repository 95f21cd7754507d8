"""Every link that a page shows leads somewhere, for each role: a walk from the desk on."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.urls import resolve

import piggyadmin.urls  # noqa: F401  (with the sandbox's own pages, which one setting takes away)
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.models import MergeRun
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import FLAGGED, Approval, ApprovalStatus, Entry, EntryState
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in
from tests.duplicates.merges import ANONYMOUS, DUPLICATE, MIRA, make_pair, merge, work
from tests.duplicates.pairs import make_contact
from tests.ledger.making import make_entry
from tests.ledger.test_approvals import ask

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

# So many pages of one kind are walked: all of a list are alike.
MOST_OF_A_KIND = 4


class Links(HTMLParser):
    """Collects where a page leads: links, what htmx fetches by itself, and forms that only ask."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.found.append(values["href"])
        if values.get("hx-get"):
            self.found.append(values["hx-get"])
        if tag == "form" and values.get("method", "get").lower() == "get" and values.get("action"):
            self.found.append(values["action"])


def inside(page: str, link: str) -> str:
    """Give a link as an address of the console; nothing for what leads elsewhere."""
    parts = urlsplit(urljoin(page, link))
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return ""
    if parts.path.startswith("/static/"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(address: str) -> tuple[str, ...]:
    parts = urlsplit(address)
    match = resolve(parts.path)
    return (match.route, *sorted(parse_qs(parts.query, keep_blank_values=True)))


def walk(client, start: str = "/", under: str = "/") -> tuple[dict[str, str], list[str]]:
    """Follow every link from a page on; gives which page led where, and what went wrong."""
    came_from, waiting, wrong = {start: ""}, deque([start]), []
    seen: Counter[tuple[str, ...]] = Counter()
    while waiting:
        address = waiting.popleft()
        response = client.get(address)
        found = []
        if response.status_code >= 400:
            wrong.append(f"{response.status_code} {address} (on {came_from[address]})")
        elif response.status_code >= 300:
            found = [response["Location"]]
        elif not response.streaming and "html" in response["Content-Type"]:
            html = response.content.decode()
            found = Links(html).found
            if "&lt;time " in html:
                wrong.append(f"markup as text: {address}")
        for link in filter(None, (inside(address, each) for each in found)):
            if link in came_from or not link.startswith(under):
                continue
            came_from[link] = address
            kind = kind_of(link)
            seen[kind] += 1
            if seen[kind] <= MOST_OF_A_KIND:
                waiting.append(link)
    return came_from, wrong


def do(client, slug: str, **more: str):
    """Do what a person would: fill in, look at what would happen, and press."""
    sample = SAMPLES[slug] | more
    shown = client.post(f"/actions/{slug}/", sample)
    if shown.context and "preview" in shown.context:
        context = shown.context
        agreed = {"step": "confirm", "confirmation": context["confirm_with"] or ""}
        agreed |= {name: str(context[name]) for name in ("agreement", "submission_key")}
        shown = client.post(f"/actions/{slug}/", sample | agreed)
    return shown


@pytest.fixture
def busy(sandbox, settings):
    """A console in which something of every kind was done, and left undone."""
    people = {role: signed_in(person(role)) for role in Role}
    staff, admin = people[Role.STAFF], people[Role.ADMIN]
    second = signed_in(User.objects.create_superuser("second", first_name="Second"))
    sandbox.faults(merge_seconds=0, batch_seconds=0)
    for slug in SAMPLES:
        if slug not in {"merge-contacts", "merge-duplicates", "delete-contact"}:
            assert do(admin, slug).status_code in {200, 302}, slug
    do(staff, "create-booking")
    do(staff, "create-credit-reception", contact_uuid=DUPLICATE, credits="5")
    do(staff, "update-contact-identifiers", contact_identifier_active="false")
    given = {"contact_uuid": MIRA, "shop_uuid": seed.AMSTERDAM_UUID}
    for number in range(1, 13):
        sandbox.api("POST", "credit-receptions", json=given | {"credits": number})
    theirs = {"contact": MIRA, "person": User.objects.get(username="staff")}
    make_entry(slug="update-contact", **theirs)
    for number, state in enumerate(set(EntryState) - {EntryState.INTENDED, EntryState.SENT}, 1):
        make_entry(state, slug="update-contact", number=number, **theirs)
    flagged = make_entry(EntryState.DONE, slug="find-or-create-products", number=99, **theirs)
    appending.append(flagged, FLAGGED, {"words": "Not as it should be."})
    have_approvals(admin, staff, second, settings)
    have_merges(admin, sandbox)
    for entry in Entry.objects.all()[:3]:
        LoggedCall.objects.create(
            method="GET",
            path="shops",
            status=200,
            seconds=0.1,
            attempt=1,
            entry_id=entry.pk,
            trace_id=entry.trace_id,
            person_name="Admin",
            action=entry.action,
        )
    return people


def have_approvals(admin, staff, second, settings):
    """Have requests that wait, and some that were declined, withdrawn and approved."""
    settings.FOUR_EYES, settings.FOUR_EYES_CREDITS_ABOVE = True, 1
    for decision in ("approve", "decline", "withdraw", ""):
        url = ask(staff, "create-credit-reception")["Location"]
        whose = staff if decision == "withdraw" else second
        alike = second.get(url).context["alike"]
        agreed = {"again": "yes", "repeat_of": alike.submission_key}
        if decision:
            whose.post(url, {"decision": decision, "note": "Because.", **agreed})
    ask(admin, "merge-contacts")
    kinds = set(Approval.objects.values_list("status", flat=True))
    assert kinds == set(ApprovalStatus.values)
    settings.FOUR_EYES, settings.FOUR_EYES_CREDITS_ABOVE = False, 0


def have_merges(admin, sandbox):
    """Have pairs to decide on, one put off, one dismissed, and a merge seen to its end."""
    for name, uuid in (("Mira Jansen", MIRA), ("M. Jansen", DUPLICATE), ("", ANONYMOUS)):
        make_contact(name, uuid=uuid)
    pair, other = make_pair(MIRA, DUPLICATE), make_pair(MIRA, ANONYMOUS)
    third = make_pair(DUPLICATE, ANONYMOUS)
    dismiss = {"decision": "dismiss", "seen": third.seen, "comment": "Two people."}
    admin.post(f"{third.get_absolute_url()}decide/", dismiss)
    Approval.objects.filter(action="merge-contacts").update(status=ApprovalStatus.WITHDRAWN)
    admin.post(f"{other.get_absolute_url()}decide/", {"decision": "tomorrow", "seen": other.seen})
    run = work(merge(admin, pair.get_absolute_url()))
    assert run.status == MergeRun.Status.DONE


# What each role has to be led to from its desk, so that the walk is known to get around.
LED_TO = {
    Role.SUPPORT: {"/contacts/", "/bookings/", "/vouchers/"},
    Role.STAFF: {"/contacts/", "/bookings/", "/actions/update-bookings/"},
    Role.ADMIN: {"/ledger/", "/duplicates/", "/duplicates/merges/", "/ledger/approvals/"},
    Role.AUDITOR: {
        "/ledger/",
        "/ledger/approvals/",
        "/ledger/look-ups/",
        "/duplicates/merges/",
        "/duplicates/decisions/",
        "/requests/",
        "/tasks/",
    },
}


def test_no_link_is_a_dead_end(busy):
    dead: list[str] = []
    for role, client in busy.items():
        led, wrong = walk(client)
        dead += [f"{role}: {each}" for each in wrong]
        assert LED_TO[role] <= {urlsplit(address).path for address in led}, role
    assert dead == []


@pytest.mark.parametrize("role", Role)
def test_sandbox_has_no_dead_ends_either(role, db):
    _led, wrong = walk(signed_in(person(role)), "/sandbox/", under="/sandbox/")
    assert wrong == []
