import pytest

from piggyadmin.sandbox.models import Shift

pytestmark = pytest.mark.django_db(databases=["sandbox"])

HOURS = {"started_at": "2026-04-01T08:00:00Z", "ended_at": "2026-04-01T14:00:00Z"}


@pytest.fixture
def made(api, account):
    return api(
        "POST",
        "shifts",
        shop_uuid=account.shop.uuid,
        contact_uuid=account.mira.uuid,
        status="pending",
        external_id="S-1",
        break_in_minutes=30,
        **HOURS,
    )


def test_a_shift_is_found_and_listed(api, account, made):
    assert made["net_duration_in_minutes"] == 330
    assert api("GET", f"shifts/{made['uuid']}") == made
    assert api("GET", "shifts/find", external_id="S-1") == made
    by = {"shop_uuid": account.shop.uuid, "status": "pending"}
    answer = api.envelope("GET", "shifts", **by)
    assert answer["data"] == [made]
    assert answer["meta"] == {"page": 1, "per_page": 30, "last_page": 1, "total": 1}
    assert api("GET", "shifts", **{**by, "status": "approved"}) == []
    assert api.code("GET", "shifts", **{**by, "status": "asleep"}) == 80531
    assert api.code("GET", "shifts", **by, team_uuid="x") == 80540
    assert api.code("GET", "shifts", **{**by, "shop_uuid": "x"}) == 1008
    assert api.wrong("GET", "shifts") == {"shop_uuid", "status"}


def test_what_a_shift_cannot_be(api, account, made):
    shop, mira = account.shop.uuid, account.mira.uuid
    good = {"shop_uuid": shop, "contact_uuid": mira, "status": "approved", **HOURS}
    assert api.code("POST", "shifts", **good, external_id="S-1") == 80531
    assert api.code("POST", "shifts", **{**good, "status": "asleep"}) == 80531
    assert api.code("POST", "shifts", **good, team_uuid="x") == 80540
    assert api.code("POST", "shifts", **good, shift_type_uuid="x") == 80550
    assert api.code("POST", "shifts", **{**good, "contact_uuid": "x"}) == 55031
    assert api.wrong("POST", "shifts", **{**good, "ended_at": "2026-04-01T07:00:00Z"}) == {
        "ended_at"
    }
    assert api.wrong("POST", "shifts") == {
        *("shop_uuid", "contact_uuid", "started_at", "ended_at", "status"),
    }
    assert Shift.objects.count() == 1


def test_a_shift_changes_but_not_whose_it_is(api, account, made):
    team = api("POST", "shift-teams", name="Bar")
    changed = api(
        "PUT",
        f"shifts/{made['uuid']}",
        status="approved",
        contact_uuid=account.double.uuid,
        team_uuid=team["uuid"],
        **HOURS,
    )
    kept = {"status": "approved", "team_uuid": team["uuid"]}
    assert changed == {**made, **kept}
    assert api("DELETE", f"shifts/{made['uuid']}") is None
    assert api.code("DELETE", f"shifts/{made['uuid']}") == 80530


@pytest.mark.parametrize(
    ("path", "code", "extra"),
    [("shift-teams", 80540, {}), ("shift-types", 80550, {"description": "Early"})],
)
def test_teams_and_types(api, path, code, extra):
    made = api("POST", path, name="Morning", **extra)
    assert api("GET", f"{path}/{made['uuid']}") == made
    assert api("GET", f"{path}/find", name="Morning") == made
    assert api.envelope("GET", path, limit=5)["meta"]["total"] == 1
    changed = api("PUT", f"{path}/{made['uuid']}", name="Evening", **extra)
    assert changed["name"] == "Evening"
    assert api.code("GET", f"{path}/find", name="Morning") == code
    assert api.code("GET", f"{path}/x") == code
    assert api.wrong("POST", path, name="Evening", **extra) == {"name"}
    assert api.wrong("POST", path) == {"name", *extra}
