"""A small account in the sandbox, and a way to call the API without a socket."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from piggyadmin.sandbox.api import PREFIX, ApiAnswer, ApiRequest, handle
from piggyadmin.sandbox.models import (
    Contact,
    ContactIdentifier,
    Job,
    LoyaltyProgram,
    LoyaltyTransaction,
    Promotion,
    Shop,
    Unit,
)

OK = range(200, 300)


class Api:
    """Calls the API as a client that is signed on."""

    token = "sandbox"

    def raw(self, method: str, path: str, **parameters: Any) -> ApiAnswer:
        """Call it, parameters in the query of GET and DELETE and as JSON otherwise."""
        in_query = method in {"GET", "DELETE"}
        return handle(
            ApiRequest(
                method=method,
                path=PREFIX + path,
                query=urlencode(parameters) if in_query else "",
                headers={
                    "authorization": f"Bearer {self.token}",
                    "content-type": "application/json",
                },
                body=b"" if in_query else json.dumps(parameters).encode(),
            )
        )

    def form(self, method: str, path: str, body: str) -> Any:
        """Call it with a form-encoded body, and give `data`."""
        answer = handle(
            ApiRequest(
                method=method,
                path=PREFIX + path,
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                body=body.encode(),
            )
        )
        assert answer.status in OK, answer.body
        return json.loads(answer.body)["data"]

    def envelope(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        """Call it and give the whole envelope; refusals fail the test."""
        answer = self.raw(method, path, **parameters)
        assert answer.status in OK, answer.body
        return dict(json.loads(answer.body))

    def __call__(self, method: str, path: str, **parameters: Any) -> Any:
        return self.envelope(method, path, **parameters)["data"]

    def error(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        """Call it and give the refusal."""
        answer = self.raw(method, path, **parameters)
        assert answer.status == 400, answer.body
        body = dict(json.loads(answer.body))
        assert body["status_code"] == 400
        assert body["message"]
        return body

    def code(self, method: str, path: str, **parameters: Any) -> int:
        """Call it and give the refusal's code."""
        return int(self.error(method, path, **parameters)["code"])

    def wrong(self, method: str, path: str, **parameters: Any) -> set[str]:
        """Call it with invalid input and give the names of the wrong fields."""
        body = self.error(method, path, **parameters)
        assert body["code"] == 1003
        assert all(isinstance(words, list) for words in body["errors"].values())
        return set(body["errors"])


@pytest.fixture
def api() -> Api:
    return Api()


@dataclass
class Account:
    """What a small account has."""

    shop: Shop
    unit: Unit
    program: LoyaltyProgram
    mira: Contact
    double: Contact
    anonymous: Contact
    promotion: Promotion
    others: list[Contact] = field(default_factory=list)


@pytest.fixture
def account() -> Account:
    """Make a small account; Mira has 120 credits, her double 30."""
    shop = Shop.objects.create(name="Amsterdam", address={"city": "Amsterdam"})
    mira = Contact.objects.create(
        email="mira@example.test", credits=120, attributes={"firstname": "Mira"}
    )
    double = Contact.objects.create(
        email="m@example.test", credits=30, attributes={"firstname": "M", "lastname": "Jansen"}
    )
    anonymous = Contact.objects.create(email="anonymous-1@example.test", is_anonymous=True)
    for contact, value in ((mira, "CARD-1"), (double, "CARD-2"), (anonymous, "CARD-ANON")):
        ContactIdentifier.objects.create(value=value, name="Card", contact=contact, is_default=True)
        if contact.credits:
            LoyaltyTransaction.objects.create(contact=contact, shop=shop, credits=contact.credits)
    return Account(
        shop=shop,
        unit=Unit.objects.create(
            name="purchase_amount", label="Purchase amount", prefix="€", is_default=True
        ),
        program=LoyaltyProgram.objects.create(name="Beans", max_amount=1000),
        mira=mira,
        double=double,
        anonymous=anonymous,
        promotion=Promotion.objects.create(name="Coffee", description="One", voucher_limit=10),
    )


@pytest.fixture
def finish_jobs():
    """Give a function that makes all promised jobs due."""

    def finish() -> None:
        Job.objects.update(due_at="2020-01-01T00:00:00Z")

    return finish
