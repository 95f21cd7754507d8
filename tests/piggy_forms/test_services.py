"""Forms, against a sandbox behind a socket."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.piggy.errors import Rejected
from piggyadmin.piggy_forms import services
from tests.piggy.scripted import answers


def test_list_forms(piggy):
    everything = services.list_forms(piggy)
    public = services.list_forms(piggy, status="PUBLISHED", type="PUBLIC")
    assert 0 < len(public) < len(everything)
    assert {(form.status, form.type) for form in public} == {("PUBLISHED", "PUBLIC")}
    with pytest.raises(Rejected):
        services.list_forms(piggy, status="LOST")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.test/f", "https://example.test/f"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(scripted, scripted_piggy, url, address):
    scripted.will(answers([{"uuid": "f", "url": url}]))
    assert services.list_forms(scripted_piggy)[0].web_address == address


@pytest.mark.parametrize(
    "asked", [{}, {"status": "DRAFT"}, {"type": "PRIVATE"}, {"status": "BIN", "type": "PUBLIC"}]
)
def test_what_is_asked_of_forms(scripted, scripted_piggy, asked):
    scripted.will(answers([]))
    assert services.list_forms(scripted_piggy, **asked) == []
    (request,) = scripted.received
    assert (request.method, request.path, request.query) == ("GET", "forms", asked)


@pytest.mark.parametrize(
    ("filled", "asked"),
    [
        ({"status": "", "type": ""}, {"status": None, "type": None}),
        ({"status": "BIN", "type": ""}, {"status": "BIN", "type": None}),
        ({"status": "", "type": "PUBLIC"}, {"status": None, "type": "PUBLIC"}),
    ],
)
def test_any_is_no_filter(monkeypatch, filled, asked):
    monkeypatch.setattr(services, "list_forms", lambda piggy, **narrow: (piggy, narrow))
    assert get_action("list-forms").perform("piggy", filled) == ("piggy", asked)
