"""Tags and filters: figures, times and states as people read them."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.ui import states
from piggyadmin.ui.templatetags import ui

NBSP = "\N{NO-BREAK SPACE}"


def render(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class TestTimes:
    def test_local_time_zone(self):
        html = ui.local(datetime(2026, 12, 3, 13, 2, tzinfo=UTC))
        assert ">3 Dec 2026 14:02</time>" in html
        assert 'datetime="2026-12-03T14:02:00+01:00"' in html
        assert "CET" in html

    @pytest.mark.parametrize(
        "text", ["2026-12-03T13:02:00+00:00", "2026-12-03T13:02:00", "2026-12-03T13:02:00.000000Z"]
    )
    def test_as_piggy_writes_it(self, text):
        assert "3 Dec 2026 14:02" in ui.local(text)

    def test_a_day(self):
        assert ui.local("2026-12-03") == '<time datetime="2026-12-03">3 Dec 2026</time>'
        assert ui.local(date(2026, 12, 3)) == ui.local("2026-12-03")

    def test_what_is_no_time_is_shown_as_it_is(self):
        assert ui.local(None) == ui.NOTHING
        assert ui.local("soon") == "soon"
        assert ui.local("2026-13-45") == "2026-13-45"
        assert ui.ago("soon") == "soon"
        assert ui.ago("") == ui.NOTHING

    @pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
    def test_the_ends_of_all_calendars(self, text):
        assert text[:4].lstrip("0") in ui.local(text)
        assert ui.ago(text)

    def test_dutch(self):
        with override("nl"):
            html = ui.local("2026-12-03T13:02:00Z")
        assert "3 dec 2026 14:02" in html.lower()
        assert "donderdag" in html

    @pytest.mark.parametrize(
        ("delta", "words"),
        [
            (timedelta(days=-3, minutes=-1), "3 days ago"),
            (timedelta(hours=2, minutes=1), "in 2 hours"),
            (timedelta(seconds=-5), "just now"),
        ],
    )
    def test_ago(self, delta, words):
        assert ui.ago(timezone.now() + delta).replace(NBSP, " ") == words

    @pytest.mark.parametrize(
        ("language", "passed", "to_come"),
        [
            ("de", "vor 3 Tagen", "in 1 Monat"),
            ("en", "3 days ago", "in 1 month"),
            ("nl", "3 dagen geleden", "over 1 maand"),
        ],
    )
    def test_words_for_time_in_a_sentence(self, language, passed, to_come):
        today = timezone.localdate()
        with override(language):
            assert ui.ago(today - timedelta(days=3)) == passed
            assert ui.ago(today + timedelta(days=32)) == to_come

    def test_days(self):
        today = timezone.localdate()
        assert ui.ago(today) == "today"
        assert ui.ago(today - timedelta(days=1)).replace(NBSP, " ") == "1 day ago"
        assert ui.ago(today + timedelta(days=2)).replace(NBSP, " ") == "in 2 days"


class TestFigures:
    def test_credits(self):
        assert ui.credits(1) == "1 credit"
        assert ui.credits(1234) == "1,234 credits"
        assert ui.credits(-5) == "-5 credits"
        assert ui.credits(None) == ui.NOTHING

    def test_cents(self):
        assert ui.cents(1250) == f"€{NBSP}12.50"
        assert ui.cents(-5) == f"\N{MINUS SIGN}€{NBSP}0.05"
        assert ui.cents("") == ui.NOTHING

    def test_euros(self):
        assert ui.euros("10.4") == f"€{NBSP}10.40"
        assert ui.euros(None) == ui.NOTHING

    def test_dutch(self):
        with override("nl"):
            assert ui.cents(123450) == f"€{NBSP}1.234,50"
            assert ui.number(1234) == "1.234"

    def test_number(self):
        assert ui.number(None) == ui.NOTHING


class TestStates:
    @pytest.mark.parametrize("status", states.STATES)
    def test_every_state_has_an_icon_that_exists_and_a_word(self, status):
        html = ui.status_badge(status)
        assert ui.icon(states.STATES[status].icon) != ui.icon("no such icon")
        assert "<svg" in html
        assert str(states.STATES[status].label) in html

    def test_case_and_underscores_do_not_matter(self):
        assert ui.status_badge("settled_done") == ui.status_badge("SETTLED-DONE")

    def test_unknown_words_are_kept_and_escaped(self):
        assert ui.status_badge("<b>") == '<span class="badge neutral">&lt;b&gt;</span>'

    def test_on_and_off(self):
        assert "Active" in ui.status_badge(status=True)
        assert "Switched off" in ui.status_badge(status=False)

    def test_nothing(self):
        assert ui.status_badge(None) == ui.NOTHING


class TestComponents:
    def test_icons_are_hidden_from_screen_readers(self):
        assert 'aria-hidden="true"' in render('{% icon "gift" %}')

    def test_every_icon_of_a_template_is_there(self):
        """A name that the set does not have, or has no more, would be a circle in silence."""
        texts = [page.read_text() for page in Path(settings.BASE_DIR, "templates").rglob("*.html")]
        names = set(re.findall(r'{% icon "([^"]+)"', " ".join(texts)))
        assert len(names) > 100
        circle = ui.icon("no such icon")
        assert {name for name in names if ui.icon(name) == circle} <= {"circle"}

    def test_an_icon_that_is_not_there_becomes_a_circle(self):
        assert "<circle" in ui.icon("no such icon")

    def test_badge(self):
        assert render('{% badge "New" "accent" %}') == '<span class="badge accent">New</span>'

    def test_copy_button_escapes(self):
        html = render("{% copy_button text %}", text='"><script>')
        assert "<script>" not in html
        assert "Copy" in html
        assert "Take it" in render('{% copy_button "x" "Take it" %}')

    def test_card(self):
        html = render('{% card "Title" "gift" "accent" %}<p>{{ x }}</p>{% endcard %}', x="<b>")
        assert "<p>&lt;b&gt;</p>" in html
        assert "Title" in html
        assert 'class="card stack accent"' in html
        assert "<h2" not in render("{% card %}x{% endcard %}")


class TestDrawnOnce:
    @pytest.fixture(autouse=True)
    def nothing_drawn(self):
        ui._drawn.cache_clear()

    def draw(self, **values) -> str:
        return str(ui.drawn_once("ui/_user_menu.html", is_signed_in=True, **values))

    def test_the_same_is_drawn_once(self, monkeypatch):
        drawn = iter(["drawn"])
        monkeypatch.setattr(ui, "render_to_string", lambda *_: next(drawn))
        assert self.draw(name="Sanne") == self.draw(name="Sanne") == "drawn"

    def test_another_value_is_drawn_anew(self):
        assert "Sanne" in self.draw(name="Sanne")
        assert "Sanne" not in self.draw(name="Bram")

    def test_each_language_has_its_own(self):
        assert "Sign out" in self.draw()
        with override("nl"):
            assert "Log uit" in self.draw()
        assert "Sign out" in self.draw()

    def test_what_is_handed_over_is_escaped(self):
        assert "<script>" not in self.draw(name="<script>")

    def test_who_edits_templates_sees_it_at_once(self, settings, monkeypatch):
        settings.DEBUG = True
        self.draw()
        monkeypatch.setattr(ui, "render_to_string", lambda *_: "edited")
        assert self.draw() == "edited"


class TestOptions:
    CHOICES: ClassVar = [
        ("", "Any <one>"),
        ("Coffee & tea", [(1, "Small"), ('"2"', "Large")]),
    ]

    def drawn(self, value: Any) -> str:
        field = forms.ChoiceField(choices=self.CHOICES, required=False)
        form = type("Chooser", (forms.Form,), {"size": field})({"size": value})
        return str(form["size"])

    def test_are_drawn_as_django_draws_them_and_nothing_in_them_is_markup(self):
        django = forms.Select(choices=self.CHOICES)
        theirs = django.render("size", "1", {"id": "id_size"}, renderer=DjangoTemplates())
        ours, other = (re.sub(r"\s+", " ", each) for each in (self.drawn("1"), str(theirs)))
        assert ours.replace("> <", "><") == other.replace("> <", "><")
        assert '<option value="1" selected>Small</option>' in self.drawn("1")
        assert '<optgroup label="Coffee &amp; tea">' in self.drawn("")
        assert "Any &lt;one&gt;" in self.drawn("")
