"""QR codes as pictures that stand in a page, whatever they say."""

import segno

# How wide one of its squares is, in pixels, and how many of them are left white around it.
SCALE = 5
BORDER = 4


def qr_picture(text: str) -> str:
    """Give the address of a picture of a QR code, which holds the picture itself.

    It is empty where this is more than fits into one.
    """
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError:
        return ""
    return code.svg_data_uri(scale=SCALE, border=BORDER, light="#fff")
