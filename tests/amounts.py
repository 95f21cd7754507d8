"""What pages and sentences say, with amounts as tests write them."""

from piggyadmin.ledger import rows
from tests.actions import test_views


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


def text(response) -> str:
    return plain(test_views.text(response))


def sentence_of(entry) -> str:
    return plain(rows.sentence_of(entry))
