"""What answers say of the calls that are left: read, kept, heeded, and never needed."""

import pytest
from django.core.cache import cache
from requests.structures import CaseInsensitiveDict

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Busy
from piggyadmin.piggy.rate_limit import (
    BACKGROUND_PAUSE_CAP_SECONDS,
    PAUSE_CAP_SECONDS,
    WINDOW_SECONDS,
    RateLimit,
    last_known,
    remember,
)
from piggyadmin.piggy.throttle import in_background, without_waiting
from tests.piggy.scripted import Script, answers, refuses

NOW = 1_000_000.0


def headers(limit: object, remaining: object) -> dict[str, str]:
    return {"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(remaining)}


def read(limit: object, remaining: object) -> RateLimit | None:
    return RateLimit.read(CaseInsensitiveDict(headers(limit, remaining)))


@pytest.mark.parametrize(("limit", "remaining"), [(5000, 4999), (60, 0), (1, 1)])
def test_what_makes_sense_is_read(limit, remaining):
    found = read(limit, remaining)
    assert found
    assert (found.limit, found.remaining) == (limit, remaining)


@pytest.mark.parametrize(
    ("limit", "remaining"),
    [
        ("", ""),
        ("x", 1),
        (60, "x"),
        (0, 0),
        (-1, -1),
        (60, -1),
        (60, 61),
        (60, 1.5),
        ("9" * 5000, 1),
    ],
)
def test_what_makes_none_is_left_out(limit, remaining):
    assert read(limit, remaining) is None


def test_answers_without_the_headers_are_the_usual_case():
    assert RateLimit.read({}) is None


@pytest.mark.parametrize(
    ("remaining", "seconds_ago", "pause"),
    [
        (60, 0, 0),
        (6, 0, 0),  # a tenth
        (5, 0, PAUSE_CAP_SECONDS),
        (5, 57, 0.5),  # the rest lasts for the rest of the window
        (0, 59.5, 0.5),
        (0, WINDOW_SECONDS, 0),  # the next window
        (0, -1, 0),  # the clock was set back
    ],
)
def test_people_wait_a_little_where_little_is_left(remaining, seconds_ago, pause):
    rate_limit = RateLimit(60, remaining, at=NOW - seconds_ago)
    assert rate_limit.pause(NOW, in_background=False) == pytest.approx(pause)


def test_work_in_the_background_waits_longer():
    assert RateLimit(60, 0, at=NOW).pause(NOW, in_background=True) == BACKGROUND_PAUSE_CAP_SECONDS
    assert RateLimit(60, 5, at=NOW).pause(NOW, in_background=True) == WINDOW_SECONDS / 6


def test_it_is_kept_for_all_to_see():
    assert last_known("rate-limit-account") is None
    remember("rate-limit-account", RateLimit(60, 12, at=NOW))
    assert last_known("rate-limit-account") == RateLimit(60, 12, at=NOW)
    assert last_known("another-account") is None
    cache.clear()


def test_the_client_reads_every_answer_and_goes_slower(client, server, pauses):
    client.get("x")
    assert last_known(client.account) is None
    server.will(answers([], headers=headers(60, 40)))
    client.get("x")
    client.get("x")
    assert pauses == []
    script = refuses(status=404)
    script.headers = headers(60, 0)
    server.will(script, answers([]))
    with pytest.raises(Exception, match="NotFound"):
        client.get("x")
    known = last_known(client.account)
    assert known
    assert known.remaining == 0
    client.get("x")
    with in_background():
        client.post("x")
    assert pauses == [PAUSE_CAP_SECONDS, BACKGROUND_PAUSE_CAP_SECONDS]
    cache.clear()


def test_the_last_calls_are_left_to_what_can_wait(client, server, pauses):
    server.will(answers([], headers=headers(60, 0)), answers([]))
    client.get("x")
    with without_waiting(), pytest.raises(Busy):
        client.get("x")
    assert pauses == []
    assert len(server.received) == 1


def test_nonsense_in_the_headers_does_no_harm(client: PiggyClient, server):
    server.will(Script(headers=headers("soon", "")))
    assert client.get("x").data == {}
