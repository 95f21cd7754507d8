"""How often passwords can be tried: by whom, from where, and who is never kept out by others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from piggyadmin.accounts import throttling
from piggyadmin.accounts.models import Attempts, KnownPlace, User
from piggyadmin.accounts.throttling import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from piggyadmin.ledger import people_events
from piggyadmin.ledger.models import Event
from piggyadmin.status import tasks
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "a lamp of seven colours"
SHOP, HOME, AWAY = "1.2.3.4", "5.6.7.8", "9.9.9.9"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = 1
    settings.ALLOWED_HOSTS = ["*"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def noor():
    return User.objects.create_user("noor", password=PASSWORD)


def sign_in(name="noor", password=PASSWORD, *, address=SHOP, client=None, **headers):
    client = client or Client()
    headers = {"X-Forwarded-For": address, **headers}
    return client.post("/accounts/login/", {"login": name, "password": password}, headers=headers)


def is_in(response) -> bool:
    return bool(response.status_code == 302)


def attack(times, *, name="noor", address=AWAY, **more):
    return [sign_in(name, "wrong", address=address, **more) for _ in range(times)]


def test_by_account_and_it_says_until_when(noor):
    answers = attack(TRIES_PER_ACCOUNT + 1)
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert 240 < int(answers[-1]["Retry-After"]) <= 300
    page = answers[-1].content.decode()
    until = timezone.localtime(Attempts.objects.latest("until").until)
    assert f"Try again in 5 minutes, after {until:%H:%M:%S}." in page
    assert not is_in(sign_in(address=HOME))


def test_after_that_time_it_can_be_tried_again(noor):
    attack(TRIES_PER_ACCOUNT + 1)
    Attempts.objects.update(until=timezone.now())
    assert is_in(sign_in(address=HOME))


def test_capitals_are_the_same_account(noor):
    for name in ("noor", "Noor", "NOOR", "nOOr", "nooR"):
        sign_in(name, "wrong", address=AWAY)
    assert not is_in(sign_in(address=HOME))


def test_by_address_whatever_names_are_invented(noor):
    for number in range(TRIES_PER_ADDRESS):
        sign_in(f"invented-{number}", "wrong", address=AWAY)
    assert sign_in(address=AWAY).status_code == 429
    assert is_in(sign_in(address=HOME))


def test_what_the_browser_says_is_no_way_around(noor, settings):
    """Neither another Host, nor an invented X-Forwarded-For, nor another browser counts anew."""
    for number in range(TRIES_PER_ACCOUNT):
        sign_in("noor", "wrong", address=f"6.6.6.{number}, {AWAY}", Host=f"name:{1000 + number}")
    assert sign_in(address=AWAY, Host="name:2000").status_code == 429


def test_who_signed_in_there_before_is_not_locked_out_by_others(noor):
    assert is_in(sign_in(address=SHOP))
    attack(TRIES_PER_ACCOUNT + 3, address=AWAY)
    assert is_in(sign_in(address=SHOP))
    assert not is_in(sign_in(address=HOME))


def test_nor_by_somebody_at_the_same_address(noor):
    browser = Client()
    assert is_in(sign_in(address=SHOP, client=browser))
    for number in range(TRIES_PER_ADDRESS + 3):
        sign_in(f"invented-{number}", "wrong", address=SHOP)
    attack(TRIES_PER_ACCOUNT + 3, address=SHOP)
    assert not is_in(sign_in(address=SHOP))
    browser.post("/accounts/logout/")
    assert is_in(sign_in(address=SHOP, client=browser))


def test_the_browser_is_known_wherever_it_is(noor):
    browser = Client()
    sign_in(address=SHOP, client=browser)
    browser.post("/accounts/logout/")
    attack(TRIES_PER_ACCOUNT)
    assert is_in(sign_in(address=HOME, client=browser))


def test_a_browser_is_known_for_one_person_only(noor):
    User.objects.create_user("daan", password=PASSWORD)
    browser = Client()
    sign_in("daan", address=AWAY, client=browser)
    browser.post("/accounts/logout/")
    attack(TRIES_PER_ACCOUNT, client=browser)
    assert not is_in(sign_in(address=AWAY, client=browser))


def test_a_forged_browser_is_not_known(noor):
    browser = Client()
    sign_in(address=SHOP, client=browser)
    attack(TRIES_PER_ACCOUNT)
    forger = Client()
    forger.cookies["browser"] = browser.cookies["browser"].value.replace(":", "x:", 1)
    assert not is_in(sign_in(address=AWAY, client=forger))


def test_guessing_from_a_known_place_ends_too(noor):
    sign_in(address=SHOP)
    assert attack(TRIES_PER_ACCOUNT + 1, address=SHOP)[-1].status_code == 429


def test_a_shop_opens_with_all_its_people_behind_one_address():
    for number in range(TRIES_PER_ADDRESS * 2):
        User.objects.create_user(f"person-{number}", password=PASSWORD)
        assert is_in(sign_in(f"person-{number}", address=SHOP))
    assert all(is_in(sign_in("person-0", address=HOME)) for _ in range(TRIES_PER_ACCOUNT * 2))


def test_a_cache_that_is_down_has_no_part_in_it(noor, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert is_in(sign_in(address=HOME))
    assert attack(TRIES_PER_ACCOUNT + 1)[-1].status_code == 429


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/accounts/reauthenticate/", "password"),
        ("/accounts/password/change/", "oldpassword"),
    ],
)
def test_wherever_a_password_is_asked(noor, url, field):
    browser = signed_in(noor)
    new = {"password1": "a lamp of nine colours", "password2": "a lamp of nine colours"}
    answers = [browser.post(url, {field: "wrong", **new}) for _ in range(TRIES_PER_ACCOUNT + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    assert browser.post(url, {field: PASSWORD, **new}).status_code == 429
    noor.refresh_from_db()
    assert noor.check_password(PASSWORD)


def test_a_password_is_changed_where_it_was_not_tried_too_often(noor):
    new = {"password1": "a lamp of nine colours", "password2": "a lamp of nine colours"}
    browser = signed_in(noor)
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    noor.refresh_from_db()
    assert noor.check_password("a lamp of nine colours")


def test_the_admin_site_asks_for_none_itself():
    browser = signed_in(User.objects.create_superuser("root", password=PASSWORD))
    answer = browser.post("/admin/password_change/", {"old_password": "wrong"})
    assert answer["Location"] == "/accounts/password/change/"


@pytest.mark.tells_of_people
def test_the_lock_is_told_once(noor, caplog):
    attack(TRIES_PER_ACCOUNT + 3)
    locked = Event.objects.get(kind=people_events.PersonEventKind.LOCKED_OUT)
    assert locked.detail["person"] == noor.pk
    assert AWAY not in str(locked.detail)
    assert AWAY not in caplog.text
    failed = Event.objects.filter(
        kind=people_events.PersonEventKind.SIGN_IN_FAILED, detail__person=noor.pk
    )
    assert failed.count() == TRIES_PER_ACCOUNT
    assert caplog.text.count("Refused, after too many failures") == 3


def test_nothing_says_whose_address_or_browser_it_was(noor):
    sign_in(address=SHOP)
    attack(1)
    kept = [*Attempts.objects.values_list("key", flat=True)]
    kept += KnownPlace.objects.values_list("mark", flat=True)
    assert len(kept) >= 4
    assert all(len(each) == 64 for each in kept)


def test_workers_forget_what_counts_no_more(noor):
    sign_in(address=SHOP)
    attack(1)
    tasks.end_sessions()
    assert Attempts.objects.exists()
    Attempts.objects.update(until=timezone.now() - timedelta(seconds=1))
    KnownPlace.objects.update(seen_at=timezone.now() - throttling.KNOWN_FOR - timedelta(days=1))
    tasks.end_sessions()
    assert not Attempts.objects.exists()
    assert not KnownPlace.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_no_way_around(noor):
    def guess(_number):
        try:
            return sign_in("noor", "wrong", address=AWAY).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(guess, range(TRIES_PER_ACCOUNT * 3)))
    assert answers.count(200) == TRIES_PER_ACCOUNT
