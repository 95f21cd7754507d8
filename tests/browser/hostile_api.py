"""Puts hostile markup into every text that Piggy's API takes, as anybody who has a token could."""

from itertools import count
from typing import Any

from piggyadmin.sandbox import seed
from tests.browser.hostile import email, payload
from tests.sandbox.server import SandboxServer

LINE, TEXT = 220, 800  # characters
CONTACTS = (seed.MIRA_UUID, seed.ANONYMOUS_UUID)
KINDS = ("text", "long_text", "select", "multi_select", "url", "email", "boolean", "date")


class HostileClient:
    """Calls the API, each time with another markup."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.turns = count(100)

    def markup(self, field: str, room: int = LINE) -> str:
        return payload(field, room, next(self.turns))

    def call(self, method: str, path: str, *fields: str, **rest: Any) -> Any:
        """Call with markup in these fields, and with others as they are given."""
        values = {field: self.markup(f"{path}.{field}") for field in fields}
        return self.sandbox.api(method, path, json=values | rest)

    def options(self) -> list[dict[str, Any]]:
        return [{"label": self.markup("option"), "value": self.markup("value")} for _ in range(3)]

    # --- Entity by entity

    def attributes(self) -> None:
        """Make attributes of everything that has some, and groups; give contacts values of them."""
        for path in ("contact", "loyalty-transaction", "promotion", "reward"):
            for kind in KINDS:
                options = {"options": self.options()} if "select" in kind else {}
                names = ("name", "label", "description", "placeholder")
                # Of some it is called one thing, of others another.
                rest = {"data_type": kind, "type": kind, **options}
                self.call("POST", f"{path}-attributes", *names, **rest)
        for entity in ("booking", "contact", "giftcard", "promotion", "visit", "voucher"):
            self.call("POST", "custom-attribute-groups", "name", "label", entity=entity)
            names = ("name", "label", "description", "group_name")
            rest = {"entity": entity, "type": "text"}
            self.call("POST", "custom-attributes", *names, **rest)

    def contacts(self) -> None:
        """Make contacts with addresses that are markup, and change others in every attribute."""
        made = [
            self.call("POST", "contacts", email=email(next(self.turns)))["uuid"] for _ in range(3)
        ]
        writable = [
            each["name"]
            for each in self.call("GET", "contact-attributes")
            if each["type"] in {"text", "long_text", "url"} and not each["is_soft_read_only"]
        ]
        for uuid in (*made, *CONTACTS):
            values = {name: self.markup("value", TEXT) for name in writable}
            values |= {name: self.markup(f"Contact.{name}") for name in ("firstname", "lastname")}
            self.call("PUT", f"contacts/{uuid}", attributes=values)
            names = ("contact_identifier_value", "contact_identifier_name")
            self.call("POST", "contact-identifiers", *names, contact_uuid=uuid)

    def promotions(self) -> None:
        """Make promotions with their own attributes, and vouchers with codes that are markup."""
        own = [each["name"] for each in self.call("GET", "promotion-attributes")]
        values = {name: self.markup("value") for name in own}
        made = self.call("POST", "promotions", "name", "description", **values)
        for contact in CONTACTS:
            rest = {"promotion_uuid": made["uuid"], "contact_uuid": contact}
            rest |= {"custom_attributes": {self.markup("key"): self.markup("value")}}
            self.call("POST", "vouchers", "code", **rest)

    def catalogue(self) -> None:
        """Make products, perks and units, and change rewards."""
        names = ("external_identifier", "name")
        category = self.call("POST", "product-categories", *names)
        categories = [{"uuid": category["uuid"]}]
        self.call("POST", "products", *names, "description", categories=categories)
        options = [{**each, "default": not n} for n, each in enumerate(self.options())]
        kind = "single_select"
        self.call("POST", "perks", "label", "name", data_type=kind, options=options)
        self.call("POST", "units", "name", "label", prefix=self.markup("prefix", 20))
        own = [each["name"] for each in self.call("GET", "reward-attributes")]
        for reward in self.call("GET", "rewards"):
            values = {name: self.markup("value") for name in own}
            self.call("PUT", f"rewards/{reward['uuid']}", "title", "description", **values)

    def transactions(self) -> None:
        """Give credits with attributes that are markup, and book."""
        own = [each["name"] for each in self.call("GET", "loyalty-transaction-attributes")]
        for contact in CONTACTS:
            where = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": contact}
            values = {name: self.markup("value") for name in own}
            self.call("POST", "credit-receptions", credits=1, **where, **values)
            names = ("external_id", "source", "company_name", "status")
            self.call("POST", "bookings", *names, **where)


def write(sandbox: SandboxServer) -> None:
    """Write all of it."""
    client = HostileClient(sandbox)
    client.attributes()
    client.contacts()
    client.promotions()
    client.catalogue()
    client.transactions()
