"""The one table of the console: columns are declared once, rows and cells stand below them.

    {% table _("Customers") %}
      {% column _("Customer") "lead" %}
      {% column _("Credits") "num end" %}
      {% for contact in contacts %}
        {% row %}
          {% cell %}<a class="opens" href="…">{{ contact.name }}</a>{% endcell %}
          {% cell %}{{ contact.credits|number }}{% endcell %}
        {% endrow %}
      {% empty %}
        {% blankslate "nothing" _("No contacts here.") %}{% endblankslate %}
      {% endfor %}
    {% endtable %}

What a column is, in words beside its label: `lead` says what the row is and `end` stands beside it
on a phone, where all others share a second line; `num` is a figure, `time` a moment, `code` an
identifier, `head` heads its row, `labelled` keeps its label on a phone. Where `sort` names an order
of the page, the label sorts by it. A table without rows is not drawn: what stands there instead is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

NOTHING = "–"  # noqa: RUF001  (an en dash stands for "there is none")
# Where the table around stands in the context; no template can name it.
AROUND = "_table"
# The parameter of a page that says by which column its list is sorted.
SORT = "sort"


@dataclass(frozen=True)
class HtmlColumn:
    """What its head says, and what its cells are."""

    label: SafeString
    kinds: str = ""
    sort: str = ""

    @property
    def is_head(self) -> bool:
        """Whether its cells head their rows."""
        return "head" in self.kinds.split()


@dataclass
class HtmlTable:
    """A table while it is drawn."""

    columns: list[HtmlColumn] = field(default_factory=list)
    rows: int = 0
    place: int = 0

    def next_column(self) -> HtmlColumn:
        """Go on to the next cell of a row, and give its column."""
        column = self.columns[self.place]
        self.place += 1
        return column


def add_column(context: Context, label: str | Promise, kinds: str = "", sort: str = "") -> str:
    """Declare a column of the table around: `{% column _("Credits") "num end" %}`."""
    column = HtmlColumn(conditional_escape(str(label)), conditional_escape(kinds), sort)
    context[AROUND].columns.append(column)
    return ""


class BlockNode(Node):
    """What stands between a tag and its end."""

    def __init__(self, nodelist: NodeList, words: Mapping[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self.words = words

    def word(self, context: Context, name: str) -> str:
        """Give what a parameter of the tag is; nothing where it is not given."""
        return str(self.words[name].resolve(context)) if name in self.words else ""

    @classmethod
    def parse(cls, parser: Parser, token: Token) -> "BlockNode":
        """Read `{% name "label" word=value %} … {% endname %}`."""
        name, *bits = token.split_contents()
        words: dict[str, FilterExpression] = {}
        if bits and "=" not in bits[0].split('"')[0]:
            words["label"] = parser.compile_filter(bits.pop(0))
        words |= token_kwargs(bits, parser)
        nodelist = parser.parse((f"end{name}",))
        parser.delete_first_token()
        return cls(nodelist, words)


class TableNode(BlockNode):
    """The whole table, or what its template has in place of rows."""

    def render(self, context: Context) -> SafeString:
        """Draw the rows first: they tell of the columns, and whether there are any."""
        table = HtmlTable()
        with context.push(**{AROUND: table}):
            body = self.nodelist.render(context)
        if not table.rows:
            return body
        return format_html(
            '<table class="table rows{}"><caption class="visually-hidden">{}</caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
            f" {self.word(context, 'class')}".rstrip(),
            self.word(context, "label"),
            format_html_join("", "{}", ((head(context, each),) for each in table.columns)),
            body,
        )


def head(context: Context, column: HtmlColumn) -> SafeString:
    """Draw what stands above a column; a link where the list can be sorted by it."""
    if not column.sort:
        return format_html('<th scope="col" class="{}">{}</th>', column.kinds, column.label)
    query = context["request"].GET.copy()
    now = query.get(SORT, "")
    direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(now, "none")
    query[SORT] = f"-{column.sort}" if direction == "ascending" else column.sort
    query.pop("page", None)
    arrow = {"ascending": "↑", "descending": "↓", "none": ""}[direction]
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="?{}" title="{}">{} {}</a></th>',
        column.kinds,
        direction,
        query.urlencode(),
        _("Sort by this"),
        column.label,
        arrow,
    )


class RowNode(BlockNode):
    """One row; `class` marks it."""

    def render(self, context: Context) -> str:
        """Draw its cells."""
        table: HtmlTable = context[AROUND]
        table.rows += 1
        table.place = 0
        kind = self.word(context, "class")
        opening = f'<tr class="{conditional_escape(kind)}">' if kind else "<tr>"
        return f"{opening}{self.nodelist.render(context)}</tr>"


class CellNode(BlockNode):
    """One cell; what it is says its column, and `class` something more."""

    def render(self, context: Context) -> str:
        """Draw it."""
        column = context[AROUND].next_column()
        content = self.nodelist.render(context).strip() or NOTHING
        css, kind = column.kinds, self.word(context, "class")
        if kind or content == NOTHING:
            more = (css, conditional_escape(kind), "none" if content == NOTHING else "")
            css = " ".join(filter(None, more))
        attributes = f'data-label="{column.label}"' + (f' class="{css}"' if css else "")
        if column.is_head:
            return f'<th scope="row" {attributes}>{content}</th>'
        return f"<td {attributes}>{content}</td>"


def register_with(register: template.Library) -> None:
    """Make the tags part of a library."""
    register.simple_tag(add_column, takes_context=True, name="column")
    register.tag("table", TableNode.parse)
    register.tag("row", RowNode.parse)
    register.tag("cell", CellNode.parse)
