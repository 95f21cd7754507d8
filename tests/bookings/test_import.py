"""Bookings that are known from elsewhere: checked row by row, and kept here alone."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from piggyadmin.bookings.import_csv import MOST_ROWS, NoListError, decoded, read_list
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db
URL = "/bookings/import/"
LIST = """external_id;contact_email;shop;starts_at;number_of_people;note
R-1;mira.jansen@example.test;Amsterdam;2030-04-01T18:00;4;'=window
R-2;;amsterdam;2030-10-27T02:30;2;
R-3;;Nowhere;tomorrow;ten;
"""
UUID = "b0000000-0000-4000-8000-000000000001"


def problems(text: str, **shops: str) -> list[list[str]]:
    return [row.problems for row in read_list(text, shops).rows]


def test_each_row_is_checked_in_words_and_nothing_is_kept_yet(staff, sandbox):
    page = staff.post(URL, {"text": LIST, "step": "check"})
    rows = page.context["found"].rows
    assert [len(row.problems) for row in rows] == [0, 1, 3]
    assert rows[1].problems == [
        "Starts at: The clock shows this time twice that night. Choose which one is meant."
    ]
    assert "Shop: No shop is called so." in rows[2].problems
    assert "Keep 1 booking" in page.content.decode()
    assert not SeenBooking.objects.exists()
    # What was pasted stands there still.
    assert "R-3;;Nowhere" in page.content.decode()


def test_what_is_right_is_kept_and_piggy_is_not_told(staff, sandbox):
    page = staff.post(URL, {"text": LIST, "step": "keep"}, follow=True)
    assert "1 booking is kept" in page.content.decode()
    booking = SeenBooking.objects.get()
    assert (booking.uuid, booking.external_id, booking.note) == ("", "R-1", "=window")
    assert (booking.shop_uuid, booking.learned_from) == (seed.AMSTERDAM_UUID, "imported")
    assert booking.starts_at == datetime(2030, 4, 1, 16, 0, tzinfo=UTC)
    assert [call["method"] for call in sandbox.calls() if call["method"] != "GET"] == []


def test_a_file_of_the_console_is_read_again(staff, sandbox, booking):
    staff.post("/actions/update-bookings/", {"booking_uuid": booking.uuid, "note": "x"})
    content = b"".join(staff.get("/bookings/csv/").streaming_content)
    SeenBooking.objects.all().delete()
    page = staff.post(URL, {"file": SimpleUploadedFile("b.csv", content), "step": "check"})
    (row,) = page.context["found"].rows
    assert (row.problems, page.context["found"].unknown_columns) == ([], [])
    staff.post(URL, {"text": page.context["form"].initial["text"], "step": "keep"})
    again = SeenBooking.objects.get()
    for name in ("uuid", "contact_uuid", "shop_uuid", "starts_at", "ends_at", "prepaid_amount"):
        assert getattr(again, name) == getattr(booking, name), name


def test_what_piggy_answered_here_counts_for_more(staff, sandbox, booking):
    text = f"uuid,number_of_people,status\n{booking.uuid.upper()},9,completed\n"
    assert read_list(text, {}).rows[0].is_known
    staff.post(URL, {"text": text, "step": "keep"})
    seen_at = booking.seen_at
    booking.refresh_from_db()
    assert (booking.number_of_people, booking.status) == (4, "completed")
    assert (booking.learned_from, booking.seen_at) == ("made", seen_at)


def test_a_later_list_corrects_an_earlier_one(staff, sandbox):
    staff.post(URL, {"text": "external_id,number_of_people\nR-1,4\n", "step": "keep"})
    staff.post(URL, {"text": f"uuid,external_id,number_of_people\n{UUID},R-1,5\n", "step": "keep"})
    booking = SeenBooking.objects.get()
    assert (booking.uuid, booking.number_of_people) == (UUID, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("uuid,status\n,created\n", "It needs a UUID"),
        (f"uuid,starts_at,ends_at\n{UUID},2030-04-01T18:00,2030-04-01T17:00\n", "before the start"),
        (f"uuid,status\n{UUID},a\n{UUID},b\n", "The same booking stands in line 2."),
        (f"uuid,status\n{UUID},created,more\n", "more cells than columns"),
        (f"uuid,contact_email\n{UUID},mira@\n", "E-mail: Enter a valid email address."),
        (f"uuid,note\n{UUID},{'x' * 1001}\n", "Note: "),
        (f"uuid,number_of_people\n{UUID},-1\n", "Number of people: "),
    ],
)
def test_what_is_wrong_is_said(text, words):
    assert words in str(problems(text)[-1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names of the columns"),
        ("uuid\n", "names of the columns"),
        ("status\ncreated\n", "A column"),
        ("uuid\n" + "x\n" * (MOST_ROWS + 1), "more than 2000 rows"),
        ('uuid\n"' + "x" * 200_000 + '"\n', "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused(text, words, staff, sandbox):
    with pytest.raises(NoListError, match=words):
        read_list(text, {})
    page = staff.post(URL, {"text": text, "step": "keep"}).content.decode()
    assert "data-error-summary" in page
    assert not SeenBooking.objects.exists()


def test_files_of_either_kind_are_read_and_others_refused():
    assert decoded("\ufeffé".encode()) == decoded("é".encode("cp1252")) == "é"
    with pytest.raises(NoListError, match="This is no text"):
        decoded(b"PK\x03\x04\0\0")


def test_columns_may_be_named_as_the_console_calls_them_and_others_are_told():
    found = read_list(
        "Number in your own system\tStarts at\tMood\nR-1\t2030-04-01 18:00\tgood\n", {}
    )
    assert found.unknown_columns == ["mood"]
    assert found.rows[0].values["external_id"] == "R-1"
    assert found.rows[0].problems == []
