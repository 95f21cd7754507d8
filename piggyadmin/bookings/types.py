"""Bookings, as Piggy answers them."""

from typing import Annotated

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text, Whole


class Booking(Answer):
    """A booking. Party, company, status and prepaid amount (cents) are often not echoed (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    contact: Annotated[Contact | None, Lenient] = None
    external_id: Text = None
    source: Text = None
    starts_at: Moment = None
    ends_at: Moment = None
    checked_in_at: Moment = None
    created_at: Moment = None
    number_of_people: Whole = None
    company_name: Text = None
    status: Text = None
    prepaid_amount: Whole = None
