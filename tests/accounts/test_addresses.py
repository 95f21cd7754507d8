"""Whose address a request comes from, past trusted proxies and whatever somebody invents."""

import pytest

from piggyadmin.accounts.addresses import address_of

INVENTED = "6.6.6.6, 7.7.7.7"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, INVENTED, "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, f"{INVENTED}, 1.2.3.4", "1.2.3.4"),
        (2, f"{INVENTED}, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        # Whoever goes past the outer proxy is heard by the inner one.
        (2, "1.2.3.4", "1.2.3.4"),
        (1, "1.2.3.4:4711", "1.2.3.4"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "[2001:db8:1:2:ffff::1]:443", "2001:db8:1:2::"),
        (1, "unknown", "unknown"),
        (1, "x" * 5000, "x" * 64),
    ],
)
def test_counted_from_the_right(rf, settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if header is None else {"X-Forwarded-For": header}
    assert address_of(rf.get("/", headers=headers)) == address


def test_without_an_address_at_all(rf):
    assert address_of(rf.get("/", REMOTE_ADDR="")) == ""
