"""What every page says while something is wrong between the console and Piggy."""

import time
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from piggyadmin.accounts.permissions import MEND_LINE
from piggyadmin.piggy.circuit_breaker import CLEAR, after_success
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.expiry import token_ends_soon


@dataclass(frozen=True)
class Banner:
    """What is wrong, and whether this person can do something about it."""

    is_refused: bool = False
    is_maintenance: bool = False
    is_unreachable: bool = False
    may_mend: bool = False
    token_ends: date | None = None
    has_token_ended: bool = False


def connection_state(request: HttpRequest, *, is_answering: bool = False) -> Banner | None:
    """Give what a page must say; None where all is well, or where nobody has signed in.

    Args:
        request: the page's.
        is_answering: whether the page comes of an answer that Piggy is giving.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    piggy = piggy_client()
    state = piggy.line.state() if piggy.line else CLEAR
    if is_answering:
        state = after_success(state, time.time())
    may_mend = user.has_perm(MEND_LINE)
    today = timezone.localdate()
    token_ends = token_ends_soon(piggy.account, today) if may_mend else None
    banner = Banner(
        is_refused=state.is_refused,
        is_maintenance=bool(state.maintenance_since),
        is_unreachable=bool(state.open_since),
        may_mend=may_mend,
        token_ends=token_ends,
        has_token_ended=token_ends is not None and token_ends < today,
    )
    return None if banner == Banner(may_mend=may_mend) else banner
