"""Which column is which field: by its name in any language, by what is in it, and by habit."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# What columns of people's own lists are called, beside the names of fields and their labels.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "contact_uuid": (
        "e-mail",
        "mail",
        "e-mailadres",
        "mailadres",
        "email address",
        "emailaddress",
        "contact",
        "contact_uuid",
        "klant",
        "customer",
        "card",
        "kaart",
        "pas",
        "kaartnummer",
        "pasnummer",
        "card number",
        "identifier",
    ),
    "email": ("e-mail", "mail", "e-mailadres", "mailadres", "email address", "emailadres"),
    "credits": ("credits", "punten", "points", "aantal punten", "number of credits"),
    "unit_value": ("amount", "bedrag", "omzet", "spent", "total", "totaal"),
    "amount": ("amount", "bedrag", "total", "totaal"),
    "shop_uuid": ("shop", "winkel", "vestiging", "store", "location", "locatie"),
    "promotion_uuid": ("promotion", "promotie", "actie"),
    "code": ("code", "voucher", "vouchercode", "tegoedbon", "waardebon"),
    "contact_identifier_value": ("card", "kaart", "kaartnummer", "pas", "pasnummer", "card number"),
    "starts_at": ("start", "begin", "datum", "date", "tijd", "when", "wanneer"),
    "ends_at": ("end", "einde", "tot", "until"),
    "number_of_people": ("people", "personen", "aantal personen", "party", "gasten", "guests"),
    "expiration_date": ("until", "geldig tot", "expires", "vervaldatum"),
}


@dataclass(frozen=True)
class FieldToMatch:
    """A field, what it may be called, and whether addresses of persons can stand in it."""

    name: str
    words: tuple[str, ...]
    takes_addresses: bool = False


def match_columns(
    columns: Sequence[str],
    samples: Sequence[Sequence[object]],
    wanted: Sequence[FieldToMatch],
    remembered: Mapping[str, str],
) -> dict[str, int]:
    """Give the number of the column of each field for which one is found, each used once.

    What was chosen the last time comes first, then names, then what is in the columns.
    """
    found: dict[str, int] = {}
    names = [simple(column) for column in columns]
    for field, place in _suggested(names, samples, wanted, remembered):
        if field not in found and place not in found.values():
            found[field] = place
    return found


def _suggested(
    names: Sequence[str],
    samples: Sequence[Sequence[object]],
    wanted: Sequence[FieldToMatch],
    remembered: Mapping[str, str],
) -> Iterator[tuple[str, int]]:
    for field in wanted:
        if simple(remembered.get(field.name, "")) in names:
            yield field.name, names.index(simple(remembered[field.name]))
    for field in wanted:
        called = (field.name, *field.words, *SYNONYMS.get(field.name, ()))
        yield from (
            (field.name, names.index(word)) for word in map(simple, called) if word in names
        )
    for field in wanted:
        if field.takes_addresses:
            places = range(len(names))
            yield from ((field.name, place) for place in places if _are_addresses(samples, place))


def _are_addresses(samples: Sequence[Sequence[object]], place: int) -> bool:
    """Tell whether most of what stands in a column are e-mail addresses."""
    cells = [str(row[place]) for row in samples if place < len(row) and row[place] != ""]
    return bool(cells) and sum("@" in cell for cell in cells) * 2 > len(cells)


def simple(name: str) -> str:
    """Write a name without capitals, accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())
