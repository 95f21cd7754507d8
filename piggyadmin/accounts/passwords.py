"""Passwords that many people think of, however they dress them up."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop, ngettext_lazy

# What Dutch shops' people think of that is not on Django's list, one word a line.
_DUTCH = Path(__file__).with_name("common-dutch-passwords.txt")
# What Django says of passwords, letter by letter: our own translation says it as all the rest.
# ruff: noqa: RUF001
SAID_BY_DJANGO = (
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be entirely numeric."),
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)
# Figures and signs that stand for letters.
_LETTERS = str.maketrans("013457@$!|€", "oieastasile")
_REPEATED = re.compile(r"\A(.{1,20}?)\1+\Z", re.DOTALL)
# A password as long as one wants, of so few different characters, is none.
FEWEST_CHARACTERS = 5
# What is shorter, such as "com", says nothing of a shop.
SHORTEST_WORD = 4
# What is longer is nobody's common word, and needs no looking at.
LONGEST = 64


class DressedUpPasswordValidator(CommonPasswordValidator):
    """Refuse a common password also with capitals, figures, years and signs around or in it."""

    def __init__(self) -> None:
        super().__init__()
        self.passwords.update(_DUTCH.read_text().split())
        self.passwords.update(words_of_hosts())

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        """Refuse it.

        Raises:
            ValidationError: what is left without its dress is common.
        """
        words = set(undressed(password[:LONGEST].lower()))
        if len(set(password)) < FEWEST_CHARACTERS or words & self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")


def words_of_hosts() -> Iterator[str]:
    """Give what the console's own addresses are made of, such as the name of the shop."""
    for host in settings.ALLOWED_HOSTS:
        for label in host.lower().split("."):
            word = re.sub(r"[\W\d_]", "", label)
            if len(word) >= SHORTEST_WORD:
                yield word


def undressed(password: str) -> Iterator[str]:
    """Give what a password may have been before figures and signs were added to it."""
    head = re.sub(r"[\W\d_]+\Z", "", password)
    for part in (password, head, re.sub(r"\A[\W\d_]+", "", head)):
        for word in (part, part.translate(_LETTERS)):
            letters = re.sub(r"[\W\d_]", "", word)
            repeated = _REPEATED.match(letters)
            yield from (word, letters, repeated[1] if repeated else letters)
