"""What is refused beside the fields of a mailing."""

import pytest

from piggyadmin.voucher_mails.forms import MailForm
from tests.voucher_mails.making import SUBJECT, TEXT, kinds


@pytest.fixture
def filled(sandbox, piggy, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"

    def fill(**changes: str) -> MailForm:
        data = {"kind": kinds(sandbox)["Service"], "subject": SUBJECT, "text": TEXT, **changes}
        return MailForm(data, piggy=piggy, mailing=None)

    return fill


def test_what_is_kept(sandbox, filled):
    form = filled()
    assert form.is_valid(), form.errors
    kind = {"kind": kinds(sandbox)["Service"], "kind_name": "Service"}
    assert form.texts == {**kind, "subject": SUBJECT, "text": TEXT}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("subject", "Hello {nam}", "Nothing is known for {nam}. What can be filled in: {code},"),
        ("text", "{code} {a} {b|c}", "Nothing is known for {a}, {b}."),
        ("text", "{code} {", "curly bracket"),
        ("text", "Hello", "The code is not in it."),
        ("text", "", "or neither"),
        ("subject", "", "or neither"),
        ("subject", "Hello\r\nBcc: all@example.test", "control characters"),
        ("subject", "x" * 151, "150"),
        ("kind", "other", "Select a valid choice"),
        ("kind", "", "required"),
    ],
)
def test_what_is_refused(filled, name, value, words):
    form = filled(**{name: value})
    assert words in str(form.errors.as_data()[name][0].messages[0])
    assert list(form.errors) == [name]


def test_the_code_may_stand_in_the_subject(filled):
    assert filled(subject="{code}", text="Hello").is_valid()


def test_just_a_file(filled):
    assert filled(subject="", text="").is_valid()


def test_without_a_mail_server_there_is_only_a_file(filled, settings):
    settings.EMAIL_URL = ""
    form = filled()
    assert list(form.fields) == ["kind"]
    assert form.is_valid()
    assert (form.texts["subject"], form.texts["text"]) == ("", "")
