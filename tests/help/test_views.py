"""The help: every topic has a page, and tells what is so."""

from html import unescape

import pytest
from django.contrib.auth.models import Group

from piggyadmin.help.views import TOPICS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.slug for topic in TOPICS])
def test_every_topic_has_a_page(roleless, topic):
    page = unescape(roleless.get(f"/help/{topic.slug}/").content.decode())
    assert str(topic.title) in page.partition("<h1")[2].partition("</h1>")[0]
    assert 'href="/help/"' in page.partition("<main")[2]


def test_the_overview_leads_to_each(roleless):
    page = roleless.get("/help/").content.decode()
    assert all(f'href="/help/{topic.slug}/"' in page for topic in TOPICS)


def test_there_is_no_other(roleless):
    assert roleless.get("/help/secrets/").status_code == 404


def test_who_may_what_is_as_roles_are_now(roleless):
    Group.objects.create(name="Crew")
    page = roleless.get("/help/roles/").content.decode()
    assert "Crew" in page
    assert "Give credits" in page
