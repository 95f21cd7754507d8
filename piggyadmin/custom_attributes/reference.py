"""The custom attribute in which the console's own reference stands, of any entity."""

from functools import partial

from django.utils.translation import gettext

from piggyadmin.custom_attributes.services import create_custom_attribute, list_custom_attributes
from piggyadmin.ledger import own_reference
from piggyadmin.piggy.client import PiggyClient


def reference_attribute(entity: str) -> own_reference.ReferenceAttribute:
    """Give where the reference is kept in what an entity, such as giftcard_transaction, makes."""
    return own_reference.ReferenceAttribute(
        entity, partial(_make, entity=entity), partial(list_custom_attributes, entity=entity)
    )


def _make(piggy: PiggyClient, *, entity: str) -> None:
    create_custom_attribute(
        piggy,
        entity=entity,
        name=own_reference.NAME,
        data_type="text",
        label=gettext("Reference of the console"),
        description=gettext("By this the console finds what it has booked."),
    )
