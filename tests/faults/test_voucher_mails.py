"""Workers that mail vouchers are killed again and again: no voucher is mailed twice.

They are real processes, killed without warning, some of them while a mail is leaving. Of such a
mail nobody can tell: it is shown, and never sent again.
"""

import random
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from piggyadmin.sandbox import seed
from piggyadmin.voucher_mails.models import MailingStatus, VoucherMailing, VoucherMailState
from tests.faults.chaos import replace_worker
from tests.faults.killing import database_url
from tests.ledger.making import somebody
from tests.postgresql import run_there
from tests.sandbox.server import ROOT
from tests.smtp_server import SmtpServer
from tests.tasks.processes import Console, console, wait_until
from tests.voucher_mails.making import begun, prepared, run_of

VOUCHERS, KILLS, WORKERS = 40, 4, 2
State = VoucherMailState


@pytest.fixture
def workers(transactional_db, sandbox, mail_server: SmtpServer, tmp_path: Path):
    environment = {
        "DATABASE_URL": database_url(),
        "PIGGY_API_URL": sandbox.url,
        "PIGGY_API_TOKEN": sandbox.token,
        "PIGGY_CIRCUIT_BREAKER": "0",
        "REQUEST_LOG_DAYS": "0",
        "DUPLICATES": "0",
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": mail_server.url,
    }
    with console(tmp_path, **environment) as made:
        yield made


@pytest.fixture
def mailing(transactional_db, sandbox, mail_server: SmtpServer) -> VoucherMailing:
    """Many vouchers of customers who can be mailed, about to leave."""
    found = sandbox.api("GET", "contacts?limit=100")
    emails = [each["email"] for each in found if each.get("email")][:VOUCHERS]
    return begun(prepared(sandbox, run_of(somebody(), seed.MIRA_EMAIL, *emails)))


def counted(mailing: VoucherMailing) -> Counter[str]:
    return Counter(mailing.mails.values_list("state", flat=True))


def is_over(mailing: VoucherMailing) -> bool:
    mailing.refresh_from_db()
    return mailing.status == MailingStatus.DONE


def has_mailed(server: SmtpServer, number: int) -> bool:
    return len(server.mails) >= number


def codes_in(server: SmtpServer) -> Counter[str]:
    return Counter(re.search(r"is (\w+)\.", mail.text)[1] for mail in server.mails)


def test_no_voucher_is_mailed_twice(mail_server, mailing, workers: Console):
    dice, ready = random.Random(7), counted(mailing)[State.READY]
    assert ready > VOUCHERS / 2
    for _ in range(WORKERS):
        workers.worker()
    for number in range(1, KILLS + 1):
        wait_until(partial(has_mailed, mail_server, ready * number // (KILLS + 2)))
        # Half of the victims are in the middle of a mail, which the server has taken already.
        if number % 2:
            mail_server.has_held.clear()
            mail_server.may_answer.clear()
            wait_until(mail_server.has_held.is_set)
            for process in alive(workers):
                replace_worker(workers, process)
            mail_server.may_answer.set()
        else:
            replace_worker(workers, dice.choice(alive(workers)))
    wait_until(lambda: is_over(mailing))

    arrived, states = codes_in(mail_server), counted(mailing)
    assert set(arrived.values()) == {1}
    assert states[State.MAILED] + states[State.UNKNOWN] == ready
    assert states[State.LEAVING] == states[State.READY] == 0
    assert states[State.UNKNOWN] >= KILLS // 2
    mailed = set(mailing.mails.filter(state=State.MAILED).values_list("code", flat=True))
    unknown = set(mailing.mails.filter(state=State.UNKNOWN).values_list("code", flat=True))
    assert mailed <= set(arrived) <= mailed | unknown


def alive(workers: Console) -> list[Any]:
    return [each for each in workers.processes if each.poll() is None]


def test_the_same_on_postgresql():
    run_there(f"{Path(__file__).relative_to(ROOT)}::{test_no_voucher_is_mailed_twice.__name__}")
