"""Where people have themselves mailed the link to a view, and stop it."""

import pytest
from django.http import QueryDict
from django.test import Client

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.saved_views.mailing import secret_of
from piggyadmin.saved_views.models import SavedView, ViewMail
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db
RHYTHM = {"frequency": "weekly", "hour": "9", "weekday": "4", "month_day": "1"}
SOMEBODY = "mira.jansen@example.test"


@pytest.fixture
def admin(settings) -> User:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    made = person(Role.ADMIN)
    made.email = "admin@example.test"
    made.save()
    return made


@pytest.fixture
def page(admin) -> Client:
    return signed_in(admin)


def view_of(person: User, list_name: str = "ledger:list", query: str = "state=done") -> SavedView:
    view = SavedView(person=person, list_name=list_name, name="All done")
    view.query = QueryDict(query)
    view.save()
    return view


def words(answer) -> str:
    return " ".join(answer.text.split())


def test_it_is_asked_for_changed_and_stopped(page, admin):
    view = view_of(admin)
    address = f"/views/{view.pk}/mail/"
    assert address in page.get("/views/").text
    assert "Mail it to admin@example.test" in words(page.get(address))
    shown = page.post(address, RHYTHM, follow=True)
    assert "is mailed to admin@example.test." in shown.text
    mail = ViewMail.objects.get()
    assert mail.rhythm == ("weekly", 9, 4, 1)
    assert mail.console == "http://testserver"
    assert (mail.next_at.weekday(), mail.person) == (4, admin)
    assert "Every week" in page.get("/views/").text
    ViewMail.objects.update(trouble="Oh.", last_at=mail.next_at)
    assert "Oh." in page.get(address).text
    page.post(address, {**RHYTHM, "frequency": "daily"})
    assert ViewMail.objects.get().frequency == "daily"
    shown = page.post(address, {"stop": "1"}, follow=True)
    assert "Stopped." in shown.text
    assert not ViewMail.objects.exists()
    page.post(address, {"stop": "1"})


@pytest.mark.parametrize(
    "changes", [{"hour": "24"}, {"frequency": "hourly"}, {"weekday": "7"}, {"month_day": "0"}]
)
def test_nonsense_is_refused(page, admin, changes):
    answer = page.post(f"/views/{view_of(admin).pk}/mail/", {**RHYTHM, **changes})
    assert answer.status_code == 422
    assert not ViewMail.objects.exists()


def test_who_has_no_address_is_told(page, admin):
    admin.email = ""
    admin.save()
    address = f"/views/{view_of(admin).pk}/mail/"
    assert "no e-mail address" in page.get(address).text
    assert page.post(address, RHYTHM).status_code == 422
    assert not ViewMail.objects.exists()


def test_without_a_mail_server(page, admin, settings):
    settings.EMAIL_URL = ""
    view = view_of(admin)
    assert "By mail" not in page.get("/views/").text
    assert "No mail server is set" in page.get(f"/views/{view.pk}/mail/").text
    assert page.post(f"/views/{view.pk}/mail/", RHYTHM).status_code == 422


def test_a_view_that_is_no_file_or_not_theirs(page, admin):
    other = User.objects.create_user("other")
    for view in (view_of(admin, "people:list", "role=Admin"), view_of(other)):
        for step in ("mail", "file"):
            assert page.get(f"/views/{view.pk}/{step}/").status_code == 404


def test_a_shared_view_of_a_list_that_somebody_may_not_see(admin):
    view = view_of(admin)
    SavedView.objects.update(is_shared=True)
    support = signed_in(person(Role.SUPPORT))
    assert support.get(f"/views/{view.pk}/mail/").status_code == 404
    assert support.get(f"/views/{view.pk}/file/").status_code == 404


def test_the_link_leads_to_the_file_once_one_has_signed_in(page, admin):
    address = f"/views/{view_of(admin).pk}/file/"
    asked = Client().get(address)
    assert asked["Location"] == f"/accounts/login/?next={address}"
    answer = page.get(address)
    assert answer["Location"] == "/ledger/csv/?state=done"
    assert page.get(answer["Location"])["Content-Type"] == "text/csv; charset=utf-8"


def test_what_tells_of_people_stands_in_no_address(page, admin, sandbox):
    view = view_of(admin, query=f"contact_uuid={SOMEBODY}")
    answer = page.get(f"/views/{view.pk}/file/")
    assert answer["Location"].startswith("/ledger/csv/?stored=")
    assert page.get(answer["Location"]).status_code == 200


def test_a_filter_that_nobody_can_open(page, admin):
    view = view_of(admin)
    SavedView.objects.update(sealed_query="lost")
    shown = page.get(f"/views/{view.pk}/file/", follow=True)
    assert "cannot be opened any more" in shown.text


def test_the_link_in_a_mail_stops_it_by_one_press(page, admin):
    page.post(f"/views/{view_of(admin).pk}/mail/", RHYTHM)
    address = f"/views/stop/{secret_of(ViewMail.objects.get())}/"
    nobody = Client()
    shown = nobody.get(address)
    assert "All done" not in shown.text
    assert ViewMail.objects.exists()
    assert "Stopped." in nobody.post(address).text
    assert not ViewMail.objects.exists()
    assert "ended already" in nobody.get(address).text
    assert "ended already" in nobody.post(address).text
