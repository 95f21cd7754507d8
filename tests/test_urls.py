"""Every address as every role and as nobody: who gets in is declared here, or the test fails."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db

EVERYBODY = set(Role)
LOOK_UP = {Role.SUPPORT, Role.STAFF, Role.ADMIN}
# Address, and the roles that get in. A GET that is not offered counts as getting in.
PAGES: dict[str, set[Role]] = {
    "/": EVERYBODY,
    "/search/": LOOK_UP,
    "/today/shop/": LOOK_UP,
    "/search/suggestions/": EVERYBODY,
    "/search/suggestions/piggy/": LOOK_UP,
    "/actions/": EVERYBODY,
    "/contacts/": LOOK_UP,
    "/contacts/peek/": LOOK_UP,
    "/contacts/subscription-types/": LOOK_UP,
    # Auditors are led on to what the ledger knows of the contact.
    "/contacts/<id:contact_uuid>/": EVERYBODY,
    "/contacts/<id:contact_uuid>/panels/<slug:slug>/": LOOK_UP,
    "/contacts/<id:contact_uuid>/timeline/": LOOK_UP,
    "/contacts/<id:contact_uuid>/timeline/csv/": LOOK_UP,
    "/duplicates/": {Role.ADMIN},
    "/duplicates/csv/": {Role.ADMIN},
    "/duplicates/decisions/": {Role.ADMIN, Role.AUDITOR},
    "/duplicates/decisions/csv/": {Role.ADMIN, Role.AUDITOR},
    "/duplicates/figures/": {Role.ADMIN},
    "/duplicates/many/": {Role.ADMIN},
    "/duplicates/many/<uuid:key>/": {Role.ADMIN, Role.AUDITOR},
    "/duplicates/next/": {Role.ADMIN},
    "/duplicates/undo/": {Role.ADMIN},
    "/duplicates/compare/": {Role.ADMIN},
    "/duplicates/clusters/<number:pk>/": {Role.ADMIN},
    "/duplicates/contacts/<id:contact_uuid>/check/": {Role.ADMIN},
    "/duplicates/pair/<id:first>/<id:second>/": {Role.ADMIN},
    "/duplicates/pair/<id:first>/<id:second>/decide/": {Role.ADMIN},
    "/duplicates/pair/<id:first>/<id:second>/hold/": {Role.ADMIN},
    "/duplicates/pair/<id:first>/<id:second>/release/": {Role.ADMIN},
    "/vouchers/": LOOK_UP,
    "/vouchers/<code:code>/": LOOK_UP,
    "/vouchers/codes/": LOOK_UP,
    "/vouchers/codes/step/": LOOK_UP,
    "/vouchers/codes/<uuid:key>/": EVERYBODY,
    "/vouchers/scan/": LOOK_UP,
    "/promotions/": LOOK_UP,
    "/promotions/<id:promotion_uuid>/": LOOK_UP,
    "/promotions/<id:promotion_uuid>/codes.csv": LOOK_UP,
    "/promotions/<id:promotion_uuid>/codes.xlsx": LOOK_UP,
    "/promotions/<id:promotion_uuid>/sheet/": LOOK_UP,
    "/perks/": LOOK_UP,
    "/perks/<id:perk_uuid>/": LOOK_UP,
    "/forms/": LOOK_UP,
    "/loyalty-tokens/": {Role.STAFF, Role.ADMIN},
    "/orders/": LOOK_UP,
    "/shifts/": LOOK_UP,
    "/referrals/": LOOK_UP,
    "/referrals/settings/": LOOK_UP,
    "/orders/<id:order_uuid>/": LOOK_UP,
    "/giftcards/": LOOK_UP,
    "/giftcards/<id:giftcard_uuid>/": LOOK_UP,
    "/giftcards/programs/<id:giftcard_program_uuid>/": LOOK_UP,
    "/shops/": LOOK_UP,
    "/contacts/<email:email>/": LOOK_UP,
    "/contacts/<id:contact_uuid>/held/": {Role.ADMIN},
    "/contacts/<id:contact_uuid>/notes/": LOOK_UP,
    "/contacts/<id:contact_uuid>/do-not-serve/": {Role.ADMIN},
    "/contacts/<id:contact_uuid>/serve-again/": {Role.ADMIN},
    "/notes/<number:pk>/": LOOK_UP,
    "/notes/<number:pk>/pin/": LOOK_UP,
    "/notes/<number:pk>/done/": LOOK_UP,
    "/notes/<number:pk>/remove/": LOOK_UP,
    "/bookings/new/": {Role.STAFF, Role.ADMIN},
    # They lead on to pages that let in whom they want.
    "/logout/": EVERYBODY,
    "/people/": {Role.ADMIN},
    "/people/new/": {Role.ADMIN},
    "/people/<person:person>/": {Role.ADMIN},
    "/people/<person:person>/edit/": {Role.ADMIN},
    "/people/<person:person>/roles/": {Role.ADMIN},
    "/people/<person:person>/password/": {Role.ADMIN},
    "/people/<person:person>/disable/": {Role.ADMIN},
    "/people/<person:person>/enable/": {Role.ADMIN},
    "/people/<person:person>/sign-out/": {Role.ADMIN},
    "/people/<person:person>/tokens/<number:pk>/withdraw/": {Role.ADMIN},
    "/people/<person:person>/want-password/": {Role.ADMIN},
    "/people/<person:person>/reset-factors/": {Role.ADMIN},
    "/people/<person:person>/identity/": {Role.ADMIN},
    "/people/<person:person>/identity/remove/": {Role.ADMIN},
    "/accounts/oidc/link/": EVERYBODY,
    "/settings/": EVERYBODY,
    "/settings/sign-out-elsewhere/": EVERYBODY,
    "/settings/console/": {Role.ADMIN, Role.AUDITOR},
    "/settings/factors/": EVERYBODY,
    "/settings/factors/<number:pk>/remove/": EVERYBODY,
    "/settings/factors/<number:pk>/rename/": EVERYBODY,
    "/settings/factors/app/": EVERYBODY,
    "/settings/factors/pin/": EVERYBODY,
    "/settings/factors/pin/remove/": EVERYBODY,
    "/settings/factors/passkey/": EVERYBODY,
    "/settings/factors/recovery-codes/": EVERYBODY,
    "/settings/health/": {Role.ADMIN, Role.AUDITOR},
    "/settings/piggy-token/": {Role.ADMIN},
    "/settings/token/": {Role.ADMIN},
    "/settings/reasons/": {Role.ADMIN},
    "/settings/reasons/new/": {Role.ADMIN},
    "/settings/reasons/<number:pk>/": {Role.ADMIN},
    "/settings/roles/": {Role.ADMIN},
    "/settings/roles/new/": {Role.ADMIN},
    "/settings/roles/<number:pk>/": {Role.ADMIN},
    "/settings/roles/<number:pk>/remove/": {Role.ADMIN},
    "/views/": EVERYBODY,
    "/views/save/": EVERYBODY,
    "/views/<number:pk>/": EVERYBODY,
    "/views/<number:pk>/edit/": EVERYBODY,
    "/views/<number:pk>/file/": EVERYBODY,
    "/views/<number:pk>/mail/": EVERYBODY,
    "/api/docs/": LOOK_UP,
    "/api/docs/<slug:slug>/": LOOK_UP,
    "/settings/tokens/": LOOK_UP,
    "/settings/tokens/<number:pk>/withdraw/": LOOK_UP,
    "/help/": EVERYBODY,
    "/help/<slug:slug>/": EVERYBODY,
    "/credits/": LOOK_UP,
    "/loyalty-program/": LOOK_UP,
    "/attributes/": LOOK_UP,
    "/automations/": LOOK_UP,
    "/brand-kit/": LOOK_UP,
    "/rewards/": LOOK_UP,
    "/rewards/<id:reward_uuid>/": LOOK_UP,
    "/shops/<id:shop_uuid>/": LOOK_UP,
    "/webhooks/": {Role.ADMIN},
    "/webhooks/news/": LOOK_UP,
    "/webhooks/received/": {Role.ADMIN},
    "/webhooks/received/mend/": {Role.ADMIN},
    "/webhooks/received/secret/": {Role.ADMIN},
    "/webhooks/received/account-secret/": {Role.ADMIN},
    "/webhooks/<id:webhook_subscription_uuid>/": {Role.ADMIN},
    "/bulk/": {Role.ADMIN},
    "/bulk/chosen/": {Role.ADMIN},
    "/bulk/template/<slug:slug>.csv": {Role.ADMIN},
    "/bulk/<number:pk>/": {Role.ADMIN},
    "/bulk/<number:pk>/read/": {Role.ADMIN},
    "/bulk/<number:pk>/check/": {Role.ADMIN},
    "/bulk/<number:pk>/choose/": {Role.ADMIN},
    "/bulk/<number:pk>/confirm/": {Role.ADMIN},
    "/bulk/<number:pk>/decide/": {Role.ADMIN},
    "/bulk/<number:pk>/steer/": {Role.ADMIN},
    "/bulk/<number:pk>/again/": {Role.ADMIN},
    "/bulk/<number:pk>/failed/": {Role.ADMIN},
    "/bulk/<number:pk>/undo/": {Role.ADMIN},
    "/bulk/<number:pk>/rows.csv": {Role.ADMIN},
    "/voucher-mails/<number:pk>/": {Role.ADMIN},
    "/voucher-mails/<number:pk>/text/": {Role.ADMIN},
    "/voucher-mails/<number:pk>/test/": {Role.ADMIN},
    "/voucher-mails/<number:pk>/send/": {Role.ADMIN},
    "/voucher-mails/<number:pk>/steer/": {Role.ADMIN},
    "/voucher-mails/<number:pk>/vouchers.csv": {Role.ADMIN},
    "/visits/": LOOK_UP,
    "/visits/<id:visit_uuid>/": LOOK_UP,
    "/bookings/": LOOK_UP,
    "/bookings/all/": LOOK_UP,
    "/bookings/calendars/": {Role.ADMIN},
    "/bookings/csv/": LOOK_UP,
    "/bookings/import/": {Role.STAFF, Role.ADMIN},
    "/bookings/week/": LOOK_UP,
    "/bookings/<id:booking_key>/": LOOK_UP,
    "/products/": LOOK_UP,
    "/products/<id:product_uuid>/": LOOK_UP,
    "/product-categories/": LOOK_UP,
    "/product-categories/<id:product_category_uuid>/": LOOK_UP,
    "/duplicates/clusters/<number:pk>/merge/": {Role.ADMIN},
    "/duplicates/merges/": {Role.ADMIN, Role.AUDITOR},
    "/duplicates/merges/<uuid:key>/": {Role.ADMIN, Role.AUDITOR},
    "/duplicates/merges/<uuid:key>/repair/": {Role.ADMIN},
    "/duplicates/merges/<uuid:key>/settle/": {Role.ADMIN},
    "/duplicates/certain/": {Role.ADMIN},
    "/duplicates/certain/<number:pk>/": {Role.ADMIN},
    "/duplicates/certain/daily/": {Role.ADMIN},
    "/duplicates/mirror/": {Role.ADMIN},
    "/duplicates/mirror/sweep/": {Role.ADMIN},
    "/duplicates/mirror/stop/": {Role.ADMIN},
    "/duplicates/mirror/empty/": {Role.ADMIN},
    "/tasks/": {Role.ADMIN, Role.AUDITOR},
    "/tasks/<number:pk>/retry/": {Role.ADMIN},
    "/tasks/<number:pk>/cancel/": {Role.ADMIN},
    "/requests/": {Role.ADMIN, Role.AUDITOR},
    "/requests/<number:pk>/": {Role.ADMIN, Role.AUDITOR},
    "/requests/try-again/": {Role.ADMIN},
    "/density/": EVERYBODY,
    "/styleguide/": EVERYBODY,
    "/theme/": EVERYBODY,
    "/i18n/setlang/": EVERYBODY,
    "/accounts/logout/": EVERYBODY,
    "/accounts/password/change/": EVERYBODY,
    "/accounts/reauthenticate/": EVERYBODY,
    "/accounts/password/set/": EVERYBODY,
    "/ledger/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/csv/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/giving/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/giving/csv/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/people/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/look-ups/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/verification/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/approvals/": {Role.ADMIN, Role.AUDITOR},
    "/ledger/contacts/<id:contact_uuid>/": {Role.ADMIN, Role.AUDITOR},
    # Those who may do the action see its entries; tested with the pages.
    "/ledger/approvals/<uuid:key>/": EVERYBODY,
    "/ledger/<uuid:key>/": EVERYBODY,
    "/ledger/<uuid:key>/look/": EVERYBODY,
    "/ledger/<uuid:key>/decide/": EVERYBODY,
    "/ledger/<uuid:key>/acknowledge/": EVERYBODY,
    "/ledger/<uuid:key>/again/": EVERYBODY,
    "/ledger/<uuid:key>/go-on/": EVERYBODY,
    "/actions/<slug:slug>/<uuid:key>/": EVERYBODY,  # one's own; others' are tested with the view
}
SETUP = {f"/setup/{step}" for step in ("", "connection/", "console/", "token/", "person/")}
# What needs no sign-in.
OPEN = {
    "/bookings/calendar/<slug:secret>.ics",
    "/webhooks/piggy/",
    "/views/stop/<slug:secret>/",  # says that nothing is to be done, whatever the secret
    "/accounts/login/",
    "/login/",
    "/favicon.ico",
    "/accounts/lock/",
    "/accounts/oidc/",  # where no service is set there is nothing: tested with the views
    "/accounts/oidc/callback/",
    "/accounts/switch/",  # leads to the sign-in where nobody was here before
    "/accounts/second-step/",  # leads whoever did not take the first one back to it
    "/accounts/logout/",  # leads whoever is not signed in to the first page
    "/healthz",
    "/metrics",  # to whoever has the token or is on the same machine: tested with the view
    "/readyz",
    "/theme/",
    "/i18n/setlang/",
    *SETUP,
}
# Of these, what is not there in tests: it would count beside them, or people are there already.
NOT_HERE = {"/metrics", "/accounts/oidc/", "/accounts/oidc/callback/", *SETUP}
# What opens for a program's token alone, whoever has signed in.
BY_TOKEN = {
    "/api/",
    "/api/actions/<slug:slug>/",
    "/api/actions/<slug:slug>/<uuid:key>/",
    "/api/mcp/",
    "/api/openapi.json",
}
SAMPLE = {
    "pk": "1",
    "booking_key": "c0ffee00-0000-4000-8000-0000000000ff",
    "contact_uuid": "c0ffee00-0000-4000-8000-0000000000ff",
    "key": "c0ffee00-0000-4000-8000-0000000000ff",
    "secret": "c0ffee00-0000-4000-8000-0000000000ff",
    "slug": "list-perks",
    "perk_uuid": seed.PERK_UUID,
    "reward_uuid": SAMPLES["update-reward"]["reward_uuid"],
    "shop_uuid": seed.AMSTERDAM_UUID,
    "webhook_subscription_uuid": SAMPLES["delete-webhook-subscription"][
        "webhook_subscription_uuid"
    ],
    "product_uuid": seed.PRODUCT_UUID,
    "product_category_uuid": seed.PRODUCT_CATEGORY_UUID,
    "promotion_uuid": seed.WELCOME_COFFEE_UUID,
    "visit_uuid": "c0ffee00-0000-4000-8000-000000000c01",
    "code": "WELCOME-ACTIVE",
    "email": "nobody@example.test",
    "giftcard_program_uuid": "c0ffee00-0000-4000-8000-000000000601",
    "giftcard_uuid": "c0ffee00-0000-4000-8000-000000000b01",
    "order_uuid": "c0ffee00-0000-4000-8000-000000000d01",
    "person": "colleague",
    "first": "c0ffee00-0000-4000-8000-0000000000ff",
    "second": "d0ffee00-0000-4000-8000-0000000000ff",
}


def make_colleague() -> User:
    """Make the person whose pages stand among the addresses."""
    return User.objects.create_user(SAMPLE["person"])


def addresses(patterns, prefix: str = "/") -> Iterator[str]:
    """List every address that the console has, as it is written in its URL files."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


ADDRESSES = sorted(
    {
        a
        for a in addresses(get_resolver().url_patterns)
        if not a.startswith(("/admin/", "/sandbox/"))
    }
)


def filled(address: str) -> str:
    return re.sub(r"<\w+:(\w+)>", lambda match: SAMPLE[match[1]], address)


def test_every_address_is_declared():
    assert set(ADDRESSES) - set(PAGES) - OPEN - BY_TOKEN == {"/actions/<slug:slug>/"}


def test_what_others_named_can_stand_in_every_address():
    """A converter that refuses a text makes the page that links to it break."""
    kinds = {kind for address in ADDRESSES for kind in re.findall(r"<(\w+):", address)}
    # What people type into an address leads on, and no page links to it.
    assert kinds - {"code", "email"} == {"id", "uuid", "number", "slug", "person"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_gets_in_without_signing_in(address, sandbox):
    response = Client().get(filled(address))
    if address in BY_TOKEN:
        assert response.status_code == 401
    elif address in OPEN:
        # A secret that nobody was given leads nowhere.
        leads_nowhere = address.endswith("<slug:secret>.ics") or address in NOT_HERE
        assert response.status_code in ({404} if leads_nowhere else {200, 302, 405})
        assert not response.get("Location", "").startswith("/accounts/login/?next=")
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("address", PAGES)
def test_who_gets_in(address, sandbox):
    make_colleague()
    got_in = set()
    for role in Role:
        response = signed_in(person(role)).get(filled(address))
        assert response.status_code < 500, role
        assert carries_its_trace_id(response), role
        assert "<person:" not in address or response.status_code != 404, role
        if response.status_code != 403:
            got_in.add(role)
    assert got_in == PAGES[address]


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.slug)
def test_who_gets_into_an_action(action, sandbox):
    status = {role: signed_in(person(role)).get(action.url).status_code for role in Role}
    assert status == {role: 200 if action.role in role.includes_those_of else 403 for role in Role}


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/", "/sandbox/"])
def test_nobody_gets_behind_the_scenes(address):
    assert Client().get(address).status_code == 302


def test_someone_without_a_role_gets_nowhere_but_the_desk(roleless, sandbox):
    refused = chain((p for p, roles in PAGES.items() if roles == LOOK_UP), ["/actions/list-perks/"])
    for address in refused:
        assert roleless.get(filled(address)).status_code == 403, address
    assert roleless.get("/").status_code == 200


ADMIN_SITE = ["/admin/", "/admin/accounts/user/", "/admin/actions/entry/", "/admin/actions/reason/"]


@pytest.mark.parametrize(
    "address", [*(each for each in ADDRESSES if each not in PAGES), *ADMIN_SITE, "/nowhere/"]
)
def test_every_other_page_carries_its_trace_id(address, sandbox):
    make_colleague()
    owner = User.objects.create_superuser("owner")
    assert carries_its_trace_id(signed_in(owner).get(filled(address)))


def carries_its_trace_id(response) -> bool:
    """Tell whether an answer has its id, and if it is a page, says it."""
    page = b"" if response.streaming else response.content
    trace_id = response["X-Request-ID"].encode()
    return bool(trace_id) and (trace_id in page or b"<html" not in page)
