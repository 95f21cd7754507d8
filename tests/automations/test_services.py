"""Automations, against a sandbox behind a socket."""

import pytest

from piggyadmin.automations import services
from piggyadmin.piggy.errors import NotFound, OutcomeUnknown, Rejected
from piggyadmin.sandbox.seed import MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def test_list_and_run(piggy, sandbox):
    found = {each.name: each for each in services.list_automations(piggy)}
    assert (found["Summer"].event, found["Summer"].status) == ("contact_updated", "inactive")
    hello = found["Say hello"].uuid
    services.run_automation(piggy, automation_uuid=hello, contact_uuid=MIRA_UUID, data={"a": 1})
    assert sandbox.calls("POST", "automations/runs")[0]["status"] == 200
    with pytest.raises(Rejected):
        services.run_automation(
            piggy, automation_uuid=found["Birthday"].uuid, contact_uuid=MIRA_UUID
        )
    for automation, contact in ((NOBODY, MIRA_UUID), (hello, NOBODY)):
        with pytest.raises(NotFound):
            services.run_automation(piggy, automation_uuid=automation, contact_uuid=contact)


def test_a_list_without_uuids(scripted, scripted_piggy):
    scripted.will(answers([{"name": "Birthday", "event": "birthday", "status": "active"}]))
    (listed,) = services.list_automations(scripted_piggy)
    assert (listed.uuid, listed.name) == (None, "Birthday")


def test_it_is_never_run_twice(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers([]))
    with pytest.raises(OutcomeUnknown):
        services.run_automation(scripted_piggy, automation_uuid="a", contact_uuid="c")
    assert len(scripted.received) == 1
