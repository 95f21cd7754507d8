"""Two who are almost alike: where they differ is marked."""

import pytest
from django.template import Context, Template

from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.templatetags.duplicates import differing


@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        ("Marjolein", "Marjlein", "Marj<mark>o</mark>lein"),
        ("Marjlein", "Marjolein", "Marjlein"),
        ("Mira", "Mira", "Mira"),
        ("Elisabeth", "Lies", "Elisabeth"),
        ("<b>olein", "<b>lein", "&lt;b&gt;<mark>o</mark>lein"),
        ("", "", ""),
        ("mira@a.nl", "mira@b.nl", "mira@<wbr><mark>a</mark>.nl"),
        ("<i>@a.nl", "<i>@a.nl", "&lt;i&gt;@<wbr>a.nl"),
    ],
)
def test_letters_that_differ(text, other, shown):
    assert differing(text, other) == shown


def test_who_beside():
    one = MirroredContact(firstname="Marjolein", lastname="Smits", email="m.smits@example.test")
    tag = "{% load duplicates %}{% who_beside one '1' other '2' %}"
    html = Template(tag).render(Context({"one": one, "other": None}))
    assert html == '<b>Marjolein Smits</b> <span class="muted">m.smits@<wbr>example.test</span>'
