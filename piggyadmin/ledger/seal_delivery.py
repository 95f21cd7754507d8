"""Sending seals of the ledger's end to where nobody who can change the ledger can change them."""

from collections.abc import Callable

import requests
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.head_seals import HeadSeal, seal_head
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.runs import start

TIMEOUT = (3.05, 10.0)  # seconds to connect, and to read


def seal_and_send() -> HeadSeal:
    """Seal where the chain ends, and have that sent wherever it is to go.

    Raises:
        SealFileDamaged: see `seal_head`.
        EndUnknown: see `seal_head`.
        OSError: the file cannot be written.
    """
    seal = seal_head()
    for way in ways():
        payload = {"way": way, "seal": seal.model_dump(mode="json")}
        start("send-ledger-seal", key=f"{seal.number} {way}", payload=payload)
    return seal


def ways() -> list[str]:
    """List the ways by which seals are to be sent."""
    wanted = {"webhook": settings.LEDGER_SEAL_WEBHOOK, "mail": settings.LEDGER_SEAL_MAIL}
    return [way for way, target in wanted.items() if target]


@resumable("send-ledger-seal", label=_("Sending the ledger's end elsewhere"))
def send_ledger_seal(run: Run) -> None:
    """Send one seal by one way, again and again until it has arrived."""
    if run.payload["way"] in ways():
        _WAYS[run.payload["way"]](HeadSeal.model_validate(run.payload["seal"]))


def words_of(seal: HeadSeal) -> str:
    """Say what a seal says, as `ledger_verify --head` takes it."""
    return f"The ledger ended at {seal.sequence}:{seal.hash} on {seal.at:%Y-%m-%d %H:%M} UTC."


def _post(seal: HeadSeal) -> None:
    """Post it as JSON; `text` is what chat programs show.

    Raises:
        RequestException: it did not arrive.
    """
    body = {"text": words_of(seal), **seal.model_dump(mode="json")}
    response = requests.post(
        settings.LEDGER_SEAL_WEBHOOK, json=body, timeout=TIMEOUT, allow_redirects=False
    )
    if not response.ok or response.is_redirect:
        raise requests.HTTPError(response=response)


def _mail(seal: HeadSeal) -> None:
    text = f"{words_of(seal)}\n\n{seal.model_dump_json()}\n"
    send_mail(f"Ledger seal {seal.number}", text, None, settings.LEDGER_SEAL_MAIL)


_WAYS: dict[str, Callable[[HeadSeal], None]] = {"webhook": _post, "mail": _mail}
