"""Links to views by mail: each at its time, once, and only to who may see them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.http import QueryDict

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.outgoing_mail import MailServer
from piggyadmin.saved_views import mailing, tasks
from piggyadmin.saved_views.due_times import Rhythm
from piggyadmin.saved_views.mail_views import keep
from piggyadmin.saved_views.mailing import find_by_secret, mail_what_is_due, secret_of
from piggyadmin.saved_views.models import SavedView, ViewMail
from tests.conftest import person
from tests.smtp_server import CUT_AFTER, PUT_OFF, REFUSE

pytestmark = pytest.mark.django_db
DUE = datetime(2030, 1, 7, 7, tzinfo=UTC)
DAY = timedelta(days=1)
EMAIL = "admin@example.test"


@pytest.fixture
def admin() -> User:
    made = person(Role.ADMIN)
    made.email = EMAIL
    made.save()
    return made


@pytest.fixture
def mail(admin) -> ViewMail:
    """What is due on a Monday at eight."""
    view = SavedView(person=admin, list_name="ledger:list", name="All done")
    view.query = QueryDict("state=done")
    view.save()
    keep(view, admin, Rhythm("daily", 8, 0, 1), console="https://console.example.test")
    ViewMail.objects.update(next_at=DUE)
    return ViewMail.objects.get()


def now(mail: ViewMail) -> ViewMail:
    return ViewMail.objects.get(pk=mail.pk)


def test_it_comes_when_it_is_due(mail_server, mail):
    mail_what_is_due(DUE - timedelta(seconds=1))
    assert mail_server.mails == []
    mail_what_is_due(DUE)
    (letter,) = mail_server.mails
    assert (letter.recipient, letter.message["Subject"]) == (EMAIL, "Ledger: All done")
    assert f"https://console.example.test/views/{mail.view_id}/file/\n" in letter.text
    stop = f"https://console.example.test/views/stop/{secret_of(mail)}/"
    assert stop in letter.text
    assert letter.message["List-Unsubscribe"].strip() == f"<{stop}>"
    assert "state" not in letter.text
    assert (now(mail).next_at, now(mail).last_at) == (DUE + DAY, DUE)


def test_one_mail_per_due_time(mail_server, mail):
    for moment in (DUE, DUE, DUE + timedelta(hours=3), DUE - DAY, DUE + timedelta(hours=23)):
        mail_what_is_due(moment)
    assert len(mail_server.mails) == 1
    mail_what_is_due(DUE + DAY)
    assert len(mail_server.mails) == 2


def test_after_days_without_a_worker_one_mail_comes_for_all(mail_server, mail):
    mail_what_is_due(DUE + 5 * DAY + timedelta(minutes=1))
    assert len(mail_server.mails) == 1
    assert now(mail).next_at == DUE + 6 * DAY


def test_who_was_killed_after_its_time_was_noted_sends_none(mail_server, mail, monkeypatch):
    monkeypatch.setattr(mailing, "_send", lambda *_: None)
    mail_what_is_due(DUE)
    monkeypatch.undo()
    mail_what_is_due(DUE)
    assert mail_server.mails == []


def test_two_workers_send_one(mail_server, mail):
    with MailServer() as server:
        mailing._mail(server, mail, DUE)
        mailing._mail(server, mail, DUE)
    assert len(mail_server.mails) == 1


def test_nobody_takes_mail_just_now(mail_server, mail):
    mail_server.greeting = "421 busy"
    mail_what_is_due(DUE)
    assert (now(mail).next_at, "421 busy" in now(mail).trouble) == (DUE, True)
    mail_server.greeting = "220 here"
    mail_what_is_due(DUE)
    assert (len(mail_server.mails), now(mail).trouble) == (1, "")


def test_what_is_put_off_is_tried_for_a_while(mail_server, mail):
    mail_server.troubles.extend([PUT_OFF, PUT_OFF])
    mail_what_is_due(DUE)
    assert (now(mail).next_at, now(mail).last_at) == (DUE, None)
    mail_what_is_due(DUE + mailing.TRIED_FOR)
    assert now(mail).next_at == DUE + DAY
    assert PUT_OFF in now(mail).trouble


def test_what_is_refused_is_told(mail_server, mail):
    mail_server.troubles.append(REFUSE)
    mail_what_is_due(DUE)
    assert (now(mail).next_at, REFUSE in now(mail).trouble) == (DUE + DAY, True)


def test_of_a_broken_connection_nobody_can_tell(mail_server, mail):
    mail_server.troubles.append(CUT_AFTER)
    mail_what_is_due(DUE)
    mail_what_is_due(DUE)
    assert (len(mail_server.mails), "connection broke" in now(mail).trouble) == (1, True)


def disable(admin: User) -> None:
    admin.is_active = False
    admin.save()


def take_role(admin: User) -> None:
    admin.groups.clear()


def take_address(admin: User) -> None:
    admin.email = ""
    admin.save()


@pytest.mark.parametrize("lose", [disable, take_role, take_address])
def test_it_ends_when_somebody_may_not_see_it_any_more(mail_server, mail, admin, lose):
    lose(admin)
    mail_what_is_due(DUE)
    assert mail_server.mails == []
    assert not ViewMail.objects.exists()


def test_it_ends_when_a_colleague_shares_a_view_no_more(mail_server, mail):
    other = User.objects.create_user("other")
    SavedView.objects.update(person=other, is_shared=True)
    mail_what_is_due(DUE)
    assert len(mail_server.mails) == 1
    SavedView.objects.update(is_shared=False)
    mail_what_is_due(DUE + DAY)
    assert (len(mail_server.mails), ViewMail.objects.exists()) == (1, False)


def test_it_ends_with_its_view(mail):
    mail.view.delete()
    assert not ViewMail.objects.exists()


def test_without_a_mail_server_nothing_is_due(mail):
    mail_what_is_due(DUE)
    assert (now(mail).next_at, django_mail.outbox) == (DUE, [])


def test_a_worker_sends_them(mail_server, mail):
    ViewMail.objects.update(next_at=DUE - 20 * 365 * DAY)
    tasks.mail_saved_views()
    assert len(mail_server.mails) == 1


def test_a_clock_that_was_set_back_brings_no_time_twice(mail, admin):
    ViewMail.objects.update(last_at=DUE)
    keep(mail.view, admin, mail.rhythm, console="")
    assert now(mail).next_at == DUE + DAY


def test_secrets_stop_their_own_mails_alone(mail):
    secret = secret_of(mail)
    assert find_by_secret(secret) == mail
    _number, _hyphen, signature = secret.partition("-")
    for wrong in (f"{mail.pk + 1}-{signature}", f"{secret}x", "", str(mail.pk)):
        assert find_by_secret(wrong) is None
