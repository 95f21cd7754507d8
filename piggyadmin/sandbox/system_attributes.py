"""The contact attributes that Piggy itself defines; which of them may be written."""

from piggyadmin.sandbox.models import Attribute, Contact

_HARD = ("email", "channel", "created_at", "tier", "loyalty_first_transaction_date")
_WRITABLE = {
    "firstname": ("First name", "text"),
    "lastname": ("Last name", "text"),
    "avatar": ("Avatar", "media_upload"),
    "address": ("Address", "text"),
    "phonenumber": ("Phone number", "phone"),
    "birthdate": ("Birth date", "birth_date"),
    "age": ("Age", "number"),
    "locale": ("Language", "select"),
}
_READ_ONLY = {
    "email": ("Email", "email"),
    "status": ("Status", "select"),
    "channel": ("Channel", "select"),
    "is_anonymous": ("Is anonymous", "boolean"),
    "tier": ("Tier", "select"),
    "loyalty_balance": ("Credit balance", "number"),
    "previous_loyalty_balance": ("Previous credit balance", "number"),
    "prepaid_balance": ("Prepaid balance", "float"),
    "loyalty_number_of_transactions": ("Number of transactions", "number"),
    "loyalty_total_credits_received": ("Total credits received", "number"),
    "loyalty_first_transaction_date": ("First transaction", "date_time"),
    "loyalty_last_transaction_date": ("Last transaction", "date_time"),
    "loyalty_associated_shops": ("Associated shops", "multi_select"),
    "default_contact_identifier": ("Default contact identifier", "identifier"),
    "created_at": ("Created at", "date_time"),
    "updated_at": ("Updated at", "date_time"),
}
# Names that no custom attribute may take although they are not listed as attributes.
_RESERVED = {"uuid", "custom_app_login_url", "custom_app_login_code", "add_to_wallet"}

LOCALES = ("en", "nl", "de", "es", "fr")


def _options(name: str) -> list[dict[str, str]]:
    words = {"locale": LOCALES, "status": ("ACTIVE", "INACTIVE")}.get(name, ())
    return [{"label": word, "value": word} for word in words]


def _system(name: str, label: str, data_type: str, *, writable: bool) -> Attribute:
    return Attribute(
        entity="contact",
        name=name,
        label=label,
        type=data_type,
        options=_options(name),
        is_piggy_defined=True,
        is_soft_read_only=not writable,
        is_hard_read_only=name in _HARD,
    )


SYSTEM_ATTRIBUTES = [
    *(_system(name, *words, writable=True) for name, words in _WRITABLE.items()),
    *(_system(name, *words, writable=False) for name, words in _READ_ONLY.items()),
]
# They are no rows, but the API gives each a number: above those that rows will ever reach.
for _number, _each in enumerate(SYSTEM_ATTRIBUTES, start=1_000_001):
    _each.pk = _number
SYSTEM_NAMES = {each.name for each in SYSTEM_ATTRIBUTES} | _RESERVED


def custom_attributes(entity: str) -> list[Attribute]:
    """Give the attributes that the account's owner added to an entity."""
    taken = SYSTEM_NAMES if entity == "contact" else set()
    return [row for row in Attribute.objects.filter(entity=entity) if row.name not in taken]


def all_attributes(entity: str) -> list[Attribute]:
    """Give the attributes of an entity, Piggy's own first."""
    system = SYSTEM_ATTRIBUTES if entity == "contact" else []
    return [*system, *custom_attributes(entity)]


def name_of(contact: Contact) -> str:
    """Give a contact's first and last name, as far as known."""
    words = (contact.attributes.get("firstname"), contact.attributes.get("lastname"))
    return " ".join(str(word) for word in words if word)
