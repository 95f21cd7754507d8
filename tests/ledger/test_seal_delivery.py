"""A seal is sent to where it is to go, until it has arrived."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from django.core import mail

from piggyadmin.ledger import tasks
from piggyadmin.ledger.head_seals import HeadSeal, newest_seal
from piggyadmin.ledger.models import Head
from piggyadmin.ledger.seal_delivery import seal_and_send, send_ledger_seal
from piggyadmin.tasks.models import Run
from tests.ledger.making import make_entry
from tests.ledger.test_head_seals import sealed

__all__ = ["sealed"]
pytestmark = pytest.mark.django_db


class Receiver(HTTPServer):
    """What a shop has elsewhere: takes what is posted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.taken: list[dict[str, object]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/seals"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver():
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_it_is_posted_and_mailed(sealed, receiver):
    sealed.LEDGER_SEAL_WEBHOOK, sealed.LEDGER_SEAL_MAIL = receiver.url, ["owner@example.test"]
    make_entry()
    seal = seal_and_send()
    for run in Run.objects.all():
        send_ledger_seal(run)
    (body,) = receiver.taken
    assert body.pop("text").startswith(f"The ledger ended at {Head.objects.get()} on 20")
    assert HeadSeal.model_validate(body) == seal
    assert HeadSeal.model_validate(body).is_genuine()
    (letter,) = mail.outbox
    assert letter.to == ["owner@example.test"]
    assert seal.model_dump_json() in letter.body


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_does_not_arrive_is_sent_again(sealed, receiver, status):
    sealed.LEDGER_SEAL_WEBHOOK = receiver.url
    seal_and_send()
    receiver.status = status
    run = Run.objects.get()
    with pytest.raises(requests.HTTPError):
        send_ledger_seal(run)
    receiver.status = 200
    send_ledger_seal(run)
    assert len(receiver.taken) == 2


def test_nothing_is_sent_where_that_is_not_wanted_any_more(sealed, receiver):
    sealed.LEDGER_SEAL_WEBHOOK = receiver.url
    seal_and_send()
    sealed.LEDGER_SEAL_WEBHOOK = ""
    send_ledger_seal(Run.objects.get())
    assert receiver.taken == []


def test_workers_seal_once_a_day(sealed, receiver):
    sealed.LEDGER_SEAL_WEBHOOK = receiver.url
    tasks.seal_ledger()
    tasks.seal_ledger()
    assert newest_seal().number == 1
    assert [run.key for run in Run.objects.all()] == ["1 webhook"]
