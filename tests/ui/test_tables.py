"""The one table: what its columns, rows and cells become."""

import pytest
from django.template import Context, Template


def render(template: str, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


PEOPLE = """{% table _("People") %}
  {% column _("Name") "lead head" %}
  {% column _("Credits") "num end" %}
  {% for name, credits in people %}
    {% row class=kind %}
      {% cell %} {{ name }} {% endcell %}{% cell %}{{ credits }}{% endcell %}
    {% endrow %}
  {% empty %}
    {% blankslate "nothing" _("Nobody.") %}<a href="/">All</a>{% endblankslate %}
  {% endfor %}
{% endtable %}"""


def test_heads_cells_and_labels():
    html = render(PEOPLE, people=[("Mira", 30)])
    assert '<caption class="visually-hidden">People</caption>' in html
    assert '<th scope="col" class="num end">Credits</th>' in html
    assert '<th scope="row" data-label="Name" class="lead head">Mira</th>' in html
    assert '<td data-label="Credits" class="num end">30</td>' in html


def test_each_row_begins_with_the_first_column():
    html = render(PEOPLE, people=[("Mira", 30), ("Daan", 4)])
    assert html.count('data-label="Name"') == html.count('data-label="Credits"') == 2


def test_a_row_can_be_marked():
    assert '<tr class="failing">' in render(PEOPLE, people=[("Mira", 1)], kind="failing")
    assert "<tr>" in render(PEOPLE, people=[("Mira", 1)], kind="")


def test_a_cell_without_anything_says_so():
    html = render(PEOPLE, people=[("Mira", "")])
    assert '<td data-label="Credits" class="num end none">–</td>' in html  # noqa: RUF001


def test_a_table_without_rows_is_what_stands_in_their_place():
    html = render(PEOPLE, people=[])
    assert "<table" not in html
    assert '<p class="empty-title">Nobody.</p>' in html


def test_what_is_shown_is_escaped():
    table = "{% table label %}{% column label kind %}{% row class=kind %}{% cell %}{{ label }}"
    html = render(table + "{% endcell %}{% endrow %}{% endtable %}", label="<b>", kind='"><b>')
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("query", "direction", "next_one"),
    [
        ("", "none", "sort=credits"),
        ("sort=credits&page=3", "ascending", "sort=-credits"),
        ("sort=-credits&q=a", "descending", "sort=credits&amp;q=a"),
    ],
)
def test_a_head_sorts(rf, query, direction, next_one):
    table = '{% table "T" %}{% column "Credits" "num" sort="credits" %}{% row %}{% endrow %}'
    html = render(table + "{% endtable %}", request=rf.get(f"/?{query}"))
    assert f'aria-sort="{direction}"' in html
    assert f'href="?{next_one}"' in html


def test_facts_say_what_is_not_known():
    html = render('{% facts %}{% fact _("Phone") %} {% endfact %}{% endfacts %}')
    assert html == '<dl class="facts"><div><dt>Phone</dt><dd>–</dd></div></dl>'  # noqa: RUF001
