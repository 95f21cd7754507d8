import pytest

from piggyadmin.sandbox.models import Automation

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_automations_have_their_uuid_first(api):
    made = Automation.objects.create(name="Hello", event="contact_updated")
    (listed,) = api("GET", "automations")
    assert next(iter(listed)) == "uuid"
    assert (listed["uuid"], listed["status"]) == (made.uuid, "active")


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ({"event": "contact_updated"}, True),
        ({"event": "birthday"}, False),
        ({"event": "contact_updated", "status": "inactive"}, False),
    ],
)
def test_only_some_can_be_run(api, account, values, runs):
    automation = Automation.objects.create(name="Hello", **values)
    run = {"automation_uuid": automation.uuid, "contact_uuid": account.mira.uuid}
    if runs:
        assert api("POST", "automations/runs", **run) == []
    else:
        assert api.wrong("POST", "automations/runs", **run) == {"automation_uuid"}


def test_what_is_not_there(api, account):
    run = {"automation_uuid": "no", "contact_uuid": account.mira.uuid}
    assert api.code("POST", "automations/runs", **run) == 60013
    assert api.code("POST", "automations/runs", **{**run, "contact_uuid": "no"}) == 55031
    assert api.wrong("POST", "automations/runs") == {"contact_uuid", "automation_uuid"}
