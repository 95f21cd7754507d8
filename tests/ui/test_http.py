"""What is done once an answer has left."""

import logging

import pytest
from django.db import DatabaseError
from django.http import HttpResponse

from piggyadmin.ui.http import after_answer

# The end of an answer is when Django looks after its connections.
pytestmark = pytest.mark.django_db


def test_it_is_done_when_the_answer_has_left_and_not_before():
    done = []
    response = HttpResponse("page")
    after_answer(response, lambda: done.append("counted"))
    assert done == []
    response.close()
    assert done == ["counted"]


def test_a_failure_is_logged_without_its_words(caplog):
    def fails():
        raise DatabaseError("secret")

    response = HttpResponse("page")
    after_answer(response, fails)
    with caplog.at_level(logging.WARNING):
        response.close()
    assert "DatabaseError" in caplog.text
    assert "secret" not in caplog.text
