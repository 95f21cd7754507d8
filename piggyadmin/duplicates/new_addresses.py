"""Who may be the one with an address that is new at Piggy, weighed as the finder weighs pairs."""

import numpy as np

from piggyadmin.contacts.likely import LikelyContact
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.matching.fellegi_sunter import Kind, probabilities
from piggyadmin.duplicates.matching.normalisation import keys, normalise
from piggyadmin.duplicates.matching.search import LISTED, Search
from piggyadmin.duplicates.matching.table import Floats, Table
from piggyadmin.duplicates.matching.term_frequencies import Frequencies
from piggyadmin.duplicates.mirror import text_search
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.duplicates.review import learned_model
from piggyadmin.duplicates.review.evidence import compared
from piggyadmin.duplicates.review.learned_model import Learned

# So many with the same name before the @ are weighed: of "info" there are thousands.
MOST_WEIGHED = 50


def find_likely(email: str, owner: str) -> LikelyContact | None:
    """Find the mirrored contact who may be the one with an address; nobody before a first search.

    The `owner` is who gets the address, by UUID, or "".
    """
    known = learned_model.latest()
    contacts = [each for each in _alike(email) if each.uuid != owner]
    if known is None or not contacts:
        return None
    certainties = _weigh(known, email, contacts)
    best = int(np.argmax(certainties))
    if certainties[best] < LISTED:
        return None
    return LikelyContact(_as_contact(contacts[best]), float(certainties[best]))


def _alike(email: str) -> list[MirroredContact]:
    """Read whose address has the same name before the @, or but for a slip the same letters."""
    local = keys(normalise(email=email)).local
    rows = {row.pk: row for row in text_search.find(email).contacts}
    if local is not None:
        same = MirroredContact.objects.filter(key_local=local, is_anonymous=False)
        rows |= {row.pk: row for row in same[:MOST_WEIGHED]}
    return list(rows.values())


def _weigh(known: Learned, email: str, contacts: list[MirroredContact]) -> Floats:
    """Give for each contact how likely it is the one with the address."""
    normalised = normalise(email=email)
    table = Table([(normalised, keys(normalised)), *map(compared, contacts)])
    frequencies = Frequencies(table, known.frequencies)
    search = Search(table, model=known.model, frequencies=frequencies)
    others = np.arange(1, len(table))
    agreement = search.agreement(np.zeros_like(others), others)
    certainties: Floats = probabilities(known.model.weigh(agreement))[Kind.PERSON]
    return certainties


def _as_contact(row: MirroredContact) -> Contact:
    return Contact(uuid=row.uuid, email=row.email, firstname=row.firstname, lastname=row.lastname)
