"""Attributes that an account gives its entities, as Piggy answers them."""

from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.piggy.types import Answer, Moment, Text, Whole, YesNo


class CustomAttribute(ContactAttribute):
    """An attribute of any entity; which keys there are depends on the call that gave it."""

    id: Whole = None
    entity: Text = None
    group_name: Text = None
    placeholder: Text = None
    position: Whole = None
    can_be_deleted: YesNo = None


class AttributeGroup(Answer):
    """A heading under which attributes of an entity stand."""

    essential = ("name",)

    entity: Text = None
    name: Text = None
    label: Text = None
    created_at: Moment = None
