"""What the official PHP SDK (3.x) does: how it sends, and what its mappers need of an answer.

Its mappers hand keys over to typed constructors. A key that is not there, or null where the
constructor takes none, ends the caller's request with an error. The shapes below say which keys
those are, and of which type; what a mapper looks for first is marked with `maybe`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.sandbox.server import SandboxServer


@dataclass(frozen=True)
class Maybe:
    """A key that may be missing or null, and what it must be otherwise."""

    shape: Any


def maybe(shape: Any) -> Maybe:
    return Maybe(shape)


class Moment:
    """Text that PHP's DATE_ATOM reads: to the second, with an offset."""


class Map:
    """An object, or the empty list as which PHP writes an empty one."""


def check(data: Any, shape: Any, path: str = "data") -> None:
    """Fail where `data` is not what a mapper can read."""
    if isinstance(shape, Maybe):
        if data is not None:
            check(data, shape.shape, path)
    elif isinstance(shape, list):
        assert isinstance(data, list), f"{path} is no list: {data!r}"
        for index, each in enumerate(data):
            check(each, shape[0], f"{path}[{index}]")
    elif isinstance(shape, dict):
        _check_object(data, shape, path)
    elif shape is Moment:
        moment = datetime.strptime(data, "%Y-%m-%dT%H:%M:%S%z")
        assert moment.tzinfo, path
    elif shape is Map:
        assert isinstance(data, dict) or data == [], f"{path} is no map: {data!r}"
    else:
        is_number = shape is float and isinstance(data, int)
        right = isinstance(data, shape) and (shape is bool or not isinstance(data, bool))
        assert is_number or right, f"{path} is no {shape.__name__}: {data!r}"


def _check_object(data: Any, shape: dict[str, Any], path: str) -> None:
    assert isinstance(data, dict), f"{path} is no object: {data!r}"
    for key, wanted in shape.items():
        if not isinstance(wanted, Maybe):
            assert key in data, f"{path} lacks {key}: {sorted(data)}"
        check(data.get(key), wanted, f"{path}.{key}")


OPTION = dict  # read with get_object_vars
SHOP = {"uuid": str, "name": str, "id": maybe(int)}
UNIT = {"name": str, "label": maybe(str), "is_default": maybe(bool), "prefix": maybe(str)}
MEDIA = {"type": str, "value": str}
SUBSCRIPTION_TYPE = {
    "uuid": maybe(str),
    "name": str,
    "description": str,
    "active": bool,
    "strategy": str,
}
SUBSCRIPTION = {"subscription_type": SUBSCRIPTION_TYPE, "is_subscribed": bool, "status": str}
PREPAID_BALANCE = {"balance_in_cents": int}
CREDIT_BALANCE = {"balance": int}
ORDER = {
    "uuid": str,
    "external_identifier": str,
    "status": str,
    "payment_status": str,
    "total_order_amount": int,
    "contact": {"uuid": str},
    "business_profile": {"uuid": str},
    "line_items": [{"uuid": str, "name": str, "quantity": int, "total_amount": int}],
    "created_at": Moment,
    "updated_at": Moment,
}
ORDER_RETURN = {
    "uuid": str,
    "status": str,
    "order": {"uuid": str},
    "line_item_returns": [{"uuid": str, "quantity": int}],
    "sub_line_item_returns": list,
}
ATTRIBUTE = {
    "name": str,
    "label": str,
    "type": str,
    "description": maybe(str),
    "options": maybe([OPTION]),
}
CONTACT = {
    "uuid": str,
    "email": maybe(str),
    "prepaid_balance": maybe(PREPAID_BALANCE),
    "credit_balance": maybe(CREDIT_BALANCE),
    "attributes": maybe([{"value": str, "attribute": ATTRIBUTE}]),
    "subscriptions": maybe([SUBSCRIPTION]),
    "current_values": maybe(dict),
}
FULL_CONTACT = {**CONTACT, "current_values": dict, "credit_balance": CREDIT_BALANCE}
IDENTIFIER = {
    "value": str,
    "active": maybe(bool),
    "name": maybe(str),
    "contact": maybe(CONTACT),
}
RECEPTION = {
    "type": str,
    "credits": int,
    "uuid": str,
    "contact": maybe(CONTACT),
    "shop": maybe(SHOP),
    "contact_identifier": maybe(IDENTIFIER),
    "created_at": Moment,
    "unit_value": maybe(float),
    "unit": maybe(UNIT),
}
LOYALTY_ATTRIBUTE = {
    "name": str,
    "label": str,
    "type": str,
    "field_type": str,
    "placeholder": maybe(str),
    "options": maybe([OPTION]),
    "is_piggy_defined": bool,
    "is_soft_read_only": bool,
    "is_hard_read_only": bool,
}
REWARD = {
    "uuid": str,
    "title": maybe(str),
    "required_credits": maybe(int),
    "media": maybe(MEDIA),
    "description": maybe(str),
    "active": maybe(bool),
    "reward_type": str,
}
PHYSICAL_RECEPTION = {
    "type": str,
    "credits": int,
    "uuid": str,
    "contact": CONTACT,
    "shop": SHOP,
    "contact_identifier": maybe(IDENTIFIER),
    "created_at": Moment,
    "title": str,
    "reward": REWARD,
    "has_been_collected": bool,
}
DIGITAL_RECEPTION = {
    **{key: PHYSICAL_RECEPTION[key] for key in ("type", "credits", "uuid", "contact", "shop")},
    "created_at": Moment,
    "title": str,
    "digital_reward": REWARD,
    "digital_reward_code": {"code": str},
}
COLLECTABLE = {
    "contact": CONTACT,
    "created_at": Moment,
    "uuid": str,
    "title": str,
    "reward": REWARD,
    "expires_at": Moment,
    "has_been_collected": bool,
}
COLLECTED = {"uuid": str, "status": str}
DESCRIBED_ATTRIBUTE = {
    "name": str,
    "label": str,
    "description": str,
    "type": str,
    "options": [OPTION],
    "id": maybe(int),
    "placeholder": maybe(str),
}
CUSTOM_ATTRIBUTE = {
    "id": int,
    "entity": str,
    "name": str,
    "label": str,
    "type": str,
    "is_piggy_defined": bool,
    "is_soft_read_only": bool,
    "is_hard_read_only": bool,
    "has_unique_value": bool,
    "description": str,
    "options": list,
    "position": int,
    "created_at": str,
    "can_be_deleted": bool,
    "meta": list,
    "group_name": maybe(str),
    "field_type": maybe(str),
    "last_used_date": maybe(str),
}
PROMOTION = {
    "uuid": str,
    "name": str,
    "description": str,
    "voucher_limit": maybe(int),
    "limit_per_contact": maybe(int),
    "expiration_duration": maybe(int),
    "attributes": Map,
    "type": str,
    "redemptions_per_voucher": maybe(int),
    "media": maybe(MEDIA),
}
SHORT_VOUCHER = {"uuid": str, "status": str, "attributes": Map}
VOUCHER = {
    **SHORT_VOUCHER,
    "code": maybe(str),
    "name": maybe(str),
    "description": maybe(str),
    "promotion": PROMOTION,
    "contact": maybe(CONTACT),
    "redeemed_at": maybe(Moment),
    "is_redeemed": maybe(bool),
    "activation_date": maybe(Moment),
    "expiration_date": maybe(Moment),
}
LOCK = {
    "release_key": str,
    "locked_at": Moment,
    "unlocked_at": maybe(Moment),
    "system_release_at": maybe(Moment),
}
VOUCHER_LOCK = {"voucher": SHORT_VOUCHER, "lock": LOCK}
GIFTCARD = {
    "uuid": str,
    "hash": str,
    "amount_in_cents": int,
    "type": str,
    "active": bool,
    "upgradeable": bool,
    "giftcard_program": maybe({"uuid": str, "name": str, "active": maybe(bool)}),
    "expiration_date": maybe(Moment),
}
GIFTCARD_TRANSACTION = {
    "uuid": str,
    "amount_in_cents": int,
    "created_at": Moment,
    "type": maybe(str),
    "settled": maybe(bool),
    "shop": maybe(SHOP),
    "settlements": maybe([Map]),
    "id": maybe(int),
    "card": maybe(dict),
}
PREPAID_TRANSACTION = {
    "amount_in_cents": int,
    "prepaid_balance": PREPAID_BALANCE,
    "uuid": str,
    "created_at": Moment,
}
TIER = {
    "name": str,
    "position": maybe(int),
    "uuid": maybe(str),
    "description": maybe(str),
    "media": maybe(dict),
}
PERK = {"uuid": str, "label": str, "name": str, "data_type": str}
PROGRAM = {"id": int, "name": str, "max_amount": maybe(int), "custom_credit_name": maybe(str)}
FORM = {"name": str, "status": str, "url": str, "uuid": str, "type": str}
PORTAL_SESSION = {
    "url": str,
    "uuid": str,
    "shop": SHOP,
    "created_at": Moment,
    "contact": maybe(CONTACT),
}
WEBHOOK = {
    "uuid": str,
    "name": str,
    "event_type": str,
    "url": str,
    "properties": maybe(list),
    "status": str,
    "version": str,
    "created_at": Moment,
}
AUTOMATION = {
    "name": str,
    "status": str,
    "event": str,
    "created_at": Moment,
    "updated_at": Moment,
}
REFERRAL = {
    "uuid": str,
    "referred_contact": dict,
    "referring_contact": dict,
    "status": str,
}
BRAND_KIT = {
    **{f"{size}_logo_url": maybe(str) for size in ("small", "large")},
    **{
        f"{which}_color": maybe(str)
        for which in ("primary", "secondary", "tertiary", "quaternary", "font")
    },
    **{name: maybe(str) for name in ("cover_image_url", "description", "corner_theme")},
    "font_family": maybe(str),
}
CATEGORY = {"uuid": str, "external_identifier": str, "name": maybe(str)}
PRODUCT = {
    "uuid": str,
    "external_identifier": str,
    "name": str,
    "description": maybe(str),
    "categories": maybe([CATEGORY]),
}


class Sdk:
    """Sends as the SDK does: everything form-encoded with PHP's nesting, GETs too."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server

    def __call__(self, method: str, path: str, shape: Any = None, **parameters: Any) -> Any:
        """Call the API, check what the mapper needs, and give `data`."""
        fields = urlencode(list(_nested(parameters)))
        in_query = method in {"GET", "DELETE"}
        response = self.server.session.request(
            method,
            f"{self.server.url}/api/v3/oauth/clients/{path}",
            params=fields if in_query else None,
            data="" if in_query else fields,
            headers={
                "Authorization": f"Bearer {self.server.token}",
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=60,
        )
        assert response.ok, f"{method} {path}: {response.text[:500]}"
        content = response.json()
        assert "data" in content, path
        if shape is not None:
            check(content["data"], shape, f"{method} {path}")
        return content["data"]


def _nested(value: Any, name: str = "") -> Any:
    """Name fields as PHP's http_build_query does: null is left out, booleans are 1 and 0."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in pairs:
            yield from _nested(each, f"{name}[{key}]" if name else str(key))
    elif value is not None:
        yield name, str(int(value)) if isinstance(value, bool) else str(value)
