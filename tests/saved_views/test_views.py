"""Saved views of lists, as people keep, open, share, rename and remove them."""

import re

import pytest
from django.http import QueryDict
from django.urls import get_resolver, reverse

from piggyadmin.accounts.roles import Role
from piggyadmin.saved_views import services
from piggyadmin.saved_views.models import SavedView
from piggyadmin.ui.filters import FilteredView
from tests.conftest import person, signed_in

pytestmark = pytest.mark.django_db
SOMEBODY = "mira.jansen@example.test"
DONE = "?state=done"


@pytest.fixture
def admin():
    return person(Role.ADMIN)


@pytest.fixture
def page(admin):
    return signed_in(admin)


@pytest.fixture
def auditor():
    return signed_in(person(Role.AUDITOR))


def save(page, query: str = "state=done", list_name: str = "ledger:list", **more: str):
    posted = {"list_name": list_name, "query": query, "name": "All done", **more}
    return page.post("/views/save/", posted)


def words(answer) -> str:
    return " ".join(answer.text.split())


def above(answer) -> bool:
    """Tell whether the view stands above the list."""
    return bool(re.search(r'class="chip"[^>]*>(?:(?!</a>).)*All done', words(answer)))


def is_on(answer) -> bool:
    return bool(re.search(r'aria-current="true"\s*>(?:(?!</a>).)*All done', words(answer)))


def test_a_filter_is_kept_and_opened(page):
    shown = page.get(f"/ledger/{DONE}")
    assert "Save this view" in shown.text
    assert 'name="query" value="state=done"' in words(shown)
    assert "opened_by" in shown.text.split('action="/views/save/"')[1].split("</form>")[0]
    answer = save(page)
    assert answer["Location"] == f"/ledger/{DONE}"
    view = SavedView.objects.get()
    assert (view.name, view.list_name, view.is_shared) == ("All done", "ledger:list", False)

    assert (above(page.get("/ledger/")), is_on(page.get("/ledger/"))) == (True, False)
    answer = page.get(view.get_absolute_url())
    assert answer["Location"] == f"/ledger/{DONE}"
    shown = page.get(answer["Location"])
    assert is_on(shown)
    assert "Save this view" not in shown.text


def test_nothing_is_offered_where_nothing_is_narrowed_down(page):
    assert "saved-views" not in page.get("/ledger/").text
    answer = save(page, query="after=1&unknown=2")
    assert answer["Location"] == "/ledger/"
    assert not SavedView.objects.exists()


def test_what_tells_of_people_stands_in_no_address_and_in_no_table(page, sandbox):
    answer = page.post("/requests/", {"path": f"contacts?email={SOMEBODY}"})
    address = answer["Location"]
    assert "stored=" in address
    assert save(page, query=address.partition("?")[2], list_name="requests:list").status_code == 302
    view = SavedView.objects.get()
    assert SOMEBODY not in view.sealed_query
    assert view.query["path"] == f"contacts?email={SOMEBODY}"
    other = signed_in(view.person)
    opened = other.get(view.get_absolute_url())["Location"]
    assert "stored=" in opened
    assert "example" not in opened
    shown = other.get(opened)
    assert SOMEBODY in shown.text
    assert is_on(shown)


def test_what_the_address_named_is_not_kept_any_more(page):
    assert save(page, query="stored=gone")["Location"] == "/ledger/"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["ledger:nothing", "", "desk:desk", "admin:index"])
def test_what_is_no_list(page, name):
    assert save(page, list_name=name).status_code == 404


def test_a_list_that_somebody_may_not_open(auditor):
    assert save(auditor, list_name="vouchers:list", query="status=ACTIVE").status_code == 404


def test_a_name_is_wanted_and_each_is_given_once(page):
    answer = save(page, name=" ")
    assert answer.status_code == 422
    assert "All done" not in answer.text
    assert 'name="query" value="state=done"' in answer.text
    save(page)
    answer = save(page, query="state=unknown")
    assert answer.status_code == 422
    assert "A view of this list is called so already." in answer.text
    save(page, query="status=ACTIVE", list_name="vouchers:list")
    assert SavedView.objects.count() == 2


def test_there_are_not_more_than_can_be_seen(page, monkeypatch):
    monkeypatch.setattr(services, "MOST_OF_A_LIST", 1)
    save(page)
    assert save(page, name="Another").status_code == 422


# --- Shared ----------------------------------------------------------------------------------


def test_who_may_shares_with_everybody(page, auditor):
    save(page, is_shared="on")
    view = SavedView.objects.get()
    assert view.is_shared
    assert "All done" in auditor.get("/ledger/").text
    assert auditor.get(view.get_absolute_url())["Location"] == f"/ledger/{DONE}"
    assert "everybody, from Admin" in words(auditor.get("/views/"))
    assert auditor.get(f"/views/{view.pk}/edit/").status_code == 404


def test_others_keep_theirs_for_themselves(page, auditor):
    assert "For everybody" not in auditor.get(f"/ledger/{DONE}").text
    save(auditor, is_shared="on")
    view = SavedView.objects.get()
    assert not view.is_shared
    assert "All done" not in page.get("/ledger/").text
    assert page.get(view.get_absolute_url()).status_code == 404
    assert page.post(f"/views/{view.pk}/edit/", {"remove": "1"}).status_code == 404


def test_a_shared_view_of_a_list_that_somebody_may_not_open(page, auditor):
    save(page, list_name="vouchers:list", query="status=ACTIVE", is_shared="on")
    view = SavedView.objects.get()
    assert "All done" not in auditor.get("/views/").text
    assert auditor.get(view.get_absolute_url()).status_code == 404


def test_who_may_share_changes_what_others_share(page, admin):
    other = person(Role.AUDITOR)
    view = SavedView(person=other, list_name="ledger:list", name="Theirs", is_shared=True)
    view.query = QueryDict("state=done")
    view.save()
    assert page.post(f"/views/{view.pk}/edit/", {"name": "Ours"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.person) == ("Ours", False, other)


# --- Renamed, removed ------------------------------------------------------------------------


def test_it_is_renamed_and_removed(page):
    save(page)
    view = SavedView.objects.get()
    shown = words(page.get(f"/views/{view.pk}/edit/"))
    assert "Status: Done" in shown
    assert page.post(f"/views/{view.pk}/edit/", {"name": ""}).status_code == 422
    page.post(f"/views/{view.pk}/edit/", {"name": "Finished"})
    listed = words(page.get("/views/"))
    assert "Finished" in listed
    assert "Ledger" in listed
    page.post(f"/views/{view.pk}/edit/", {"remove": "1"})
    assert not SavedView.objects.exists()
    assert "None yet." in page.get("/views/").text


def test_one_whose_key_is_gone(page):
    save(page)
    SavedView.objects.update(sealed_query="nonsense")
    view = SavedView.objects.get()
    assert not above(page.get("/ledger/"))
    assert "cannot be opened any more" in page.get("/views/").text
    assert page.get(view.get_absolute_url())["Location"] == "/ledger/"


def test_nothing_is_saved_by_an_address(page):
    assert page.get("/views/save/")["Location"] == "/views/"


def test_a_list_that_is_no_more(page, admin):
    view = SavedView(person=admin, list_name="gone:list", name="Old")
    view.query = QueryDict("state=done")
    view.save()
    assert "Old" not in page.get("/views/").text
    assert page.get(view.get_absolute_url()).status_code == 404


# --- Every list ------------------------------------------------------------------------------


def all_lists(kind: type[FilteredView]):
    """Give each class of a list with a filter, however deep."""
    for each in kind.__subclasses__():
        if hasattr(each, "list_name"):
            yield each
        yield from all_lists(each)


def lists() -> list[str]:
    """Name all lists with a filter, whose views the addresses have brought in."""
    get_resolver().url_patterns  # noqa: B018  (reading it is what brings them in)
    return sorted({each.list_name for each in all_lists(FilteredView)})


LISTS = lists()


def test_there_are_many_lists():
    assert len(LISTS) > 15


@pytest.mark.parametrize("list_name", LISTS)
def test_every_list_with_a_filter_takes_part(list_name, page, admin, sandbox):
    view = SavedView(person=admin, list_name=list_name, name="Seen above")
    view.query = QueryDict("unknown=1")
    view.save()
    assert "Seen above" in page.get(reverse(list_name)).text


def test_every_field_of_a_filter_can_be_said_in_words():
    seen = {each.filter_class for each in all_lists(FilteredView)}
    fields = [(each, *item) for each in seen for item in each.base_fields.items()]
    shown = [(each, name, field) for each, name, field in fields if not field.widget.is_hidden]
    assert [(each, name) for each, name, field in shown if not field.label] == []
