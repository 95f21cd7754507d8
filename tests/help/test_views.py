"""The help: every topic has a page."""

import pytest

from piggyadmin.help.views import TOPICS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_every_topic_has_a_page(roleless, slug):
    assert roleless.get(f"/help/{slug}/").status_code == 200
