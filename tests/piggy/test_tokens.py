"""Which token is used: the environment's, else the one that is kept, as it is right now."""

import pytest
from django.db import DatabaseError

from piggyadmin.piggy import tokens
from piggyadmin.piggy.client import forget_client, piggy_client
from piggyadmin.piggy.errors import Unauthorized
from piggyadmin.piggy.models import KeptToken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without(settings):
    """Have no token in the environment."""
    settings.PIGGY_API_TOKEN, settings.PIGGY_IN_PROCESS_SANDBOX = "", False
    settings.PIGGY_API_URL = "https://api.piggy.example"
    forget_client()
    yield
    forget_client()


def replaced_elsewhere(token):
    """Have another process replace it."""
    seen = list(tokens._seen)
    tokens.keep_token(token, by="Noor")
    tokens._seen[:] = seen


def test_the_one_that_is_kept_is_used_and_the_environments_goes_before(settings):
    assert tokens.current_token() == ""
    tokens.keep_token("kept", by="Noor")
    assert tokens.current_token() == "kept"
    assert not tokens.is_from_environment()
    settings.PIGGY_API_TOKEN = "set"
    assert tokens.is_from_environment()
    assert tokens.current_token() == "set"


def test_another_one_is_seen_after_seconds(monkeypatch):
    tokens.keep_token("kept", by="Noor")
    assert tokens.current_token() == "kept"
    account = piggy_client().account
    replaced_elsewhere("another")
    assert tokens.current_token() == "kept"
    monkeypatch.setattr(tokens, "LOOK_EVERY_SECONDS", 0)
    assert tokens.current_token() == "another"
    assert piggy_client().account != account


def test_it_goes_to_no_other_host(settings):
    tokens.keep_token("kept", by="Noor")
    assert tokens.current_token() == "kept"
    settings.PIGGY_API_URL = "https://elsewhere.example"
    assert tokens.current_token() == ""
    assert tokens.kept_token() is None


def test_while_the_database_is_away_it_is_as_it_was(monkeypatch):
    tokens.keep_token("kept", by="Noor")
    assert tokens.current_token() == "kept"
    monkeypatch.setattr(tokens, "LOOK_EVERY_SECONDS", 0)

    def away(_url):
        raise DatabaseError

    monkeypatch.setattr(tokens, "_read", away)
    assert tokens.current_token() == "kept"
    tokens.forget_seen()
    assert tokens.current_token() == ""


def test_without_its_key_there_is_none(settings):
    tokens.keep_token("kept", by="Noor")
    settings.SECRET_KEY = "another"
    assert tokens.current_token() == ""


def test_without_one_nothing_is_sent():
    with pytest.raises(Unauthorized):
        piggy_client().get("shops")


def test_a_row_says_where_it_goes_and_nothing_more():
    tokens.keep_token("kept", by="Noor")
    assert str(KeptToken.objects.get()).startswith("https://api.piggy.example 2")
