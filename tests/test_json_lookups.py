import pytest

from piggyadmin.json_lookups import TextInJSON
from piggyadmin.tasks.models import Run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"shop": "Amsterdam “West”"}, "Amsterdam “West”"),
        ({"shop": "null"}, "null"),
        ({"shop": 12}, "12"),
        ({"shop": None}, None),
        ({"other": 1}, None),
        ({}, None),
    ],
)
def test_what_stands_under_a_key_is_read_as_text(document, told):
    Run.objects.create(name="n", key="k", payload=document, trace_id="t")
    assert Run.objects.annotate(told=TextInJSON("payload", "shop")).get().told == told
