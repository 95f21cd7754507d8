import pytest

from piggyadmin.sandbox.models import (
    Attribute,
    AuthToken,
    Booking,
    Contact,
    ContactIdentifier,
    LoyaltyTransaction,
    PrepaidTransaction,
    Subscription,
    SubscriptionType,
    Tier,
    Voucher,
)

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_list_has_pagination_shape_a(api, account):
    answer = api.envelope("GET", "contacts", limit=2)
    assert [row["email"] for row in answer["data"]] == ["mira@example.test", "m@example.test"]
    assert answer["meta"] == {
        "page": 1,
        "limit": "2",
        "viewing_from": 1,
        "viewing_to": 2,
        "last_page": 2,
        "total": 3,
    }
    last = api.envelope("GET", "contacts", limit=2, page=2)
    assert len(last["data"]) == 1
    assert api.envelope("GET", "contacts", page=99)["data"] == []


def test_list_sorts_and_filters_by_creation(api, account):
    newest = api("GET", "contacts", sort="-created_at")
    assert newest[0]["uuid"] == account.anonymous.uuid
    filters = {"created_at[gt]": "2999-01-01T00:00:00+00:00"}
    assert api("GET", "contacts", **filters) == []
    assert len(api("GET", "contacts", **{"created_at[lte]": "2999-01-01"})) == 3
    assert api.wrong("GET", "contacts", **{"created_at[gt]": "soon"}) == {"created_at.gt"}


@pytest.mark.parametrize(
    ("name", "value"), [("limit", 0), ("limit", 101), ("page", 0), ("page", "x"), ("sort", "name")]
)
def test_list_refuses(api, account, name, value):
    assert api.wrong("GET", "contacts", **{name: value}) == {name}


def test_a_full_contact(api, account):
    account.mira.tier = Tier.objects.create(name="Gold", position=2)
    account.mira.prepaid_cents = 1250
    account.mira.save()
    kind = SubscriptionType.objects.create(name="News", strategy="OPT_OUT")
    contact = api("GET", f"contacts/{account.mira.uuid}")
    assert contact["credit_balance"]["balance"] == 120
    assert contact["prepaid_balance"] == {"balance_in_cents": 1250}
    assert contact["tier"]["name"] == "Gold"
    assert contact["attributes"][0]["value"] == "Mira"
    assert contact["attributes"][0]["attribute"]["name"] == "firstname"
    assert contact["subscriptions"][0]["status"] == "SUBSCRIBED"
    values = contact["current_values"]
    assert values["firstname"] == "Mira"
    assert values["lastname"] is None
    assert values["loyalty_number_of_transactions"] == 1
    assert values["loyalty_total_credits_received"] == 120
    assert values["loyalty_associated_shops"] == account.shop.uuid
    assert values["default_contact_identifier"] == "CARD-1"
    assert values["prepaid_balance"] == 12.5
    assert values["tier"] == "2"
    assert values[f"subscription_status_{kind.pk}"] == "SUBSCRIBED"
    assert values["custom_app_login_code"]
    shown = contact["current_display_values"]
    assert shown["tier"] == "Gold"
    assert shown["prepaid_balance"] == "€12.50"
    assert shown["is_anonymous"] == "No"
    assert len(shown["created_at"]) == len("2026-03-04, 09:30")


def test_find(api, account):
    assert api("GET", "contacts/find-one-by", email="MIRA@example.test")["uuid"]
    assert api.code("GET", "contacts/find-one-by", email="nobody@example.test") == 55031
    assert api.wrong("GET", "contacts/find-one-by") == {"email"}
    assert api.wrong("GET", "contacts/find-one-by", email="mira") == {"email"}
    assert api.code("GET", "contacts/unknown") == 55031


def test_balances(api, account):
    assert api("GET", f"contacts/{account.mira.uuid}/credit-balance") == {"balance": 120}
    prepaid = api("GET", f"contacts/{account.mira.uuid}/prepaid-balance")
    assert prepaid == {"balance_in_cents": 0, "balance": "€0.00"}
    assert api.code("GET", "contacts/unknown/credit-balance") == 55031


@pytest.mark.parametrize("path", ["contacts", "contacts/async"])
def test_create(api, account, path):
    uuid = api("POST", path, email="New@Example.test ")["uuid"]
    assert Contact.objects.get(uuid=uuid).email == "new@example.test"
    assert api.code("POST", path, email="new@example.test") == 60005
    assert api.wrong("POST", path, email="no address") == {"email"}


def test_find_or_create_creates_although_it_is_a_get(api, account):
    found = api("GET", "contacts/find-or-create", email="mira@example.test")
    assert found["uuid"] == account.mira.uuid
    made = api("GET", "contacts/find-or-create", email="new@example.test")
    again = api("GET", "contacts/find-or-create/async", email="new@example.test")
    assert again == {"uuid": made["uuid"]}


def test_create_anonymous(api, account):
    uuid = api("POST", "contacts/anonymous", contact_identifier_value="NEW")["uuid"]
    assert ContactIdentifier.objects.get(value="NEW", contact__uuid=uuid)
    assert Contact.objects.get(uuid=uuid).is_anonymous
    assert api("POST", "contacts/anonymous")["uuid"] != uuid
    ContactIdentifier.objects.create(value="FREE")
    free = api("POST", "contacts/anonymous", contact_identifier_value="FREE")["uuid"]
    assert ContactIdentifier.objects.get(value="FREE", contact__uuid=free)
    assert api.code("POST", "contacts/anonymous", contact_identifier_value="NEW") == 60014


def test_update_changes_only_what_is_given(api, account):
    path = f"contacts/{account.double.uuid}"
    contact = api("PUT", path, attributes={"firstname": "Mia", "birthdate": "1990-02-28"})
    assert contact["current_values"]["firstname"] == "Mia"
    assert contact["current_values"]["lastname"] == "Jansen"
    emptied = api("PUT", path, attributes={"lastname": None})
    assert emptied["current_values"]["lastname"] is None


def test_update_takes_a_php_form(api, account):
    body = "attributes%5Bfirstname%5D=Mi&attributes[address]=Dam+1"
    contact = api.form("PUT", f"contacts/{account.mira.uuid}", body)
    assert contact["current_values"]["firstname"] == "Mi"
    assert contact["current_values"]["address"] == "Dam 1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "other@example.test"),
        ("loyalty_balance", 9999),
        ("no_such", "x"),
        ("birthdate", "yesterday"),
        ("age", "old"),
        ("locale", "xx"),
        ("drinks", ["tea", "mud"]),
        ("vegan", "perhaps"),
        ("work_email", "mira"),
        ("since", "long"),
    ],
)
def test_update_refuses(api, account, name, value):
    drinks = [{"label": "Tea", "value": "tea"}]
    for other, kind in (("vegan", "boolean"), ("work_email", "email"), ("since", "date_time")):
        Attribute.objects.create(entity="contact", name=other, label=other, type=kind)
    Attribute.objects.create(
        entity="contact", name="drinks", label="Drinks", type="multi_select", options=drinks
    )
    path = f"contacts/{account.mira.uuid}"
    assert api.wrong("PUT", path, attributes={name: value}) == {f"attributes.{name}"}
    assert api.wrong("PUT", path) == {"attributes"}
    assert api.wrong("PUT", path, attributes="x") == {"attributes"}


def test_choices_are_shown_by_their_labels(api, account):
    options = [{"label": "Tea", "value": "tea"}, {"label": "Beer", "value": "beer"}]
    Attribute.objects.create(
        entity="contact", name="drinks", label="Drinks", type="multi_select", options=options
    )
    path = f"contacts/{account.mira.uuid}"
    contact = api("PUT", path, attributes={"drinks": ["tea", "beer"]})
    assert contact["current_display_values"]["drinks"] == "Tea, Beer"


def test_claim_gives_an_anonymous_contact_its_address(api, account):
    path = f"contacts/{account.anonymous.uuid}/claim"
    contact = api("PUT", path, email="real@example.test")
    assert (contact["uuid"], contact["email"]) == (account.anonymous.uuid, "real@example.test")
    assert contact["current_values"]["is_anonymous"] is False
    assert api.code("PUT", path, email="real@example.test") == 60016
    assert api.wrong("PUT", path) == {"email"}


def test_claim_merges_into_the_owner_of_the_address(api, account):
    path = f"contacts/{account.anonymous.uuid}/claim"
    contact = api("PUT", path, email="mira@example.test")
    assert contact["uuid"] == account.mira.uuid
    assert api.code("PUT", path, email="mira@example.test") == 55031
    identifiers = api("GET", f"contacts/{account.mira.uuid}/contact-identifiers")
    assert [(row["value"], row["default"]) for row in identifiers] == [
        ("CARD-1", True),
        ("CARD-ANON", False),
    ]


def test_merge_moves_everything_some_time_later(api, account, finish_jobs):
    mira, double, shop = account.mira, account.double, account.shop
    kind = SubscriptionType.objects.create(name="News")
    Subscription.objects.create(contact=double, subscription_type=kind, status="SUBSCRIBED")
    Voucher.objects.create(code="V", promotion=account.promotion, contact=double)
    Booking.objects.create(contact=double, shop=shop)
    PrepaidTransaction.objects.create(contact=double, shop=shop, amount_in_cents=500)
    Contact.objects.filter(pk=double.pk).update(prepaid_cents=500)
    AuthToken.objects.create(token="t", contact=double)
    answer = api.envelope(
        "POST",
        "contacts/merge",
        source_contact_uuid=double.uuid,
        destination_contact_uuid=mira.uuid,
    )
    assert answer["data"] is None
    assert api("GET", f"contacts/{double.uuid}/credit-balance") == {"balance": 30}
    finish_jobs()
    assert api.code("GET", f"contacts/{double.uuid}") == 55031
    merged = api("GET", f"contacts/{mira.uuid}")
    assert merged["credit_balance"]["balance"] == 150
    assert merged["prepaid_balance"]["balance_in_cents"] == 500
    assert merged["current_values"]["firstname"] == "Mira"
    assert merged["current_values"]["lastname"] == "Jansen"
    assert merged["subscriptions"][0]["is_subscribed"]
    assert merged["current_values"]["loyalty_number_of_transactions"] == 2
    assert LoyaltyTransaction.objects.filter(contact=mira).count() == 2
    for thing in (Voucher, Booking, PrepaidTransaction, AuthToken):
        assert thing.objects.get().contact_id == mira.pk
    assert ContactIdentifier.objects.get(value="CARD-2").contact_id == mira.pk


def test_merge_refuses(api, account):
    both = {
        "source_contact_uuid": account.mira.uuid,
        "destination_contact_uuid": account.mira.uuid,
    }
    assert api.wrong("POST", "contacts/merge", **both) == {"destination_contact_uuid"}
    both["source_contact_uuid"] = "unknown"
    assert api.code("POST", "contacts/merge", **both) == 55031
    wanted = {"source_contact_uuid", "destination_contact_uuid"}
    assert api.wrong("POST", "contacts/merge") == wanted


@pytest.mark.parametrize("kind", ["DEFAULT", "GDPR"])
def test_delete_happens_later_and_frees_identifiers(api, account, finish_jobs, kind):
    api("POST", "contact-verification/send", email="mira@example.test")
    path = f"contacts/{account.mira.uuid}/delete"
    assert api.wrong("POST", path, type="ALL") == {"type"}
    assert api("POST", path, type=kind) is None
    assert api("GET", f"contacts/{account.mira.uuid}")
    finish_jobs()
    assert api.code("GET", f"contacts/{account.mira.uuid}") == 55031
    found = api("GET", "contact-identifiers/find", contact_identifier_value="CARD-1")
    assert found["contact"] is None
    assert api.code("POST", path, type=kind) == 55031


def test_a_page_takes_the_same_few_queries_however_many_contacts(
    api, account, django_assert_max_num_queries
):
    def queries(limit):
        with django_assert_max_num_queries(12, using="sandbox") as asked:
            api("GET", "contacts", limit=limit)
        return len(asked)

    Contact.objects.bulk_create(Contact(email=f"c{n}@example.test") for n in range(60))
    assert queries(2) == queries(60)


def test_an_import_adds_and_changes_whole_or_not_at_all(api, account):
    kind = SubscriptionType.objects.create(name="News")
    contacts = [
        {
            "email": "new@example.test",
            "custom_attributes": [{"name": "firstname", "value": "New"}],
            "subscription_types": [{"uuid": kind.uuid, "enroll": True}],
        },
        {"email": account.mira.email, "custom_attributes": {"lastname": "Jansen"}},
    ]
    api("POST", "contacts/batch", contacts=contacts)
    new = Contact.objects.get(email="new@example.test")
    assert new.attributes == {"firstname": "New"}
    assert [each.status for each in new.subscriptions.all()] == ["SUBSCRIBED"]
    mira = Contact.objects.get(pk=account.mira.pk)
    assert mira.attributes == {"firstname": "Mira", "lastname": "Jansen"}
    contacts = [{"email": "other@example.test"}, {"email": "no address"}]
    assert api.code("POST", "contacts/batch", contacts=contacts) == 1003
    assert not Contact.objects.filter(email="other@example.test").exists()
    assert api.wrong("POST", "contacts/batch") == {"contacts"}
