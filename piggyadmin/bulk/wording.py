"""Words for what is wrong with a file."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from piggyadmin.bulk.parsing.types import MOST_ROWS, Remark, Trouble, UnreadableError
from piggyadmin.ledger.operations import Words
from piggyadmin.ui.templatetags.ui import number

_TROUBLES: Mapping[Trouble, Words] = {
    Trouble.EMPTY: _("There are no rows in it."),
    Trouble.TOO_LARGE: _("The file is larger than 50 MB. Upload it in parts."),
    Trouble.PICTURE: _("This is a picture, whatever it is called. Choose a CSV or Excel file."),
    Trouble.PDF: _("This is a PDF. Choose the list that it was made of, as CSV or Excel file."),
    Trouble.OLD_EXCEL: _(
        "This is a file of an old Excel. Save it as Excel workbook (.xlsx) or as CSV."
    ),
    Trouble.OTHER_ARCHIVE: _("This is an archive, not an Excel workbook. Choose the list in it."),
    Trouble.NO_TEXT: _("This is neither a list nor a workbook. Choose a CSV or Excel file."),
    Trouble.OTHER_ENCODING: _("It is not written in this encoding. Choose another one."),
    Trouble.UNPACKS_TOO_LARGE: _(
        "This workbook unpacks to far more than can be read. Save its first sheet as CSV."
    ),
    Trouble.BROKEN_SHEET: _("This workbook is damaged. Open it in Excel, and save it once more."),
    Trouble.BROKEN_LINE: _(
        "Line %(line)s cannot be read: a quotation mark may be missing, or a cell holds far too "
        "much. Look at it, or choose another separator."
    ),
    Trouble.TOO_MANY_ROWS: _("There are more than %(most)s rows in it. Upload it in parts."),
    Trouble.TOO_MANY_COLUMNS: _(
        "There are more than 200 columns in it. Is another separator meant?"
    ),
}
_REMARKS: Mapping[Remark, Words] = {
    Remark.DOUBLE_NAME: _("Several columns are called “%(name)s”. They are told apart by numbers."),
    Remark.NO_NAME: _("A column has no name. It is called %(name)s here."),
    Remark.JOINED_CELLS: _("Cells are joined in it: only the first of them has what stands there."),
    Remark.FORMULAS: _("There are formulas in it: what Excel last saved of them is read."),
}


def trouble_in_words(error: UnreadableError) -> str:
    """Say why a file cannot be read, and what to do."""
    return str(_TROUBLES[error.trouble]) % {"line": error.line, "most": number(MOST_ROWS)}


def remark_in_words(remark: Remark, name: str) -> str:
    """Say what is odd about a column."""
    return str(_REMARKS[remark]) % {"name": name}
