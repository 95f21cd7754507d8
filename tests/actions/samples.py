"""For every action, what a person would fill in to have it done in the sandbox."""

from piggyadmin.sandbox import seed

# The sandbox is seeded with the same one each time.
NEWSLETTER_UUID = "762161c0-d26e-40a3-a8eb-adc4ed9f4896"
WHY = {"reason": "Goodwill", "comment": "Spilt coffee."}

SAMPLES: dict[str, dict[str, str]] = {
    "claim-anonymous-contact": {
        **WHY,
        "anonymous_contact_uuid": "CARD-ANON",
        "email": "new.person@example.test",
    },
    "create-booking": {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": seed.AMSTERDAM_UUID,
        "starts_at": "2030-04-01T18:00",
        "ends_at": "2030-04-01T20:00",
        "number_of_people": "4",
        "prepaid_amount": "10,40",
    },
    "create-contact-attribute": {
        "name": "shoe_size",
        "label": "Shoe size",
        "data_type": "select",
        "options-0-label": "42",
        "options-0-value": "42",
    },
    "create-credit-reception": {
        **WHY,
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": seed.AMSTERDAM_UUID,
        "credits": "25",
    },
    "create-vouchers-batch": {
        "promotion_uuid": seed.WELCOME_COFFEE_UUID,
        "quantity": "5",
        "contact_uuid": "mira.jansen@example.test",
        "activation_date": "2030-01-01T00:00",
        "expiration_date": "2030-06-01T00:00",
    },
    "delete-contact": {**WHY, "contact_uuid": "m.jansen@example.test", "type": "GDPR"},
    "find-or-create-products": {
        "external_identifier": "SKU-NEW",
        "name": "Flat white",
        "description": "200 ml",
        "categories": "",
    },
    "find-voucher-by-code": {"code": "WELCOME-ACTIVE"},
    "get-contact-auth-token": {"contact_uuid": "mira.jansen@example.test"},
    "get-contact-credit-balance": {"contact_uuid": "mira.jansen@example.test"},
    "list-forms": {"status": "PUBLISHED", "type": ""},
    "list-perks": {},
    "merge-contacts": {
        **WHY,
        "source_contact_uuid": "m.jansen@example.test",
        "destination_contact_uuid": "mira.jansen@example.test",
    },
    "merge-duplicates": {
        **WHY,
        "contact_uuids": "mira.jansen@example.test\nm.jansen@example.test",
    },
    "send-contact-verification-email": {"email": "mira.jansen@example.test"},
    "update-bookings": {**WHY, "booking_uuid": seed.BOOKING_UUID, "number_of_people": "6"},
    "update-contact": {
        "contact_uuid": "mira.jansen@example.test",
        "phonenumber": "+31687654321",
        "attribute_favourite_drink": "coffee",
    },
    "update-contact-subscription": {
        "contact_uuid": "mira.jansen@example.test",
        "subscription_type_uuid": NEWSLETTER_UUID,
        "is_subscribed": "false",
    },
    "update-contact-identifiers": {
        "contact_identifier_value": "CARD-0001",
        "contact_identifier_name": "Golden card",
        "contact_identifier_active": "true",
    },
}
