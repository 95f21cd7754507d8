"""Two colleagues share a browser: nobody's form is booked in the other's name."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from piggyadmin.accounts.form_owners import OPENED_BY, mark_of
from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Entry
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.conftest import person, signed_in
from tests.ledger.reading import typed_in
from tests.test_hostile_addresses import patterns
from tests.test_urls import SAMPLE as SAMPLE_PARTS

pytestmark = pytest.mark.django_db
URL = "/actions/create-credit-reception/"
SAMPLE = SAMPLES["create-credit-reception"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def daan():
    return person(Role.STAFF)


@pytest.fixture
def noor():
    return person(Role.ADMIN)


def take_over(browser: Client, colleague: User) -> Client:
    """Sign a colleague in, in the same browser."""
    browser.force_login(colleague)
    return browser


def opened(browser: Client, url: str = URL) -> dict[str, str]:
    return typed_in(browser.get(url).content.decode())


def agreed(browser: Client, form: dict[str, str]) -> dict[str, str]:
    """Check a form, and give it with the agreement."""
    page = browser.post(URL, {**form, **SAMPLE, "step": "run"}).content.decode()
    return {**typed_in(page), **SAMPLE, "step": "confirm"}


def test_the_own_form_is_taken(daan, sandbox):
    browser = signed_in(daan)
    form = agreed(browser, opened(browser))
    assert form[OPENED_BY] == mark_of(daan)
    browser.post(URL, form)
    assert Entry.objects.get().person_id == daan.pk


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_a_colleague_opened_is_asked_anew(daan, noor, sandbox, headers):
    browser = signed_in(daan)
    form = agreed(browser, opened(browser))
    take_over(browser, noor)
    answer = browser.post(URL, form, headers=headers)
    assert answer.get("HX-Redirect" if headers else "Location") == URL
    assert not Entry.objects.exists()
    page = browser.get(URL).content.decode()
    assert "You are signed in as Admin now, and somebody else had opened this form." in page
    again = typed_in(page)
    assert again["comment"] == SAMPLE["comment"]
    assert again[OPENED_BY] == mark_of(noor)
    assert again["submission_key"] != form["submission_key"]
    assert sandbox.calls("POST") == []


def test_the_agreement_alone_is_of_no_use_to_another(daan, noor, sandbox):
    """Even where a form does not say whose it is."""
    browser = signed_in(daan)
    form = agreed(browser, opened(browser))
    del form[OPENED_BY]
    page = take_over(browser, noor).post(URL, form).content.decode()
    assert "Something has changed since you checked." in page
    assert not Entry.objects.exists()


def test_much_that_was_typed_is_kept_too(daan, noor, sandbox):
    browser = signed_in(daan)
    form = opened(browser) | SAMPLE | {"comment": "".join(chr(0x4E00 + n) for n in range(2000))}
    take_over(browser, noor).post(URL, form)
    assert opened(browser)["comment"] == form["comment"]


def test_a_token_that_is_old_loses_nothing(daan, noor, sandbox):
    """Without JavaScript the token of the form is the one from before the colleague came."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(daan)
    form = opened(browser) | SAMPLE
    for colleague, words in ((daan, "You have signed in again"), (noor, "signed in as Admin now")):
        take_over(browser, colleague)
        browser.get("/")
        browser.cookies["csrftoken"] = "x" * 32
        assert browser.post(URL, form)["Location"] == URL
        page = browser.get(URL).content.decode()
        assert words in page
        assert typed_in(page)["comment"] == SAMPLE["comment"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("sign", ["Origin", "Sec-Fetch-Site"])
def test_a_form_of_a_page_that_does_not_say_whose_it_is_is_asked_anew(sign, daan, sandbox):
    """Browsers say that it is from a page; whoever has fetched none answers for what is sent."""
    browser = signed_in(daan)
    form = agreed(browser, opened(browser))
    del form[OPENED_BY]
    answer = browser.post(URL, form, headers={sign: "http://testserver"})
    assert answer["Location"] == URL
    assert not Entry.objects.exists()
    page = browser.get(URL).content.decode()
    assert "You are signed in as Staff now" in page
    assert typed_in(page)["comment"] == SAMPLE["comment"]
    browser.post(URL, form)
    assert Entry.objects.get().person_id == daan.pk


def test_a_forged_mark_is_nobodys(daan, sandbox):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(daan)
    answer = browser.post(URL, SAMPLE | {OPENED_BY: "1:forged"})
    assert answer.status_code == 403
    browser = signed_in(daan)
    assert browser.post(URL, SAMPLE | {OPENED_BY: "1:forged"}).status_code == 302
    assert not Entry.objects.exists()


def test_forms_of_the_admin_site_belong_to_somebody_too(daan):
    root, other = (User.objects.create_superuser(name) for name in ("root", "other"))
    browser = signed_in(root)
    url = f"/admin/accounts/user/{daan.pk}/change/"
    form = typed_in(browser.get(url).content.decode()) | {"email": "changed@example.test"}
    assert form[OPENED_BY] == mark_of(root)
    take_over(browser, other).post(url, form)
    daan.refresh_from_db()
    assert daan.email == ""


def test_whoever_is_here_can_sign_out(daan, noor):
    browser = signed_in(noor)
    browser.post("/accounts/logout/", {OPENED_BY: mark_of(daan)})
    assert browser.get("/").status_code == 302


class _Forms(HTMLParser):
    """Collects the forms that post, and those that say whose they are."""

    def __init__(self) -> None:
        super().__init__()
        self.posting: set[str] = set()
        self.owned: set[str] = set()
        self._form = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "form":
            self._form = facts.get("id") or str(self.getpos())
            if (facts.get("method") or "").lower() == "post" or "hx-post" in facts:
                self.posting.add(self._form)
        elif tag == "input" and facts.get("name") == OPENED_BY:
            self.owned.add(facts.get("form") or self._form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""


def test_every_form_that_posts_says_whose_it_is(noor, sandbox):
    """Whatever page it stands on."""
    noor.is_staff = noor.is_superuser = True
    noor.save()
    browser, found = signed_in(noor), 0
    sample = {**SAMPLE_PARTS, "contact_uuid": seed.MIRA_UUID}
    for address in patterns():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: sample.get(name[1], "1"), address)
        if "logout" in path or "sandbox" in path:
            continue
        page = browser.get(path.replace("^", "").split("(?P")[0])
        if page.status_code != 200 or page.streaming or "html" not in page["Content-Type"]:
            continue
        forms = _Forms()
        forms.feed(page.content.decode())
        assert forms.posting <= forms.owned, path
        found += len(forms.posting)
    assert found > 100
