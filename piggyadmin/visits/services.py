"""Calls about visits (beta)."""

from datetime import datetime

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.visits.types import Visit


def list_visits(
    piggy: PiggyClient, *, contact_uuid: str | None = None, page: int = 1, limit: int = 30
) -> Page[Visit]:
    """List visits, at most 500 a page (later docs).

    Raises:
        NotFound: no such contact (55031, inferred).
    """
    params = without_none(contact_uuid=contact_uuid, page=page, limit=limit)
    return piggy.get("visits", params=params).page(Visit, page=page, limit=limit)


def get_visit(piggy: PiggyClient, *, visit_uuid: str) -> Visit:
    """Get one visit (later docs).

    Raises:
        NotFound: there is none (60013, inferred).
    """
    return piggy.get(f"visits/{path_value(visit_uuid)}").one(Visit)


def create_visit(
    piggy: PiggyClient,
    *,
    shop_uuid: str,
    contact_uuid: str,
    external_id: str | None = None,
    source: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Visit:
    """Note a visit. With an external id of one's own a repeat is refused (1003), not doubled.

    Raises:
        NotFound: no such contact (55031) or shop (1008).
    """
    body = without_none(
        shop_uuid=shop_uuid,
        contact_uuid=contact_uuid,
        external_id=external_id,
        source=source,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    return piggy.post("visits", json=body).one(Visit)


def update_visit(
    piggy: PiggyClient,
    *,
    visit_uuid: str,
    external_id: str | None = None,
    source: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Visit:
    """Change what is given of a visit; shop and contact cannot change.

    Raises:
        NotFound: there is none (60013, inferred).
    """
    body = without_none(
        external_id=external_id, source=source, starts_at=starts_at, ends_at=ends_at
    )
    return piggy.put(f"visits/{path_value(visit_uuid)}", json=body).one(Visit)
