"""The pages of bulk runs, as people go through them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.bulk import running, views
from piggyadmin.bulk.models import BulkRun, BulkRunStatus, RememberedColumns
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry
from tests.bulk.making import (
    CREDITS,
    SHOP,
    balance,
    carried,
    checked,
    confirmed,
    states,
    uploaded,
    work,
)
from tests.bulk.parsing.files import sheet
from tests.conftest import person, signed_in
from tests.ledger.reading import main_of

MIRA = "mira.jansen@example.test"
OTHER = "m.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\n{OTHER};7\nnobody@example.test;3\n{MIRA};5\n"


@pytest.fixture
def page(maker):
    """A browser of somebody who may do things with many rows."""
    return signed_in(maker)


def upload(page, content: bytes | str = LIST, name: str = "list.csv", action: str = CREDITS):
    content = content.encode() if isinstance(content, str) else content
    posted = {"action": action, "file": SimpleUploadedFile(name, content)}
    return page.post("/bulk/", posted, follow=True)


def columns_of(run: BulkRun, **same: str) -> dict[str, str]:
    """Fill in the form of the columns as it is shown."""
    numbers = {f"column_{name}": str(at) for name, at in run.chosen.items()}
    return numbers | {f"same_{name}": value for name, value in same.items()}


def only_run() -> BulkRun:
    return BulkRun.objects.get()


def test_from_the_list_to_the_end(sandbox, page):
    before = balance(sandbox)
    answer = upload(page)
    assert "Which column is what" in answer.text
    run = only_run()
    assert run.chosen == {"contact_uuid": 0, "credits": 1}

    answer = page.post(f"/bulk/{run.pk}/check/", columns_of(run, shop_uuid=SHOP), follow=True)
    assert "The rows are being checked" in answer.text
    work(running.CHECKER)
    answer = page.get(f"/bulk/{run.pk}/")
    assert "Give credits, with 2 rows?" in answer.text
    assert "Credits: 12 in all." in " ".join(answer.text.split())
    assert "1 row cannot be done" in " ".join(answer.text.split())

    posted = {"check_number": "1", "reason": "Goodwill"}
    page.post(f"/bulk/{run.pk}/confirm/", posted)
    assert balance(sandbox) == before
    carried(only_run())
    answer = page.get(f"/bulk/{run.pk}/")
    assert "What became of the rows" in answer.text
    assert balance(sandbox) == before + 5
    assert RememberedColumns.objects.get().names == {"contact_uuid": "e-mail", "credits": "credits"}


def test_a_pasted_list(sandbox, page):
    answer = page.post("/bulk/", {"action": CREDITS, "text": LIST}, follow=True)
    assert "A pasted list" in answer.text


def test_a_workbook(sandbox, page):
    file = sheet(["E-mail", "Punten"], [MIRA, 5])
    answer = upload(page, file.getvalue(), "list.xlsx")
    assert "Which column is what" in answer.text
    assert only_run().chosen == {"contact_uuid": 0, "credits": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is a picture"),
        (b"", "There are no rows in it."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"PK\x03\x04", "This workbook is damaged."),
    ],
)
def test_what_is_no_list(sandbox, page, content, words):
    answer = upload(page, content)
    assert answer.status_code == 422
    assert words in answer.text
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize(
    "posted", [{}, {"action": CREDITS}, {"action": "merge-contacts", "text": "a"}]
)
def test_what_cannot_be_uploaded(sandbox, page, posted):
    assert page.post("/bulk/", posted).status_code == 422


def test_a_file_and_a_text(sandbox, page):
    posted = {"action": CREDITS, "text": LIST, "file": SimpleUploadedFile("a.csv", b"a")}
    assert "not both" in page.post("/bulk/", posted).text


def test_another_encoding_and_separator(sandbox, page):
    upload(page, "e-mail;naam\nmïra@example.test;a\n".encode("cp1252"))
    run = only_run()
    assert run.encoding == "cp1252"
    posted = {"encoding": "utf-8", "delimiter": ",", "has_names": "on"}
    answer = page.post(f"/bulk/{run.pk}/read/", posted, follow=True)
    assert "e-mail;naam" in answer.text
    assert only_run().columns == ["e-mail;naam"]
    assert page.post(f"/bulk/{run.pk}/read/", {"encoding": "klingon"}).status_code == 422


@pytest.mark.parametrize("left_out", ["encoding", "delimiter"])
def test_how_it_is_read_is_said_in_full(sandbox, page, left_out):
    upload(page, LIST.encode())
    posted = {"encoding": "utf-8", "delimiter": ";"} | {left_out: ""}
    assert page.post(f"/bulk/{only_run().pk}/read/", posted).status_code == 422


def test_what_cannot_be_read_in_an_encoding_says_so(sandbox, page):
    upload(page, LIST.encode())
    posted = {"encoding": "utf-16", "delimiter": ";"}
    answer = page.post(f"/bulk/{only_run().pk}/read/", posted, follow=True)
    assert "not written in this encoding" in answer.text
    assert only_run().encoding == "utf-8"


def test_columns_that_say_nothing(sandbox, page):
    upload(page)
    answer = page.post(f"/bulk/{only_run().pk}/check/", {})
    assert answer.status_code == 422
    assert "Choose a column, or fill in what is so in all rows." in answer.text


def test_a_column_and_a_value_for_all(sandbox, page):
    upload(page)
    run = only_run()
    answer = page.post(f"/bulk/{run.pk}/check/", columns_of(run, credits="5", shop_uuid=SHOP))
    assert "not both" in answer.text


def test_too_many_rows_are_told_after_reading(sandbox, page, maker, monkeypatch):
    run = uploaded(LIST, maker, shop_uuid=SHOP)
    monkeypatch.setattr("piggyadmin.bulk.parsing.tables.MOST_ROWS", 2)
    running.start_check(run, by=maker)
    work(running.CHECKER)
    run.refresh_from_db()
    assert run.status == BulkRunStatus.DRAFT
    assert "Upload it in parts" in page.get(f"/bulk/{run.pk}/").text
    assert states(run) == []


def test_the_same_list_twice(sandbox, page, maker):
    carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    assert "with the very same list" in upload(page).text


def test_it_is_seen_as_it_was_checked(sandbox, page, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    posted = {"check_number": "0", "reason": "Goodwill"}
    answer = page.post(f"/bulk/{run.pk}/confirm/", posted, follow=True)
    assert "checked anew" in answer.text
    assert not Entry.objects.exists()


def test_a_reason_is_wanted(sandbox, page, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    assert page.post(f"/bulk/{run.pk}/confirm/", {"check_number": "1"}).status_code == 422
    assert not Entry.objects.exists()


def test_the_columns_anew(sandbox, page, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    answer = page.post(f"/bulk/{run.pk}/choose/", follow=True)
    assert "Which column is what" in answer.text
    assert states(run) == []


def test_what_comes_too_late(sandbox, page, maker):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    for step in ("read", "check", "choose", "confirm", "decide", "steer"):
        answer = page.post(f"/bulk/{run.pk}/{step}/", follow=True)
        assert "It is further already" in answer.text, step


def test_pause_and_go_on(sandbox, page, maker):
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    answer = page.post(f"/bulk/{run.pk}/steer/", {"wish": "pause"}, follow=True)
    assert "has paused it" in answer.text
    assert carried(run).status == BulkRunStatus.PAUSED
    page.post(f"/bulk/{run.pk}/steer/", {"wish": "resume"})
    assert carried(run).status == BulkRunStatus.DONE


def test_cancel(sandbox, page, maker):
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    page.post(f"/bulk/{run.pk}/steer/", {"wish": "cancel"})
    assert carried(run).status == BulkRunStatus.CANCELLED
    assert states(run) == ["ready", "ready", "faulty", "repeated"]
    assert Entry.objects.count() == 1


def test_it_asks_again_by_itself(sandbox, page, maker):
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    head = {"HX-Request": "true"}
    answer = page.get(f"/bulk/{run.pk}/?watch", headers=head)
    assert "0 of 2 rows" in " ".join(answer.text.split())
    assert "HX-Refresh" not in answer
    carried(run)
    assert page.get(f"/bulk/{run.pk}/?watch", headers=head)["HX-Refresh"] == "true"


def test_files(sandbox, page, maker):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    lines = page.get(f"/bulk/{run.pk}/rows.csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert '"credit_reception_uuid"' in lines[0]
    assert f'"{MIRA}","5","Done"' in lines[1]
    failed = page.get(f"/bulk/{run.pk}/rows.csv?rows=failed").getvalue().decode("utf-8-sig")
    assert [line.split(",")[0] for line in failed.splitlines()] == [
        '"e-mail"',
        '"nobody@example.test"',
    ]


def test_a_finished_run_shows_its_failed_rows(sandbox, page, maker, monkeypatch):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    [failed] = page.get(f"/bulk/{run.pk}/").context["failed_rows"]
    assert (failed.line, failed.state) == (4, "faulty")
    main = main_of(page.get(f"/bulk/{run.pk}/").text)
    assert "Rows that failed" in main
    assert failed.cells[0] in main
    assert failed.words in main
    assert "These are the first" not in main
    run.rows.filter(state="repeated").update(state="rejected", words="No.")
    monkeypatch.setattr(views, "SHOWN_FAILED", 1)
    main = main_of(page.get(f"/bulk/{run.pk}/").text)
    assert "These are the first 1 of 2." in main
    assert main.count(f"/bulk/{run.pk}/rows.csv?rows=failed") == 2


def test_a_run_without_failed_rows_asks_for_none(sandbox, page, maker):
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    page.get(f"/bulk/{run.pk}/")  # the first one reads what is remembered afterwards
    with CaptureQueriesContext(connection) as with_rows:
        page.get(f"/bulk/{run.pk}/")
    run.rows.filter(state="faulty").update(state="repeated")
    with CaptureQueriesContext(connection) as without:
        assert "Rows that failed" not in main_of(page.get(f"/bulk/{run.pk}/").text)
    assert len(with_rows) == len(without) + 1


def test_templates(page):
    lines = page.get(f"/bulk/template/{CREDITS}.csv").getvalue().decode("utf-8-sig")
    assert lines.startswith('"Customer","Shop","Credits"')
    assert page.get("/bulk/template/merge-contacts.csv").status_code == 404


# --- Four eyes -------------------------------------------------------------------------------


@pytest.fixture
def second(maker) -> User:
    other = User.objects.create_user("second", password="piggy-test", first_name="Second")
    other.groups.set(maker.groups.all())
    return other


@pytest.fixture
def waiting(sandbox, maker, settings) -> BulkRun:
    """A run that is above what one person may give."""
    settings.FOUR_EYES_CREDITS_ABOVE = 11
    settings.FOUR_EYES_INDEPENDENT_DAYS = 0
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    assert run.status == BulkRunStatus.WAITING
    return run


def test_a_second_person_says_yes(sandbox, waiting, second, page):
    other = signed_in(second)
    approval = Approval.objects.get()
    assert "Bulk" in other.get("/ledger/approvals/").text or approval
    url = f"/ledger/approvals/{approval.submission_key}/"
    answer = other.get(url, follow=True)
    assert "Approve, and do it" in answer.text
    assert "Approve, and do it" not in page.get(url, follow=True).text
    other.post(f"/bulk/{waiting.pk}/decide/", {"decision": "approve"})
    assert carried(waiting).status == BulkRunStatus.DONE
    whole = running.entry_of(waiting)
    assert whole.events.first().detail["approval"]["approved_by_name"] == "Second"


def test_nobody_approves_their_own(sandbox, waiting, page):
    page.post(f"/bulk/{waiting.pk}/decide/", {"decision": "approve"})
    assert carried(waiting).status == BulkRunStatus.WAITING
    assert not Entry.objects.exists()


def test_a_second_person_says_no(sandbox, waiting, second):
    other = signed_in(second)
    assert other.post(f"/bulk/{waiting.pk}/decide/", {"decision": "decline"}).status_code == 422
    other.post(f"/bulk/{waiting.pk}/decide/", {"decision": "decline", "note": "Too much."})
    run = only_run()
    assert run.status == BulkRunStatus.CHECKED
    assert run.key != waiting.key
    assert Approval.objects.get().status == ApprovalStatus.DECLINED


def test_withdrawn(sandbox, waiting, page):
    page.post(f"/bulk/{waiting.pk}/decide/", {"decision": "withdraw"})
    assert only_run().status == BulkRunStatus.CHECKED


# --- Who may ---------------------------------------------------------------------------------


def test_staff_may_not(sandbox, maker, db):
    run = checked(LIST, maker, shop_uuid=SHOP)
    staff = signed_in(person(Role.STAFF))
    assert staff.get("/bulk/").status_code == 403
    assert staff.get(f"/bulk/{run.pk}/").status_code == 403
    assert staff.post(f"/bulk/{run.pk}/confirm/", {"reason": "Goodwill"}).status_code == 403


def test_a_large_body_of_others_is_refused(db):
    staff = signed_in(person(Role.STAFF))
    body = {"action": CREDITS, "file": SimpleUploadedFile("a.csv", b"a" * 3_000_000)}
    assert staff.post("/bulk/", body).status_code == 413


def test_a_large_list_is_taken(sandbox, page):
    rows = f"{MIRA};5\n" * 150_000
    assert "Which column is what" in upload(page, "e-mail;credits\n" + rows).text


def test_a_list_that_is_too_large(sandbox, page, monkeypatch):
    monkeypatch.setattr("piggyadmin.bulk.preparing.MOST_BYTES", 10)
    assert "larger than 50 MB" in upload(page).text


def test_nothing_is_made_of_an_unknown_run(page):
    assert page.get("/bulk/4711/").status_code == 404


def promotion_of(sandbox, vouchers: int) -> str:
    """Make a promotion that has room for so many vouchers."""
    body = {"name": "Scarce", "description": "Few", "voucher_limit": vouchers}
    return str(sandbox.api("POST", "promotions", json=body)["uuid"])


def test_more_recipients_than_a_promotion_has_room_for(sandbox, page, maker):
    text = f"customer\n{MIRA}\n{OTHER}\n"
    scarce = promotion_of(sandbox, 1)
    run = checked(text, maker, action="create-voucher", contact_uuid=0, promotion_uuid=scarce)
    assert states(run) == ["ready", "ready"]
    words = "2 vouchers are wanted. This promotion has room for 1 more voucher."
    assert words in page.get(f"/bulk/{run.pk}/").text
    posted = {"check_number": "1", "reason": "Goodwill"}
    answer = page.post(f"/bulk/{run.pk}/confirm/", posted, follow=True)
    assert answer.text.count(words) == 2
    run.refresh_from_db()
    assert (run.status, Entry.objects.exists()) == (BulkRunStatus.CHECKED, False)


def test_repeated_rows_are_counted_where_they_are_wanted(sandbox, page, maker):
    text = f"customer\n{MIRA}\n{MIRA}\n"
    scarce = promotion_of(sandbox, 1)
    run = checked(text, maker, action="create-voucher", contact_uuid=0, promotion_uuid=scarce)
    assert states(run) == ["ready", "repeated"]
    posted = {"check_number": "1", "reason": "Goodwill"}
    more = {**posted, "includes_repeats": "on"}
    answer = page.post(f"/bulk/{run.pk}/confirm/", more, follow=True)
    assert "2 vouchers are wanted." in answer.text
    page.post(f"/bulk/{run.pk}/confirm/", posted)
    run.refresh_from_db()
    assert run.status == BulkRunStatus.RUNNING
