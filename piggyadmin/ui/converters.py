"""What a part of an address can be: bounded, so that nothing behind it meets more than it takes."""

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter

# No row has a higher number.
LAST_NUMBER = 2**63 - 1


class NumberConverter(IntConverter):
    """The number of a row."""

    regex = "[0-9]{1,18}"


class IdConverter(StringConverter):
    """What Piggy knows a record by, which is opaque; an e-mail address or a name is none."""

    regex = "[0-9A-Za-z_.~-]{1,255}"


register_converter(NumberConverter, "number")
register_converter(IdConverter, "id")
