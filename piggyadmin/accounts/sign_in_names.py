"""Names people sign in with: capitals are of no matter, and none can be taken for another."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from piggyadmin.ui.codes import as_seen

# Letters and figures that look like others; of Unicode's confusables those of scripts in which
# whole names can look Latin.
_LOOKS_LIKE = {
    **dict(zip("01\N{LATIN SMALL LETTER DOTLESS I}i", "olll", strict=True)),
    **dict(zip("аеорсухіјѕһԁԛԝкмтвнгп", "aeopcyxljshdqwkmtbhrn", strict=True)),
    **dict(zip("αβεικνορτυχγωη", "abelkvoptuxywn", strict=True)),
    # Letters of phonetic writing, which are Latin too.
    **dict(zip("ƒɑɡɩɪʀʏʙɢʜʟɴᴀᴄᴅᴇꜰᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡᴢ", "fagllrybghlnacdefjkmopstuvwz", strict=True)),
}


def canonical(name: str) -> str:
    """Write a name as it is compared: what nobody sees does not count."""
    return unicodedata.normalize("NFKC", as_seen(name)).casefold()


def same_name(one: str, other: str) -> bool:
    """Tell whether two names differ in capitals at most."""
    return canonical(one) == canonical(other)


def look_alike_key(name: str) -> str:
    """Give what all names have in common that look like this one."""
    letters = unicodedata.normalize("NFKD", canonical(name))
    bare = (_LOOKS_LIKE.get(c, c) for c in letters if not unicodedata.combining(c))
    return "".join(bare).replace("rn", "m")


def scripts_of(name: str) -> set[str]:
    """Name the scripts of a name's letters, as Unicode's names of characters begin."""
    return {unicodedata.name(c, "unknown").split()[0] for c in name if c.isalpha()}


def one_script(name: str) -> None:
    """Refuse a name whose letters are of several scripts, as of Cyrillic and Latin.

    Raises:
        ValidationError: says so.
    """
    if len(scripts_of(unicodedata.normalize("NFKC", name))) > 1:
        raise ValidationError(
            _("Letters of different scripts look alike: use those of one script."),
            code="mixed_scripts",
        )
