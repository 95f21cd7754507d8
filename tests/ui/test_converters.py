"""What a part of an address can be."""

import pytest
from django.urls import Resolver404, resolve, reverse


@pytest.mark.parametrize(
    "path",
    [
        f"/requests/{'9' * 19}/",
        f"/tasks/{'9' * 5000}/retry/",
        "/contacts/mira@example.test/",
        f"/contacts/{'a' * 256}/",
        "/contacts/a\0b/",
        f"/duplicates/pair/{'aa' + '@aa' * 40}/x/",
    ],
)
def test_what_is_no_number_and_no_identifier_has_no_page(path):
    with pytest.raises(Resolver404):
        resolve(path)


@pytest.mark.parametrize("path", [f"/requests/{'9' * 18}/", f"/contacts/{'a' * 255}/"])
def test_the_longest_have(path):
    assert resolve(path)


@pytest.mark.parametrize("odd", ["<b>", "a b", "mira@example.test", "a" * 999])
def test_links_to_whatever_piggy_calls_an_identifier_can_be_made(odd):
    assert reverse("contacts:contact", args=[odd]).startswith("/contacts/")
