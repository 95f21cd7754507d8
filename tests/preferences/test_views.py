"""Settings: one's own, the console's, and the lists that its owner keeps."""

import re
from datetime import date

import pytest
from django.core import signing

from piggyadmin.accounts.models import User
from piggyadmin.ledger.models import Reason
from piggyadmin.piggy.client import forget_client, piggy_client
from piggyadmin.piggy.models import KeptToken, TokenDate
from tests.conftest import person, proved, signed_in
from tests.sandbox.server import ROOT

pytestmark = pytest.mark.django_db


# --- One's own -------------------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in_and_signs_out_elsewhere(staff):
    other = signed_in(User.objects.get())
    page = staff.get("/settings/").content.decode()
    assert page.count("last active") == 2
    assert page.count("this browser") == 2  # the badge, and what is kept in it
    proved(staff, at=0)
    answer = staff.post("/settings/sign-out-elsewhere/")
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2F"
    assert "about how you sign in" in staff.get(answer["Location"]).content.decode()
    assert other.get("/").status_code == 200
    staff.post("/accounts/reauthenticate/", {"password": "piggy-test"})
    answer = staff.post("/settings/sign-out-elsewhere/", follow=True).content.decode()
    assert "Signed out of 1 other browser." in answer
    assert "Sign out everywhere else" not in answer
    assert other.get("/").status_code == 302
    assert staff.get("/").status_code == 200


def test_nobody_elses_sessions_are_shown_or_ended(staff, admin):
    assert staff.get("/settings/").content.decode().count("last active") == 1
    staff.post("/accounts/reauthenticate/", {"password": "piggy-test"})
    staff.post("/settings/sign-out-elsewhere/")
    assert admin.get("/").status_code == 200


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("support", set()),
        ("auditor", {"/settings/console/", "/settings/health/"}),
        (
            "admin",
            {
                "/people/",
                "/settings/roles/",
                "/settings/reasons/",
                "/settings/token/",
                "/settings/piggy-token/",
                "/settings/console/",
                "/settings/health/",
            },
        ),
    ],
)
def test_what_one_may_not_open_is_not_offered(request, role, shown):
    page = request.getfixturevalue(role).get("/settings/").content.decode()
    main = page.partition("<main")[2]
    # Auditors run nothing, and so have no programs that do.
    own = {"/settings/factors/", "/settings/factors/pin/"} | (
        {"/settings/tokens/"} if role != "auditor" else set()
    )
    assert set(re.findall(r'href="(/(?:people|settings)/[a-z/-]*)"', main)) == shown | own


# --- The console's ---------------------------------------------------------------------------


def test_how_the_console_is_set_is_told_without_secrets(auditor, sandbox, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 1234
    settings.SESSION_IDLE_SECONDS = 90 * 60
    settings.PIGGY_API_TOKEN = "what-nobody-reads"
    settings.REDIS_URL = "redis://:opensesame@cache.test:6379/0"
    page = auditor.get("/settings/console/").content.decode()
    assert "1,234" in page
    assert "1 hour, 30 minutes" in page
    assert "FOUR_EYES_CREDITS_ABOVE" in page
    assert "opensesame" not in page
    assert "what-nobody-reads" not in page
    assert settings.SECRET_KEY not in page


def test_every_variable_that_is_named_can_be_set(admin, sandbox):
    page = admin.get("/settings/console/").content.decode()
    named = set(re.findall(r"<code>([A-Z_]+)</code>", page))
    known = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(named) > 15
    assert named <= known


def test_the_tokens_last_day_is_kept_and_forgotten(admin, sandbox):
    admin.post("/settings/token/", {"expires_on": "2031-05-04"})
    kept = TokenDate.objects.get(account=piggy_client().account)
    assert kept.expires_on == date(2031, 5, 4)
    assert "2031" in admin.get("/settings/token/").content.decode()
    admin.post("/settings/token/", {"expires_on": ""})
    assert not TokenDate.objects.exists()


def test_a_day_that_is_none_is_refused(admin, sandbox):
    page = admin.post("/settings/token/", {"expires_on": "someday"}).content.decode()
    assert "Error:" in page
    assert not TokenDate.objects.exists()


# --- Piggy's token ---------------------------------------------------------------------------

TOKEN_PAGE = "/settings/piggy-token/"


@pytest.fixture
def kept_here(sandbox, settings):
    """Have no token in the environment."""
    settings.PIGGY_API_TOKEN = ""
    forget_client()
    yield sandbox
    forget_client()


def test_a_token_is_put_in_and_never_shown(admin, kept_here):
    assert "There is none yet" in admin.get(TOKEN_PAGE).content.decode()
    sent = {"secret": kept_here.token, "expires_on": "2031-05-04"}
    page = admin.post(TOKEN_PAGE, sent, follow=True).content.decode()
    assert "it is kept" in page
    assert piggy_client().account == TokenDate.objects.get().account
    shown = admin.get(TOKEN_PAGE).content.decode()
    assert "was put in by Admin" in shown
    assert f'value="{kept_here.token}"' not in page + shown


def test_a_token_that_is_refused_stays_out_and_is_not_shown_again(admin, kept_here):
    page = admin.post(TOKEN_PAGE, {"secret": "a-wrong-one"}).content.decode()
    assert "does not take this token" in page
    assert "a-wrong-one" not in page
    assert "no spaces" in admin.post(TOKEN_PAGE, {"secret": "two words"}).content.decode()
    assert not KeptToken.objects.exists()


def test_where_the_environment_sets_it_the_page_says_so(admin, sandbox):
    page = admin.get(TOKEN_PAGE).content.decode()
    assert "by PIGGY_API_TOKEN, and that holds" in page
    kept = admin.post(TOKEN_PAGE, {"secret": sandbox.token}, follow=True).content.decode()
    assert "As long as PIGGY_API_TOKEN is set" in kept


def test_the_embedded_sandbox_takes_none(admin):
    page = admin.get(TOKEN_PAGE).content.decode()
    assert "needs no token" in page
    assert 'name="secret"' not in page
    assert "needs no token" in admin.post(TOKEN_PAGE, {"secret": "x"}).content.decode()
    assert not KeptToken.objects.exists()


def test_whoever_puts_it_in_has_just_shown_that_it_is_them(admin, kept_here, settings):
    settings.FRESH_PROOF_MINUTES = 30
    proved(admin, at=0)
    assert admin.get(TOKEN_PAGE)["Location"].startswith("/accounts/reauthenticate/")
    asked = admin.post(TOKEN_PAGE, {"secret": "typed-in-vain"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert "typed-in-vain" not in str(dict(admin.session))
    kept = signing.loads(admin.session["typed"], salt="piggyadmin.accounts.drafts")
    assert "typed-in-vain" not in str(kept)
    assert not KeptToken.objects.exists()


# --- Reasons ---------------------------------------------------------------------------------


def test_a_reason_is_added_and_offered(admin, sandbox):
    wanted = {"label": "Birthday", "position": 0, "is_active": "on"}
    page = admin.post("/settings/reasons/new/", wanted, follow=True).content.decode()
    assert "Birthday" in page
    assert "Birthday" in admin.get("/actions/create-credit-reception/").content.decode()


def test_a_reason_that_is_not_offered_any_more_stays_in_the_list(admin, sandbox):
    reason = Reason.objects.create(label="Fair", position=3)
    admin.post(f"/settings/reasons/{reason.pk}/", {"label": "Fair", "position": 3})
    reason.refresh_from_db()
    assert not reason.is_active
    assert "Fair" in admin.get("/settings/reasons/").content.decode()
    assert "Fair" not in admin.get("/actions/create-credit-reception/").content.decode()


@pytest.mark.parametrize("wrong", [{"label": ""}, {"label": "Taken"}, {"position": "-1"}])
def test_a_reason_that_cannot_be(admin, wrong):
    Reason.objects.create(label="Taken")
    number = Reason.objects.count()
    sent = {"label": "Birthday", "position": 0, "is_active": "on"} | wrong
    assert "Error:" in admin.post("/settings/reasons/new/", sent).content.decode()
    assert Reason.objects.count() == number


def test_no_reason_of_that_number(admin):
    assert admin.get("/settings/reasons/999/").status_code == 404


def test_density_follows_the_person(staff):
    staff.post("/density/", {"density": "comfortable", "next": "/settings/"})
    again = signed_in(User.objects.get())
    assert 'data-density="comfortable"' in again.get("/settings/").content.decode()
    assert 'data-density="compact"' in signed_in(person(None)).get("/settings/").content.decode()
