"""For whom the calls of a page are made."""

import pytest
from django.test import RequestFactory

from piggyadmin.accounts.roles import Role
from piggyadmin.piggy.actor import Actor, current_actor
from piggyadmin.request_log.middleware import ActorMiddleware
from tests.conftest import person, signed_in


@pytest.fixture
def observed(piggy, monkeypatch) -> list[Actor]:
    actors: list[Actor] = []
    monkeypatch.setattr(piggy, "observer", lambda _: actors.append(current_actor()))
    return actors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "action"), [("/contacts/", "contacts:list"), ("/actions/list-perks/", "list-perks")]
)
def test_calls_of_a_page_are_made_for_who_asked_for_it(observed, path, action):
    user = person(Role.SUPPORT)
    signed_in(user).get(path)
    assert set(observed) == {Actor(user.pk, user.name, action)}
    assert current_actor() == Actor()


def test_a_request_of_nobody():
    seen = []

    def answer(_request):
        seen.append(current_actor())

    ActorMiddleware(answer)(RequestFactory().get("/"))
    assert seen == [Actor()]
