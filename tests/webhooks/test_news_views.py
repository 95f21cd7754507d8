"""Whether an open page is told to read itself again."""

import time

import pytest

from piggyadmin.sandbox import seed
from piggyadmin.webhooks import tasks
from piggyadmin.webhooks.news_views import HEARD
from tests.webhooks.calls import body_of, know_secret, post

pytestmark = pytest.mark.django_db
URL = "/webhooks/news/"
BOOKING = {"uuid": "c0ffee00-0000-4000-8000-000000000aaa", "contact": {"uuid": seed.MIRA_UUID}}


def is_told(client, **asked: object) -> bool:
    answer = client.get(URL, {"since": int(time.time()), **asked}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    return HEARD in answer.headers.get("HX-Trigger", "")


def test_a_page_is_told_of_what_it_shows(support):
    know_secret()
    assert not is_told(support)
    post(body_of("booking_created", {"booking": BOOKING}))
    assert not is_told(support)  # nobody has worked through it yet
    tasks.hear_webhooks()
    assert is_told(support)
    assert is_told(support, contact_uuid=seed.MIRA_UUID)
    assert not is_told(support, contact_uuid=seed.ANONYMOUS_UUID)
    assert not is_told(support, since=int(time.time()) + 60)


def test_bookings_are_not_told_of_other_things(support):
    know_secret()
    post(body_of("contact_updated", {"uuid": seed.MIRA_UUID}))
    tasks.hear_webhooks()
    assert not is_told(support)
    assert is_told(support, contact_uuid=seed.MIRA_UUID)


@pytest.mark.parametrize("since", ["", "x", "9" * 5000, "-62135596800", "1e9", "\0"])
def test_nonsense_is_no_news(support, since):
    assert not is_told(support, since=since)


def test_pages_ask_by_themselves(support, sandbox):
    contact = support.get(f"/contacts/{seed.MIRA_UUID}/").content.decode()
    assert f"&amp;contact_uuid={seed.MIRA_UUID}" in contact
    assert "/webhooks/news/?since=" in support.get("/bookings/").content.decode()
