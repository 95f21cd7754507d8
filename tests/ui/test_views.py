"""The theme and the error pages."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import path, reverse

from piggyadmin.urls import handler400, handler403, handler404, handler500  # noqa: F401
from piggyadmin.urls import urlpatterns as real_urls


def fail(error):
    def view(_request):
        raise error

    return view


urlpatterns = [
    path("fault/", fail(RuntimeError("secret detail"))),
    path("refused/", fail(PermissionDenied())),
    path("odd/", fail(SuspiciousOperation())),
    *real_urls,
]
everywhere = pytest.mark.urls(__name__)


class TestTheme:
    url = "/theme/"

    def test_is_remembered_and_shown(self, client, db):
        answer = client.post(self.url, {"theme": "dark", "next": "/actions/"})
        assert answer["Location"] == "/actions/"
        assert answer.cookies["theme"]["httponly"]
        assert b'data-theme="dark"' in client.get(reverse("account_login")).content

    def test_an_unknown_theme_changes_nothing(self, client):
        assert "theme" not in client.post(self.url, {"theme": "pink"}).cookies

    def test_rows_are_as_high_as_each_person_likes(self, staff, support):
        answer = staff.post("/density/", {"density": "comfortable", "next": "/actions/"})
        assert answer["Location"] == "/actions/"
        assert b'data-density="comfortable"' in staff.get("/actions/").content
        assert not answer.cookies  # it follows the person, not the browser
        assert b'data-density="compact"' in support.get("/actions/").content

    def test_an_unknown_height_changes_nothing(self, staff):
        assert not staff.post("/density/", {"density": "huge"}).cookies

    def test_an_unknown_cookie_counts_as_auto(self, client, db):
        client.cookies["theme"] = '"><script>'
        assert b'data-theme="auto"' in client.get(reverse("account_login")).content

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.test/", "//evil.test", "javascript:alert(1)"]
    )
    def test_never_leads_elsewhere(self, client, elsewhere):
        answer = client.post(self.url, {"theme": "dark", "next": elsewhere})
        assert answer["Location"] == "/"

    def test_goes_back_to_where_it_came_from(self, client):
        referer = {"referer": "http://testserver/contacts/"}
        answer = client.post(self.url, {"theme": "dark"}, headers=referer)
        assert answer["Location"] == "http://testserver/contacts/"

    def test_only_by_post(self, client):
        assert client.get(self.url).status_code == 405


class TestIcon:
    def test_is_where_browsers_look_for_it(self, client):
        answer = client.get("/favicon.ico")
        assert answer.status_code == 302
        assert answer["Location"] == "/static/favicon.svg"


@everywhere
@pytest.mark.django_db
class TestErrors:
    @pytest.fixture
    def browser(self, support):
        support.raise_request_exception = False
        return support

    @pytest.mark.parametrize(
        ("url", "status", "words"),
        [
            ("/odd/", 400, "makes no sense"),
            ("/refused/", 403, "You may not do this"),
            ("/no-such-page/", 404, "does not exist"),
            ("/fault/", 500, "went wrong in the console"),
        ],
    )
    def test_says_what_happened_and_carries_the_trace_id(self, browser, url, status, words):
        answer = browser.get(url)
        html = answer.content.decode()
        assert answer.status_code == status
        assert words in html
        assert answer["X-Request-ID"] in html
        assert "changed" in html or "changing" in html
        assert "secret detail" not in html
        assert "<!DOCTYPE html>" in html

    @pytest.mark.parametrize("url", ["/odd/", "/refused/", "/no-such-page/", "/fault/"])
    def test_a_fragment_for_htmx(self, browser, url):
        html = browser.get(url, headers={"hx-request": "true"}).content.decode()
        assert html.strip().startswith("<section")
        assert "<html" not in html

    def test_a_missing_token(self, support):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = support.cookies
        answer = strict.post("/theme/", {"theme": "dark"})
        assert answer.status_code == 403
        assert "out of date" in answer.content.decode()
        assert "Nothing was sent" in answer.content.decode()
