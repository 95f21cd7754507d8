"""A process with a console's settings: puts hostile markup into all that it keeps.

Prints the addresses of all pages, the hostile ones among them, as JSON.
"""

import json
import re
import sys
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import Resolver404, get_resolver, resolve, reverse  # noqa: E402
from django.utils.http import urlencode  # noqa: E402
from django.views.generic import TemplateView  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.actions.registry import actions  # noqa: E402
from piggyadmin.contacts.services import list_contact_identifiers, list_contacts  # noqa: E402
from piggyadmin.duplicates.models import (  # noqa: E402
    Cluster,
    Decision,
    DecisionKind,
    MergeRun,
    MirroredContact,
    Pair,
    PairStatus,
)
from piggyadmin.help.views import TOPICS  # noqa: E402
from piggyadmin.ledger.models import (  # noqa: E402
    Approval,
    ApprovalStatus,
    Entry,
    EntryState,
    PersonLookUp,
    Reason,
)
from piggyadmin.piggy.client import piggy_client  # noqa: E402
from piggyadmin.request_log.models import LoggedCall  # noqa: E402
from piggyadmin.sandbox import seed  # noqa: E402
from piggyadmin.tasks.models import Run, Schedule, Worker  # noqa: E402
from piggyadmin.vouchers.services import list_vouchers  # noqa: E402
from tests.actions.samples import SAMPLES  # noqa: E402
from tests.browser.hostile import MARK, email, payload, poison  # noqa: E402
from tests.conftest import signed_in  # noqa: E402
from tests.duplicates.merges import merge  # noqa: E402
from tests.duplicates.pairs import make_pair  # noqa: E402
from tests.ledger.making import make_entry  # noqa: E402
from tests.test_urls import addresses  # noqa: E402

# The ledger is never changed, and these go by their words.
LEFT_ALONE = {
    "LoggedCall.error",
    "LoggedCall.method",
    "Decision.first",
    "Decision.second",
    "Group.name",
    "MergeStep.action",
    "MirroredContact.uuid",
    "Pair.first",
    "Pair.second",
    "Run.name",
    "Run.state",
    "User.password",
    "User.username",
    "Approval.action",
    "Approval.agreement",
    # UUIDs that were once found at Piggy; the odd ones come from there.
    "ChangedContact.uuid",
    "GoneContact.uuid",
    "MergeRun.survivor",
    "MergeStep.source",
    "PersonLookUp.contact_uuid",
    "SeenBooking.contact_uuid",
    "SeenBooking.uuid",
}
APPS = ("accounts", "bookings", "duplicates", "requests", "tasks")
GUARDED = {"Entry", "Event", "Subject", "EntryStatus", "Head", "Snapshot", "ReadCount"}
# Files, signs of life, the page that signs out, and what is only posted to.
LEFT_OUT = re.compile(
    r"csv|jsi18n|healthz|metrics|setup|readyz|favicon|logout|theme|density|setlang"
    r"|webhooks/(piggy|news)|api/(?!docs)"
)
MOST = 4  # pages of one kind


# --- What people do, with markup in all that they type --------------------------------------------


def samples() -> dict[str, dict[str, str]]:
    """Give what is typed into every action: whom and what by UUID, all else markup."""
    piggy = piggy_client()
    known = {
        "mira.jansen@example.test": seed.MIRA_UUID,
        "m.jansen@example.test": seed.DUPLICATE_UUID,
        "CARD-ANON": seed.ANONYMOUS_UUID,
        "WELCOME-ACTIVE": str(list_vouchers(piggy).items[0].code),
        "CARD-0001": str(list_contact_identifiers(piggy, contact_uuid=seed.MIRA_UUID)[0].value),
        "Goodwill": Reason.objects.order_by("pk")[0].label,
        "new.person@example.test": email(77),
    }
    typed = {"comment", "label", "name", "description", "contact_identifier_name", "phonenumber"}
    return {
        slug: {
            name: payload(f"{slug}.{name}", 255, number)
            if name in typed and (slug, name) != ("create-contact-attribute", "name")
            else "\n".join(known.get(line, line) for line in value.split("\n"))
            for number, (name, value) in enumerate(sample.items())
        }
        for slug, sample in SAMPLES.items()
    }


def do_all(client: Client, typed: dict[str, dict[str, str]]) -> None:
    """Go through every action to its end, but for those that take the well-known contacts away."""
    for action in actions():
        sample = typed[action.slug]
        answer = client.post(action.url, {**sample, "step": "run", "submission_key": str(uuid4())})
        if action.slug in {"merge-contacts", "merge-duplicates", "delete-contact"}:
            continue
        html = answer.content.decode()
        keys = dict(re.findall(r'name="(agreement|submission_key)"\s+value="([^"]*)"', html))
        if "agreement" in keys:
            word = answer.context.get("confirm_with") or ""
            client.post(action.url, {**sample, **keys, "step": "confirm", "confirmation": word})


# --- What nobody can type, or what takes too long to come by ----------------------------------


def make_rows(user: User) -> None:
    """Have at least one row of everything."""
    User.objects.get(username="staff").groups.add(
        Group.objects.create(name=payload("Group.name", 150))
    )
    for turn, state in enumerate(EntryState):
        hostile_entry(user, state, turn)
    for number, status in enumerate(ApprovalStatus):
        Approval.objects.create(
            asked_by=user, action="delete-contact", status=status, submission_key=uuid4(),
            form_data={"contact_uuid": seed.DUPLICATE_UUID, "comment": payload("form_data", 255)},
            agreement="none", asked_by_name="", decided_by_name="x" * (number > 0), note="x",
        )  # fmt: skip
    PersonLookUp.objects.create(person=user, contact_uuid=seed.MIRA_UUID)
    for name in ("waiting", "failed", "cancelled", "done"):
        Run.objects.create(name="merge-run", state=name, key=f"0-{name}", failures=1, trace_id="x")
    Schedule.objects.update(last_error="x")
    Schedule.objects.create(
        name=payload("Schedule.name", 100), last_error=payload("last_error", 255)
    )
    Worker.objects.create(name="x", host=payload("Worker.host", 100), pid=1)


def hostile_entry(user: User, state: EntryState, turn: int) -> None:
    """Make an entry that went so far, about Mira."""
    data = {
        payload("key", 100, turn): payload("data", 800),
        "name": payload(f"name.{state}", 255, turn),
    }
    words = {"reason": payload("reason", 100, turn), "comment": payload("comment", 800, turn)}
    beyond = () if state == EntryState.INTENDED else (state,)
    make_entry(*beyond, data=data, person=user, contact=seed.MIRA_UUID, **words)


def make_pairs() -> None:
    """Have pairs, a cluster and decisions of contacts that Piggy has."""
    contacts = [each for each in list_contacts(piggy_client(), limit=8).items if each.uuid]
    uuids = [seed.MIRA_UUID, seed.DUPLICATE_UUID, *(str(each.uuid) for each in contacts)]
    mirrored = list(MirroredContact.objects.filter(uuid__in=uuids))
    cluster = Cluster.objects.create(size=3, weakest=0.9, credits=150)
    Pair.objects.all().delete()
    statuses = (PairStatus.DISMISSED, PairStatus.OPEN)
    for number, (one, other) in enumerate(pairwise(mirrored)):
        pair = make_pair(
            one, other, cluster=cluster if number else None, status=statuses[number > 0]
        )
        for kind in DecisionKind:
            Decision.objects.create(
                first=pair.first, second=pair.second, kind=kind, person_name="x", comment="x",
                evidence=[["phone-same", payload("evidence", 255), 9.5]],
            )  # fmt: skip


def merge_some(client: Client) -> None:
    """Have contacts merged, other than the well-known ones; the second merge stops."""
    strangers = MirroredContact.objects.exclude(uuid__startswith="c0ffee00").exclude(
        uuid__contains=MARK
    )
    uuids = sorted(strangers.values_list("uuid", flat=True))[:4]
    reason = Reason.objects.order_by("pk")[0].label
    for number in (0, 2):
        pair = reverse("duplicates:pair", args=uuids[number : number + 2])
        run = merge(client, pair, reason=reason, comment=payload("merge.comment", 255, number))
    MergeRun.objects.filter(pk=run.pk).update(status=MergeRun.Status.STOPPED)


def poison_all() -> None:
    """Put markup into all texts that may change, once there is something of everything."""
    of_apps = chain.from_iterable(apps.get_app_config(app).get_models() for app in APPS)
    models: list[Any] = [*of_apps, Reason, Approval, PersonLookUp]
    for model in models:
        if model.__name__ not in GUARDED:
            poison(model._default_manager.order_by("-pk")[:100], LEFT_ALONE)


# --- All pages ------------------------------------------------------------------------------------


def fillings() -> dict[str, list[Any]]:
    """Give what the place in an address can be filled with, by how the address begins."""
    odd = MirroredContact.objects.filter(uuid__contains=MARK).values_list("uuid", flat=True)
    contacts = [seed.MIRA_UUID, seed.ANONYMOUS_UUID, *odd[:MOST]]
    calls = LoggedCall.objects.exclude(request_body="").order_by("-pk")[:MOST]
    return {
        "/contacts/": contacts,
        "/duplicates/clusters/": [cluster.pk for cluster in Cluster.objects.all()],
        "/help/": [topic.slug for topic in TOPICS],
        "/people/": [person.username for person in User.objects.order_by("pk")[:MOST]],
        "/settings/reasons/": [reason.pk for reason in Reason.objects.order_by("pk")[:MOST]],
        "/settings/roles/": [role.pk for role in Group.objects.order_by("-pk")[:MOST]],
        "/duplicates/merges/": [run.submission_key for run in MergeRun.objects.all()],
        "/ledger/": [entry.submission_key for entry in Entry.objects.all()],
        "/ledger/contacts/": contacts,
        "/ledger/approvals/": [approval.submission_key for approval in Approval.objects.all()],
        "/requests/": [call.pk for call in calls],
    }


def console_pages() -> Iterator[str]:
    """Give every address, filled with what there is; the forms of actions are for others."""
    for pair in Pair.objects.order_by("pk")[:MOST]:
        yield pair.get_absolute_url()
    for entry in Entry.objects.order_by("-pk"):
        yield reverse("actions:outcome", args=[entry.action, entry.submission_key])
    values = fillings()
    for address in addresses(get_resolver().url_patterns):
        places = re.findall(r"<\w+:\w+>", address)
        if not places:
            yield address
        elif len(places) == 1 and (starts := [each for each in values if address.startswith(each)]):
            all_of_them = values[max(starts, key=len)]
            # What stands below a page is much the same for each.
            for value in all_of_them if address.endswith(f"{places[0]}/") else all_of_them[:MOST]:
                yield address.replace(places[0], quote(str(value)))


def admin_pages() -> Iterator[str]:
    """Give the pages of Django's admin site."""
    yield from (reverse(f"admin:{name}") for name in ("index", "password_change"))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse("admin:app_list", args=[model._meta.app_label])
        yield from (reverse(f"{name}_{page}") for page in ("changelist", "add"))
        for row in model._default_manager.order_by("-pk")[:1]:
            yield from (
                reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")
            )


def asked_for() -> Iterator[str]:
    """Give pages that are asked for markup, as a link can."""
    names = (
        "q page person person_name action contact contact_uuid shop_uuid promotion_uuid state"
        " status since trace_id after entity order"
    )
    query = urlencode({name: payload(name, 255, 2) for name in names.split()})
    for page in ("contacts", "vouchers", "bookings", "requests", "ledger", "duplicates", "tasks"):
        yield f"/{page}/?{query}"
    for action in actions():
        yield f"{action.url}?{query}"


def is_page(path: str) -> bool:
    """Tell whether there is a page to look at: what no identifier can be leads to none."""
    try:
        view = resolve(unquote(path)).func
    except Resolver404:
        return False
    return not LEFT_OUT.search(path) and hasattr(getattr(view, "view_class", TemplateView), "get")


def main() -> None:
    """Do it all, and tell where it can be seen."""
    user = User.objects.get(username="admin")
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    Reason.objects.update(position=0)
    poison([*Reason.objects.all(), *User.objects.all()], LEFT_ALONE)
    setup_test_environment()
    client = signed_in(user)
    typed = samples()
    do_all(client, typed)
    call_command("duplicates_sweep", stdout=sys.stderr)
    make_pairs()
    merge_some(client)
    make_rows(user)
    poison_all()
    pages = chain(console_pages(), admin_pages(), asked_for())
    kept = [page for page in pages if is_page(page.partition("?")[0])]
    sys.stdout.write(json.dumps({"pages": kept, "typed": typed}))


if __name__ == "__main__":
    main()
