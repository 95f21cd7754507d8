"""What the people of a shop do all day, for Locust: `python -m tests.bench.load` starts it.

Each signs in once, and then does one thing after the other with pauses between, as its role does: a
page with all of its panels, as a browser asks for them. `LOAD_PAUSES` says how long the pauses are;
`LOAD_ALONE=1` has one of each role.
"""

import os
import re
from html import unescape
from itertools import cycle
from urllib.parse import urlencode, urlsplit

from locust import FastHttpUser, between, task

SHORTEST, LONGEST = map(float, os.environ.get("LOAD_PAUSES", "5-15").split("-"))  # seconds
ONE_OF_EACH = int(os.environ.get("LOAD_ALONE", "0"))
CREDITS = "/actions/create-credit-reception/"
SHOP = "c0ffee00-0000-4000-8000-000000000101"
SMALL = "welcome-active"
CODES = cycle(["WELCOME-ACTIVE", "WELCOME-LOCKED", SMALL])
NAMES = cycle(["jansen", "de vr", "smit", "mira", "peters", "example.test"])
ELEMENT = re.compile(r"<[a-z][^>]*\bhx-get=[^>]*>")
ADDRESS = re.compile(r'hx-get="([^"]*)"')
COMES_BY_ITSELF = re.compile(r'hx-trigger="[^"]*\bload\b')
COMES_INTO_VIEW = re.compile(r'hx-trigger="[^"]*\b(?:load|revealed|intersect)\b')
# Every other page is scrolled down.
SCROLLS = cycle([COMES_BY_ITSELF, COMES_INTO_VIEW])
# Everybody serves other customers: nobody is held back for what a colleague has just given.
PAGES = cycle(range(1, 51))
HIDDEN = re.compile(r'name="(agreement|submission_key)"\s+value="([^"]*)"')
CUSTOMER = re.compile(r'href="(/contacts/[0-9a-f-]{36}/)')
TELLING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|WELCOME-\w+|welcome-\w+|\d+")

# So few that nobody reaches, in ten minutes, what a second person has to agree to.
credits_given = cycle(range(1, 60))


def kind_of(path: str) -> str:
    """Give what all pages of a kind have in common, for the statistics.

    A code in small letters is asked for twice: as it was typed, and as codes are written.
    """
    path = urlsplit(path).path
    return TELLING.sub("…", path) + (" in small letters" if SMALL in path else "")


class Colleague(FastHttpUser):
    """Somebody at work in the console, with a customer list to go through."""

    abstract = True
    wait_time = between(SHORTEST, LONGEST)
    role = ""

    def on_start(self) -> None:
        """Sign in, and learn of some customers."""
        self.client.get("/accounts/login/", name="sign in")
        form = {"login": self.role, "password": "piggy-demo"}
        self.send("/accounts/login/", form, name="sign in")
        found = self.client.get(f"/contacts/?page={next(PAGES)}", name="sign in").text
        self.customers = cycle(sorted(set(CUSTOMER.findall(found))) or ["/contacts/"])

    def open(self, path: str) -> str:
        """Open a page, and ask for its panels."""
        text = self.client.get(path, name=kind_of(path)).text
        comes = next(SCROLLS)
        for element in ELEMENT.findall(text):
            if comes.search(element):
                panel = unescape(ADDRESS.search(element)[1])
                headers = {"HX-Request": "true"}
                self.client.get(panel, name=f"panel {kind_of(panel)}", headers=headers)
        return str(text)

    @task
    def look_at_desk(self) -> None:
        """See what is new."""
        self.open("/")

    def send(self, path: str, form: dict[str, str], *, name: str) -> str:
        """Send a form; the answer has to be a page."""
        cookies = {cookie.name: cookie.value for cookie in self.client.cookiejar}
        body = {**form, "csrfmiddlewaretoken": cookies["csrftoken"]}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.host}
        with self.client.post(
            path, urlencode(body), name=name, headers=headers, catch_response=True
        ) as answer:
            if "has-errors" in (answer.text or ""):
                answer.failure("the form was not taken")
            return str(answer.text)


class Support(Colleague):
    """Looks customers and vouchers up."""

    weight, fixed_count = 4, ONE_OF_EACH
    role = "support"

    @task(3)
    def find_customer(self) -> None:
        """Type a name, and open whoever it is."""
        self.send("/search/suggestions/", {"q": next(NAMES)}, name="/search/suggestions/")
        self.open(next(self.customers))

    @task(3)
    def look_voucher_up(self) -> None:
        """See whether a voucher is good."""
        self.open(f"/vouchers/{next(CODES)}/")


class Staff(Colleague):
    """Gives credits, and looks after bookings."""

    weight, fixed_count = 5, ONE_OF_EACH
    role = "staff"

    @task(3)
    def give_credits(self) -> None:
        """Open a customer, and give some credits."""
        customer = next(self.customers)
        self.open(customer)
        uuid = customer.split("/")[2]
        number = next(credits_given)
        form = {"contact_uuid": uuid, "shop_uuid": SHOP, "credits": str(number)}
        form |= {"reason": "Goodwill"}
        self.client.get(f"{CREDITS}?contact_uuid={uuid}", name="give credits: form")
        preview = self.send(CREDITS, form, name="give credits: preview")
        keys = {name: unescape(value) for name, value in HIDDEN.findall(preview)}
        self.send(CREDITS, {**form, **keys, "step": "confirm"}, name="give credits: done")

    @task(2)
    def look_at_bookings(self) -> None:
        """See who comes."""
        self.open("/bookings/")


class Admin(Colleague):
    """Reads the ledger, and goes through duplicates."""

    weight, fixed_count = 1, ONE_OF_EACH
    role = "admin"

    @task(2)
    def read_ledger(self) -> None:
        """See what was done."""
        self.open("/ledger/")

    @task
    def look_at_duplicates(self) -> None:
        """See what waits to be decided."""
        self.open("/duplicates/")

    @task
    def look_at_requests(self) -> None:
        """See how Piggy does."""
        self.open("/requests/")
