import pytest

from piggyadmin.sandbox.models import Form

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_list_by_status_and_type(api, account):
    Form.objects.create(name="Intake", url="https://example.test/forms/1")
    Form.objects.create(name="Old", status="BIN", type="PRIVATE")
    assert len(api("GET", "forms")) == 2
    assert [row["name"] for row in api("GET", "forms", status="BIN")] == ["Old"]
    (form,) = api("GET", "forms", type="PUBLIC", status="PUBLISHED")
    assert set(form) == {"uuid", "name", "status", "type", "url"}
    assert api.wrong("GET", "forms", status="x", type="y") == {"status", "type"}
