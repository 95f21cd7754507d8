import pytest

from piggyadmin.sandbox.models import Visit

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.fixture
def made(api, account):
    return api(
        "POST",
        "visits",
        shop_uuid=account.shop.uuid,
        contact_uuid=account.mira.uuid,
        external_id="V-1",
        starts_at="2026-04-01T20:00:00+02:00",
    )


def test_a_visit_keeps_its_external_id(api, account, made):
    assert made["external_id"] == "V-1"
    assert made["contact"]["uuid"] == account.mira.uuid
    assert api("GET", f"visits/{made['uuid']}") == made
    answer = api.envelope("GET", "visits", contact_uuid=account.mira.uuid)
    assert answer["data"] == [made]
    assert answer["meta"]["current_page"] == 1
    assert api("GET", "visits", contact_uuid=account.double.uuid) == []


def test_an_external_id_counts_once(api, account, made):
    values = {"shop_uuid": account.shop.uuid, "contact_uuid": account.mira.uuid}
    assert api.wrong("POST", "visits", **values, external_id="V-1") == {"external_id"}
    for _ in range(2):
        api("POST", "visits", **values)
    assert Visit.objects.count() == 3


def test_an_update_changes_only_what_is_given(api, made):
    changed = api("PUT", f"visits/{made['uuid']}", ends_at="2026-04-01T21:00:00Z")
    assert (changed["external_id"], changed["starts_at"]) == ("V-1", made["starts_at"])
    assert changed["ends_at"] == "2026-04-01T21:00:00+00:00"
    early = {"ends_at": "2026-04-01T10:00:00Z"}
    assert api.wrong("PUT", f"visits/{made['uuid']}", **early) == {"ends_at"}
    assert api.code("PUT", "visits/x", source="till") == 60013


def test_a_batch_is_made_whole_or_not(api, account):
    shop = account.shop.uuid
    visits = [
        {"contact_email": "mira@example.test", "business_profile_uuid": shop, "external_id": "A"},
        {"contact_email": "m@example.test", "business_profile_uuid": shop, "external_id": "A"},
    ]
    assert api.code("POST", "visits/batch", visits=visits) == 1003
    assert not Visit.objects.exists()
    visits[1]["external_id"] = "B"
    rows = api("POST", "visits/batch", visits=visits)
    assert [row["contact"]["email"] for row in rows] == ["mira@example.test", "m@example.test"]
    assert api.wrong("POST", "visits/batch") == {"visits"}
