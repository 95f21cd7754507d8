"""Visits: they can be made, changed, listed and read."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    contact_by_email,
    contact_by_uuid,
    contact_key,
    one,
    shop_by_uuid,
)
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import Visit
from piggyadmin.sandbox.responses import Reply, Slice, meta_b
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

MAX_LIMIT = 500
LIST_PATH = "/api/v3/oauth/clients/visits"


@route("GET", "visits")
def list_visits(given: Given) -> Reply:
    """List visits, the newest first, by contact where wanted."""
    part = Slice.read(given, default=30, least=0, most=MAX_LIMIT)
    contact_uuid = given.optional_text("contact_uuid")
    given.check()
    rows = Visit.objects.all()
    if contact_uuid:
        rows = rows.filter(contact=contact_key(contact_uuid))
    page = part.of(rows, Visit.objects.select_related("contact"))
    return Reply([serializers.booking(row) for row in page.rows], meta_b(page, LIST_PATH))


@route("GET", "visits/{visit_uuid}")
def get_visit(given: Given, visit_uuid: str) -> Reply:  # noqa: ARG001
    """Give one visit; the code for an unknown one is inferred."""
    return Reply(serializers.booking(_visit(visit_uuid)))


def _visit(uuid: str) -> Visit:
    rows = Visit.objects.filter(uuid=uuid).select_related("contact")
    return one(rows, errors.RECORD_NOT_FOUND)


@route("POST", "visits")
def create_visit(given: Given) -> Reply:
    """Note that a contact was at a shop."""
    shop_uuid, contact_uuid = given.text("shop_uuid"), given.text("contact_uuid")
    row = Visit()
    _read(given, row)
    row.shop, row.contact = shop_by_uuid(shop_uuid), contact_by_uuid(contact_uuid)
    _save(row)
    return Reply(serializers.booking(row))


@route("PUT", "visits/{visit_uuid}")
def update_visit(given: Given, visit_uuid: str) -> Reply:
    """Change what is given; shop and contact stay."""
    row = _visit(visit_uuid)
    _read(given, row)
    _save(row)
    return Reply(serializers.booking(row))


@route("POST", "visits/batch")
def create_visits(given: Given) -> Reply:
    """Note several visits, all or none; the contact is named by e-mail address."""
    rows = [_of_batch(each) for each in given.items("visits")]
    if not rows:
        given.reject("visits", "The visits field is required.")
    given.check()
    return Reply([serializers.booking(row) for row in rows])


def _of_batch(values: Json) -> Visit:
    given = Given(values if isinstance(values, Mapping) else {})
    email, shop_uuid = given.email("contact_email"), given.text("business_profile_uuid")
    row = Visit()
    _read(given, row)
    contact = contact_by_email(email)
    if contact is None:
        raise ApiError(errors.CONTACT_NOT_FOUND)
    row.shop, row.contact = shop_by_uuid(shop_uuid), contact
    _save(row)
    return row


def _read(given: Given, row: Visit) -> None:
    """Take over what was given, and nothing else."""
    values: dict[str, Any] = {}
    if "external_id" in given:
        values["external_id"] = given.optional_text("external_id")
    if "source" in given:
        values["source"] = given.optional_text("source") or ""
    for name in ("starts_at", "ends_at"):
        if name in given:
            values[name] = given.optional_moment(name)
    for name, value in values.items():
        setattr(row, name, value)
    if row.starts_at and row.ends_at and row.ends_at < row.starts_at:
        given.reject("ends_at", "The ends_at must be a date after starts_at.")
    given.check()


def _save(row: Visit) -> None:
    """Save a visit; its `external_id` counts once."""
    try:
        with transaction.atomic(using="sandbox"):
            row.save()
    except IntegrityError:
        message = "The external_id has already been taken."
        raise errors.invalid("external_id", message) from None
