"""Markup that nobody of the console has written, for every field there is to put text into.

Every element and every broken-out attribute of it is marked `zzp`, every address in it begins so,
and every text names its field: a page tells what got in, and which fields it shows. With LONG_WORDS
in the environment it is not markup but one word of all the letters that there is room for.
"""

import os
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from piggyadmin.sealed_fields import SealedJSONField

MARK = "zzp"
LONG_WORDS = "LONG_WORDS" in os.environ
# Characters of a text whose length nothing limits.
ENDLESS = 10_000 if LONG_WORDS else 600
COMPUTED = "387420489"  # what {{ 9**9 }} is, where something computes it
_ASKS = f'hx-post="/{MARK}" hx-trigger="load"'
# For texts of any length, of 255 characters, of 100, and of 40; several are taken in turn.
PAYLOADS = {
    600: (
        f"\"'></p></div></td></form><div {MARK} {_ASKS} data-hx-on:load='alert(1)'>"
        f"<form {MARK} action=/{MARK} method=post><input {MARK} data-peek name=q value=1 autofocus>"
        f'<script {MARK}>alert(1)</script><iframe {MARK} src="javascript:alert(1)"></iframe>'
        f"<img {MARK} src=/{MARK} onerror=alert(1)>"
        f"<meta {MARK} http-equiv=refresh content='0;/{MARK}'>"
        "{{ 9**9 }}{% load zzp %}",
    ),
    220: (
        f"\"'><div {MARK} {_ASKS}><form {MARK} action=/{MARK}><script {MARK}>alert(1)</script>",
        f"</textarea></title></script><img {MARK} src=/{MARK} onerror=alert(1)>{{{{ 9**9 }}}}",
        f'" {MARK} data-hx-get="/{MARK}" data-hx-trigger="load" onfocus="alert(1)" autofocus x="',
        f"' {MARK} hx-on::load='alert(1)' style='x:y' {MARK}='",
        f'<a {MARK} href="javascript:alert(1)" hx-get="/{MARK}" hx-trigger=load>x</a>',
    ),
    60: (f"\"'><a {MARK} hx-get=/{MARK} hx-trigger=load>",),
    30: (f"\"'><b {MARK}>",),
    14: (f"<b {MARK}>",),
}
URLS = (
    f"javascript:alert('{MARK}')",
    f' javaSCRIPT:alert("{MARK}")',
    f'data:text/html,<b {MARK}>"',
)
# Quoted, an address may hold nearly everything but spaces.
EMAIL = f"<img/{MARK}/src=/{MARK}/hx-get=/{MARK}/hx-trigger=load>"


def payload(field: str, room: int, turn: int = 0) -> str:
    """Give markup of at most so many characters, which names the field where there is room."""
    if LONG_WORDS:
        return f"{MARK}{turn}".ljust(room, "W")[:room]
    name = f" {field}:{turn}"
    fitting = max(size for size in PAYLOADS if size <= max(room - len(name), min(PAYLOADS)))
    several = PAYLOADS[fitting]
    text = several[turn % len(several)]
    return text + name if len(text + name) <= room else text


def email(number: int) -> str:
    """Give an e-mail address that passes for one."""
    if LONG_WORDS:
        return f"{number}{'w' * 50}@{MARK}.test"
    return f'"{EMAIL}{number}"@{MARK}.test'


def within(value: Any, field: str, turn: int) -> Any:
    """Put markup beside every text within JSON."""
    if isinstance(value, str):
        return value if MARK in value else payload(field, ENDLESS, turn)
    if isinstance(value, list):
        return [within(each, f"{field}[]", turn) for each in value]
    if isinstance(value, dict):
        return {key: within(each, f"{field}.{key}", turn) for key, each in value.items()}
    return value


def poisoned(row: models.Model, field: Any) -> Any:
    """Give what a field of a row is to hold."""
    name, turn = f"{type(row).__name__}.{field.name}", row.pk if isinstance(row.pk, int) else 0
    if isinstance(field, models.JSONField | SealedJSONField):
        return within(getattr(row, field.name), name, turn)
    if "email" in field.name or field.name == "to":
        return email(turn)
    if field.name in {"url", "link", "media"}:
        return f"{URLS[turn % len(URLS)]} {name}"
    return payload(name, field.max_length or 800, turn)


def texts_of(model: type[models.Model], left_alone: Collection[str]) -> list[Any]:
    """List the fields of a model that hold text of any wording."""
    return [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and not field.primary_key
        and f"{model.__name__}.{field.name}" not in left_alone
    ]


def poison(rows: Iterable[models.Model], left_alone: Collection[str]) -> None:
    """Put markup into every text of these rows, but into the fields that are left alone."""
    for row in rows:
        fields = texts_of(type(row), left_alone)
        values = {field.attname: poisoned(row, field) for field in fields}
        if values:
            type(row)._base_manager.filter(pk=row.pk).update(**values)
