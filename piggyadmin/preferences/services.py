"""What settings do: another token for Piggy is tried, and only then kept."""

from django.db import transaction
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.models import User
from piggyadmin.ledger.people_events import PersonEventKind, record
from piggyadmin.piggy.client import piggy_client, trial_client
from piggyadmin.piggy.errors import PiggyError, Unauthorized
from piggyadmin.piggy.tokens import is_from_environment, keep_token
from piggyadmin.shops.services import list_shops
from piggyadmin.shops.types import Shop


class TokenRefused(Exception):  # noqa: N818
    """A token is not kept; the one before stays.

    Attributes:
        words: Why, for whoever put it in.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def replace_token(token: str, *, by: User | None) -> str:
    """Keep another token, if Piggy takes it, and say in words what holds now.

    It is for the same account: the ledger, and all that is kept here, belong to that one.

    Raises:
        TokenRefused: Piggy does not take it, cannot be asked, or it is another account's.
    """
    shops = _shops_with(token)
    _insist_on_same_account(shops)
    with transaction.atomic():
        keep_token(token, by=by.name if by else "")
        record(PersonEventKind.PIGGY_TOKEN, None)
    words = ngettext(
        "Piggy took the token and showed %(count)s shop: it is kept.",
        "Piggy took the token and showed %(count)s shops: it is kept.",
        len(shops),
    ) % {"count": len(shops)}
    if is_from_environment():
        rest = gettext("As long as PIGGY_API_TOKEN is set, that one is used.")
    else:
        rest = gettext("All processes use it within a few seconds.")
    return f"{words} {rest}"


def _shops_with(token: str) -> list[Shop]:
    """List the shops that a token shows: the smallest look-up."""
    try:
        return list_shops(trial_client(token))
    except Unauthorized:
        words = gettext("Piggy does not take this token. The one before stays in use.")
        raise TokenRefused(words) from None
    except PiggyError as error:
        words = gettext("It could not be tried, so it was not kept: %(why)s") % {
            "why": error.message
        }
        raise TokenRefused(words) from None


def _insist_on_same_account(shops: list[Shop]) -> None:
    """Refuse a token that shows none of the shops that the present one does, while it still can."""
    try:
        present = {shop.uuid for shop in list_shops(piggy_client())}
    except PiggyError:
        return  # it is over already: nobody can tell
    if present and present.isdisjoint(shop.uuid for shop in shops):
        words = gettext(
            "This token is another account's: it shows none of your shops. The one before stays in "
            "use; another account needs a console of its own."
        )
        raise TokenRefused(words)
