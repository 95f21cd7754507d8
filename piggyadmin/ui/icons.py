"""Icons, drawn from the set that the package `lucide` brings along.

Its own tag opens the set anew for each icon and reads the list of all of them, 10 ms each time: a
new process would spend a second on its first pages.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

_NAMESPACE = b'xmlns="http://www.w3.org/2000/svg"'
# Drawn where there is no icon of a name.
UNKNOWN = "circle"


@cache
def names() -> frozenset[str]:
    """Name all icons of the set."""
    return frozenset(name.removesuffix(".svg") for name in _icon_set().namelist())


def svg(name: str, size: int) -> str:
    """Draw an icon of so many pixels that screen readers skip; the words stand beside it."""
    drawn = _icon_set().read(f"{name if name in names() else UNKNOWN}.svg")
    root = ElementTree.fromstring(drawn.replace(_NAMESPACE, b""))  # noqa: S314  (of a package)
    root.attrib |= {"width": str(size), "height": str(size), "class": "icon"}
    root.attrib |= {"aria-hidden": "true", "focusable": "false"}
    return ElementTree.tostring(root, encoding="unicode")


@cache
def _icon_set() -> ZipFile:
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
