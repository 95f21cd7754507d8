"""Forms, against a sandbox behind a socket."""

import pytest

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
