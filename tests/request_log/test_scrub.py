"""No secret gets into the request log."""

import json

import pytest

from piggyadmin.request_log.scrub import (
    BODY_LIMIT,
    LIST_LIMIT,
    READ_LIMIT_BYTES,
    REMOVED,
    scrubbed_answer,
    scrubbed_query,
    scrubbed_request,
)

SECRET = "s3cr3t"


def answered(path: str, body) -> str:
    return scrubbed_answer(path, json.dumps(body).encode())


@pytest.mark.parametrize(
    "key",
    [
        "auth_token",
        "token",
        "access_token",
        "refresh_token",
        "release_key",
        "hash",
        "giftcard_hash",
        "custom_app_login_hash",
        "custom_app_login_",
        "client_secret",
        "password",
        "Authorization",
        "api_key",
        "portal_url",
        "url",
        "contacts_portal_login_url",
        "authToken",
        "releaseKey",
        "customAppLoginCode",
        "passcode",
    ],
)
def test_secrets_are_taken_out(key):
    body = {"data": [{"deep": {key: SECRET, "email": "mira@example.test"}}]}
    for text in (answered("x", body), scrubbed_request("x", body), scrubbed_query("x", body)):
        assert SECRET not in text
        assert REMOVED in text
        assert "mira@example.test" in text


@pytest.mark.parametrize("value", [{"user": SECRET}, [SECRET], 7])
def test_a_secret_of_any_shape_is_taken_out(value):
    assert json.loads(answered("x", {"token": value})) == {"token": REMOVED}


def test_that_there_is_no_secret_can_be_seen():
    assert json.loads(answered("x", {"release_key": None})) == {"release_key": None}


@pytest.mark.parametrize("body", [{"data": SECRET}, {"data": {"auth_token": SECRET}}, SECRET])
def test_the_answer_with_an_auth_token_is_not_kept(body):
    path = "contact-verification/auth-token/c0ffee00-0000-4000-8000-0000000000a1"
    assert answered(path, body) == REMOVED


def test_a_code_from_a_mail_is_a_secret_but_a_vouchers_is_not():
    assert "123456" not in scrubbed_request("contact-verification/verify", {"code": "123456"})
    assert "WELCOME" in scrubbed_query("vouchers/find", {"code": "WELCOME"})


def test_the_code_of_a_digital_reward_is_taken_out():
    """It was bought, and whoever has it can spend it."""
    told = {"uuid": "r-1", "digital_reward": {"title": "A month"}}
    body = {"data": [told | {"digital_reward_code": {"code": SECRET}}]}
    assert SECRET not in answered("loyalty-transactions", body)
    assert "A month" in answered("loyalty-transactions", body)
    broken = '{"digital_reward_code": {"code": "s3cr3t"'
    assert SECRET not in scrubbed_answer("reward-receptions", broken.encode())


def test_this_consoles_own_token_is_taken_out_wherever_it_comes_back(settings):
    settings.PIGGY_API_TOKEN = "my-very-own"
    assert "my-very-own" not in answered("x", {"echo": "Bearer my-very-own"})
    assert "my-very-own" not in scrubbed_answer("x", b"<html>my-very-own</html>")


def test_any_bearer_token_is_taken_out_of_a_page():
    text = scrubbed_answer("x", b"<html>Authorization: Bearer abc.def</html>")
    assert "abc.def" not in text


@pytest.mark.parametrize(
    "text",
    [
        '{"data": {"uuid": "u-1", "custom_app_login_code": "s3cr3t", ',
        '{"release_key":"s3cr3t"',
        "uuid=u-1&auth_token=s3cr3t&x=1",
        '<a href="#">portal_url: https://example.test/s3cr3t</a>',
        "{'uuid': 'u-1', 'password': 's3cr3t'}",
    ],
)
def test_secrets_are_taken_out_of_what_is_no_json(text):
    kept = scrubbed_answer("contacts/find", text.encode())
    assert SECRET not in kept
    assert REMOVED in kept


def test_one_endless_word_is_looked_through_at_once():
    assert scrubbed_answer("x", b"x" * READ_LIMIT_BYTES).endswith("[…]")


def test_a_code_is_taken_out_of_what_is_no_json_too():
    broken = b'{"data": {"code": "123456"'
    assert "123456" not in scrubbed_answer("contact-verification/verify", broken)
    assert "123456" in scrubbed_answer("vouchers/find", broken)


def test_a_page_is_kept_as_text():
    assert scrubbed_answer("x", b"<html>\xff\x00Oops</html>") == "<html>��Oops</html>"


def test_half_a_character_can_be_stored():
    assert "�" in scrubbed_answer("x", rb'{"name": "\ud800"}')
    assert "�" in scrubbed_request("x", {"name": "\ud800\0"})


def test_nothing_stays_nothing():
    assert (
        scrubbed_query("x", None) == scrubbed_request("x", None) == scrubbed_answer("x", b"") == ""
    )


def test_long_lists_are_shortened():
    kept = json.loads(answered("x", {"data": list(range(LIST_LIMIT + 5))}))["data"]
    assert kept == [*range(LIST_LIMIT), "[5 more]"]


def test_long_texts_are_cut():
    assert len(answered("x", {"a": "x" * 2 * BODY_LIMIT})) < BODY_LIMIT + 10


def test_huge_answers_are_not_looked_into():
    assert scrubbed_answer("x", b"[" * (READ_LIMIT_BYTES + 1)) == f"[{READ_LIMIT_BYTES + 1} bytes]"


def test_what_is_nested_too_deep_is_cut():
    assert scrubbed_answer("x", b"[" * 100_000).endswith("[…]")


def test_what_json_does_not_know_is_written_as_text():
    assert "{1}" in scrubbed_request("x", {"a": {1}})


def test_no_text_has_a_character_that_databases_refuse():
    assert "\x00" not in answered("x", {"a": "\x00"})
    assert "u0000" not in scrubbed_request("x", {"a": "\x00"})
