"""The pages of people: who may change what of whom."""

import time

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.test import Client

from piggyadmin.accounts import drafts, proofs
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.api.models import AccessToken
from piggyadmin.api.services import hash_of, usable_tokens
from piggyadmin.factors import authenticators
from tests.api.asking import program, token
from tests.conftest import person, proved, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp of seven colours"


@pytest.fixture
def daan() -> User:
    """Somebody whom an admin has power over."""
    return person(Role.STAFF)


def page_of(browser: Client, address: str) -> str:
    return browser.get(address, follow=True).content.decode()


# --- The list --------------------------------------------------------------------------------


def test_everybody_is_listed_with_their_roles(admin, daan):
    User.objects.create_superuser("owner", first_name="Olga")
    User.objects.filter(pk=daan.pk).update(is_active=False)
    page = page_of(admin, "/people/")
    assert all(words in page for words in ("Olga", "Superuser", "Staff", "Disabled"))
    assert 'href="/people/staff/"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=DAA", {"staff"}),
        ("name=daan%40shop", {"staff"}),
        ("state=disabled", {"staff"}),
        ("state=may-sign-in", {"admin"}),
        ("role=STAFF", {"staff"}),
        ("name=nobody+at+all", set()),
        ("role=999", set()),
        ("sort=-seen", {"admin", "staff"}),
        ("sort=nonsense", {"admin", "staff"}),
    ],
)
def test_the_list_is_narrowed_down(admin, daan, query, found):
    query = query.replace("STAFF", str(Group.objects.get(name=Role.STAFF.value).pk))
    told = {"first_name": "Daan", "email": "daan@shop.test", "is_active": False}
    User.objects.filter(pk=daan.pk).update(**told)
    page = page_of(admin, f"/people/?{query}")
    assert {name for name in ("admin", "staff") if f'href="/people/{name}/"' in page} == found


# --- One person ------------------------------------------------------------------------------


def test_a_page_tells_what_somebody_is_and_did(admin, daan):
    daan.user_permissions.add(Permission.objects.get(codename="approve"))
    signed_in(daan)
    page = page_of(admin, "/people/staff/")
    assert all(words in page for words in ("Staff", "Approve as the second person", "last active"))
    assert 'href="/people/staff/roles/"' in page


@pytest.mark.tells_of_people
def test_a_page_tells_what_happened(admin, daan):
    admin.post("/people/staff/roles/", {"groups": [], "confirmed": "yes"})
    page = page_of(admin, "/people/staff/")
    assert "Staff" in page.partition("What happened")[2]


def test_of_a_superuser_no_rights_are_counted():
    owner = User.objects.create_superuser("owner")
    page = page_of(signed_in(owner), "/people/owner/")
    assert "everything" in page
    assert "0 things" not in page


@pytest.mark.parametrize("name", ["new", ".", ".."])
def test_whoever_is_called_as_a_page_has_a_page_too(admin, name):
    odd = User.objects.create_user(name)
    address = f"/people/~{odd.pk}/"
    assert f'href="{address}"' in page_of(admin, "/people/")
    assert f"<code>{name}</code>" in page_of(admin, address)


@pytest.mark.parametrize("name", ["ghost", "~0", "~999999999999999999"])
def test_nobody_is_not_found(admin, name):
    assert admin.get(f"/people/{name}/").status_code == 404


def test_staff_status_lets_nobody_in(daan):
    daan.is_staff = True
    daan.save()
    assert signed_in(daan).get("/people/").status_code == 403


# --- Adding and changing ---------------------------------------------------------------------


def new_person(**more: object) -> dict[str, object]:
    return {"username": "mila", "password1": PASSWORD, "password2": PASSWORD, **more}


def test_somebody_new_signs_in_once_with_what_was_given(admin, client):
    staff = Group.objects.get(name=Role.STAFF.value)
    admin.post("/people/new/", new_person(first_name="Mila", groups=[staff.pk], is_superuser="on"))
    mila = User.objects.get(username="mila")
    assert (list(mila.groups.all()), mila.is_superuser) == ([staff], False)
    chooses_a_password_of_their_own(client, "mila")


def chooses_a_password_of_their_own(client, name):
    """Sign in with the password that an admin knows, which opens nothing but its own change."""
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    change = "/accounts/password/change/"
    assert client.get("/")["Location"] == change
    own = {"password1": f"{PASSWORD} of my own", "password2": f"{PASSWORD} of my own"}
    client.post(change, own | {"oldpassword": PASSWORD})
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"username": "admin"}, {"username": "a/b"}, {"password2": "another"}, {"groups": [99]}],
)
def test_somebody_new_who_cannot_be(admin, wrong):
    page = admin.post("/people/new/", new_person(**wrong)).content.decode()
    assert "Error:" in page
    assert PASSWORD not in page
    assert User.objects.count() == 1


def test_one_may_change_what_one_is_called_oneself(admin):
    admin.post("/people/admin/edit/", {"username": "noor", "first_name": "Noor"})
    assert User.objects.get().first_name == "Noor"
    assert admin.get("/people/noor/").status_code == 200


def test_another_password_signs_out(admin, daan, client):
    theirs, door = signed_in(daan), program(daan)
    assert "tokens of their programs are withdrawn" in page_of(admin, "/people/staff/password/")
    wanted = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert admin.post("/people/staff/password/", wanted).status_code == 302
    assert theirs.get("/").status_code == 302
    assert door.get("/api/").status_code == 401
    assert not usable_tokens(daan).exists()
    chooses_a_password_of_their_own(client, "staff")


def test_signing_somebody_out(admin, daan):
    theirs, door = [signed_in(daan), signed_in(daan)], program(daan)
    assert "Sign out everywhere and withdraw all tokens" in page_of(admin, "/people/staff/")
    page = admin.post("/people/staff/sign-out/", follow=True).content.decode()
    assert "Signed out of 2 browsers." in page
    assert [browser.get("/").status_code for browser in theirs] == [302, 302]
    assert door.get("/api/").status_code == 401
    assert admin.get("/people/").status_code == 200


def test_withdrawing_a_token_of_somebody_else(admin, daan):
    door, own = program(daan), token(User.objects.get(username="admin"))
    pk = AccessToken.objects.get(person=daan).pk
    assert "Till" in page_of(admin, "/people/staff/")
    page = admin.post(f"/people/staff/tokens/{pk}/withdraw/", follow=True).content.decode()
    assert "opens nothing any more" in page
    assert "until" not in page
    assert door.get("/api/").status_code == 401
    assert admin.post(f"/people/admin/tokens/{pk}/withdraw/").status_code == 404
    own_pk = AccessToken.objects.get(secret_hash=hash_of(own)).pk
    assert admin.post(f"/people/admin/tokens/{own_pk}/withdraw/").status_code == 403


def test_taking_roles_is_a_question(admin, daan):
    page = admin.post("/people/staff/roles/", {"groups": []}).content.decode()
    assert "Give credits" in page
    assert daan.groups.exists()
    admin.post("/people/staff/roles/", {"groups": [], "confirmed": "yes"})
    assert not daan.groups.exists()


def test_giving_roles_asks_nothing(admin, daan):
    groups = Group.objects.filter(name__in=[Role.STAFF.value, Role.ADMIN.value])
    admin.post("/people/staff/roles/", {"groups": [group.pk for group in groups]})
    assert set(daan.groups.all()) == set(groups)


def test_superusers_alone_make_and_unmake_superusers(admin, daan):
    assert 'name="is_superuser"' not in page_of(admin, "/people/staff/roles/")
    kept = {"groups": [group.pk for group in daan.groups.all()]}
    admin.post("/people/staff/roles/", {**kept, "is_superuser": "on"})
    assert not User.objects.get(pk=daan.pk).is_superuser
    owner = signed_in(User.objects.create_superuser("owner"))
    owner.post("/people/staff/roles/", {**kept, "is_superuser": "on"})
    assert User.objects.get(pk=daan.pk).is_superuser
    page = owner.post("/people/staff/roles/", kept).content.decode()
    assert "Take Superuser away from Staff?" in page
    owner.post("/people/staff/roles/", {**kept, "confirmed": "yes"})
    assert not User.objects.get(pk=daan.pk).is_superuser


def test_whoever_is_disabled_is_out_at_once(admin, daan):
    theirs = signed_in(daan)
    assert "signed out of 1 browser" in page_of(admin, "/people/staff/disable/")
    assert User.objects.get(pk=daan.pk).is_active
    admin.post("/people/staff/disable/")
    assert theirs.get("/").status_code == 302
    admin.post("/people/staff/enable/")
    daan.refresh_from_db()
    assert daan.is_active


# --- Whom nobody has power over --------------------------------------------------------------


@pytest.mark.parametrize("page", ["roles", "password", "disable", "enable", "sign-out"])
def test_nobody_lifts_or_locks_themselves(admin, page):
    answer = admin.post(f"/people/admin/{page}/", {"groups": []})
    assert answer.status_code == 403
    assert f"/people/admin/{page}/" not in page_of(admin, "/people/admin/")
    assert User.objects.get().groups.exists()


@pytest.mark.parametrize("page", ["edit", "roles", "password", "disable", "enable", "sign-out"])
def test_an_admin_has_no_power_over_a_superuser(admin, page):
    User.objects.create_superuser("owner")
    address = f"/people/owner/{page}/"
    assert admin.post(address, {"username": "x"}).status_code == 403
    assert admin.get(address).status_code in {403, 405}
    assert address not in page_of(admin, "/people/owner/")


@pytest.mark.parametrize("page", ["edit", "roles", "password", "disable"])
def test_nor_over_somebody_who_may_do_more(admin, page):
    person(Role.SUPPORT)
    keeper = Group.objects.create(name="Keepers")
    keeper.permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    low = User.objects.create_user("low")
    low.groups.add(keeper)
    browser = signed_in(low)
    assert browser.post(f"/people/support/{page}/", {"username": "x"}).status_code == 403
    assert page_of(browser, "/people/support/")
    assert f"/people/support/{page}/" not in page_of(browser, "/people/support/")


# --- How somebody signs in -------------------------------------------------------------------


def test_factors_are_shown_and_taken_away(admin, daan):
    assert "Take second factors away" not in page_of(admin, "/people/staff/")
    authenticators.add_app(daan, authenticators.new_secret(), 0)
    for address in ("/people/", "/people/staff/"):
        assert "app" in page_of(admin, address).partition("<main")[2]
    address, door = "/people/staff/reset-factors/", program(daan)
    assert "1 token of their programs is withdrawn at once" in page_of(admin, address)
    assert "the password alone lets them in" in page_of(admin, address)
    page = admin.post(address, follow=True).content.decode()
    assert "signs in with the password alone now" in page
    assert not authenticators.has_factor(daan)
    assert door.get("/api/").status_code == 401


def test_another_password_is_wanted(admin, daan):
    browser = signed_in(daan)
    address = "/people/staff/want-password/"
    assert "no further before they have chosen another one" in page_of(admin, address)
    admin.post(address)
    assert browser.get("/settings/")["Location"].startswith("/accounts/login/")
    assert signed_in(User.objects.get(pk=daan.pk)).get("/")["Location"].endswith("/change/")


@pytest.mark.parametrize("verb", ["reset-factors", "want-password"])
def test_nobody_does_that_to_themselves(admin, verb):
    assert admin.get(f"/people/admin/{verb}/").status_code == 403
    assert admin.post(f"/people/admin/{verb}/").status_code == 403


# --- A fresh proof ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "new",
        *(
            f"staff/{verb}"
            for verb in (
                "edit",
                "roles",
                "password",
                "disable",
                "enable",
                "sign-out",
                "want-password",
                "reset-factors",
                "identity/remove",
            )
        ),
    ],
)
def test_a_session_alone_is_not_enough_to_change_who_gets_in(admin, daan, page):
    authenticators.add_app(daan, authenticators.new_secret(), 0)
    before = User.objects.values().get(pk=daan.pk)
    proved(admin, at=time.time() - proofs.SIGN_IN_SECONDS - 1)
    sent = new_person(new_password1=PASSWORD, new_password2=PASSWORD, confirmed="yes")
    asked = admin.post(f"/people/{page}/", sent)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert "so show first that it is still you" in page_of(admin, asked["Location"])
    assert User.objects.values().get(pk=daan.pk) == before
    assert (User.objects.count(), daan.groups.count()) == (2, 1)
    assert authenticators.has_factor(daan)


def test_what_was_typed_before_is_there_again_but_for_passwords(admin, daan):
    proved(admin, at=0)
    staff = Group.objects.get(name=Role.STAFF.value)
    asked = admin.post("/people/new/", new_person(first_name="Mila", groups=[staff.pk]))
    assert PASSWORD not in str(signing.loads(admin.session["typed"], salt=drafts._SALT))
    admin.post(asked["Location"], {"password": "piggy-test"})
    page = page_of(admin, "/people/new/")
    assert 'value="Mila"' in page
    assert "checked" in page
    proved(admin, at=0)
    admin.post("/people/staff/edit/", {"username": "daan"})
    assert 'value="daan"' in page_of(admin, "/people/staff/edit/")
