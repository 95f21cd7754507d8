"""Form fields: what people type, and how forms are drawn."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from piggyadmin.piggy.errors import Unreachable
from piggyadmin.ui.forms import (
    MAX_ROWS,
    CleanCharField,
    CleanEmailField,
    CleanTextField,
    DataTypeSelect,
    ListOrPasteField,
    MoneyField,
    NumberField,
    OptionRowsField,
    WholeNumberField,
    focus_first,
)

LONG = "x" * 300
SHOPS = [("shop-1", "Amsterdam"), ("shop-2", "Web shop")]


def refusal(field, value) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


class Sample(forms.Form):
    code = CleanCharField(label="Code", help_text="As printed.")
    shop_uuid = ListOrPasteField(label="Shop", choices=lambda: SHOPS)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed", required=False)
    options = OptionRowsField(label="Options", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


class TestCleanText:
    @pytest.mark.parametrize("text", ["a\x00b", "a\x07", "a\u2028b", "\x7f"])
    def test_control_characters_are_refused_once(self, text):
        assert refusal(CleanCharField(), text).count("invisible") == 1

    @pytest.mark.parametrize("text", ["WELCOME", "Zoë 🐷", "<script>alert(1)</script>", "👩‍👩‍👧"])
    def test_what_people_see_is_kept(self, text):
        assert CleanCharField().clean(text) == text

    def test_spaces_alone_count_as_empty(self):
        assert "required" in refusal(CleanCharField(), "   ")

    def test_too_long_is_told_and_never_cut_off(self):
        assert "255" in refusal(CleanCharField(), "x" * 10_000)
        assert "maxlength" not in str(Sample()["code"])

    def test_lines_only_where_there_are_several(self):
        assert CleanTextField().clean("one\r\ntwo") == "one\r\ntwo"
        assert refusal(CleanCharField(), "one\ntwo")

    def test_email(self):
        assert CleanEmailField().clean(" mira@example.test ") == "mira@example.test"
        assert "valid email" in refusal(CleanEmailField(), "mira@")


class TestWholeNumber:
    field = WholeNumberField(min_value=1, max_value=500)

    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("1", 1),
            (" 500 ", 500),
            (7, 7),
            ("+3", 3),
            ("10,-", 10),
            ("10,00", 10),
            ("\N{ARABIC-INDIC DIGIT THREE}", 3),
            ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}", 12),
            ("\N{LEFT-TO-RIGHT EMBEDDING}25\N{POP DIRECTIONAL FORMATTING}", 25),
        ],
    )
    def test_whole_numbers(self, typed, number):
        cleaned = self.field.clean(typed)
        assert cleaned == number
        assert isinstance(cleaned, int)

    @pytest.mark.parametrize(
        "typed",
        ["0", "501", "-1", "1.5", "1,5", "ten", "9" * 5000, "€ 5", "5²", "1 2", "1\n000", "5%"],
    )
    def test_anything_else_is_answered_with_the_range(self, typed):
        assert refusal(self.field, typed) == "Enter a whole number from 1 to 500, in figures."

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("1e2", "instead of 1e3"),
            ("5-", "before the number: -5"),
            ("1.000", "Write 1000, without"),
        ],
    )
    def test_the_reason_where_it_is_known(self, typed, reason):
        assert reason in refusal(self.field, typed)

    def test_thousands_of_which_there_is_no_doubt(self):
        field = WholeNumberField(min_value=0, max_value=10**9)
        for typed in ("1.234.567", "1,234,567", "1'234'567", "1 234 567", "1\u2009234\u2009567"):
            assert field.clean(typed) == 1_234_567

    def test_a_real_minus(self):
        assert WholeNumberField(min_value=-9, max_value=9).clean("\N{MINUS SIGN}5") == -5

    def test_empty(self):
        assert "required" in refusal(self.field, "")
        assert WholeNumberField(min_value=0, max_value=1, required=False).clean("") is None


class TestNumber:
    field = NumberField(min_value=-1000, max_value=10**6)

    @pytest.mark.parametrize(
        ("typed", "number"),
        [("1,5", "1.5"), ("1.2340", "1.234"), ("-.5", "-.5"), ("0,001", ".001"), (1.234, "1.234")],
    )
    def test_any_number_of_decimals(self, typed, number):
        assert self.field.clean(typed) == Decimal(number)

    def test_what_can_mean_two_numbers_is_refused_with_both(self):
        assert "Write 1234 or 1,2340" in refusal(self.field, "1,234")

    @pytest.mark.parametrize("typed", ["nan", "inf", "0x10", "1_0", "½"])
    def test_what_is_no_number(self, typed):
        assert refusal(self.field, typed) == "Enter a number in figures, such as 10 or 10.5."

    def test_range(self):
        assert refusal(self.field, "-1001") == "Enter a number from -1000 to 1000000."


class TestMoney:
    @pytest.mark.parametrize(
        ("typed", "amount"),
        [
            ("10", "10"),
            ("10,40", "10.40"),
            ("10.4", "10.4"),
            ("€ 10,40", "10.40"),
            ("10,40 EUR", "10.40"),
            ("€\u00a01.234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234.567", "1234567"),
            ("1,234,567", "1234567"),
            ("1 234,50", "1234.50"),
            ("10,-", "10"),
            ("€10,-", "10"),
            ("10.\N{EN DASH}", "10"),
            ("10,=", "10"),
            ("1.234,-", "1234"),
            ("1'234.50", "1234.50"),
            ("1\N{RIGHT SINGLE QUOTATION MARK}234.50", "1234.50"),
            ("EUR10.40", "10.40"),
            ("10,40euro", "10.40"),
            ("1\N{NARROW NO-BREAK SPACE}234,50", "1234.50"),
            ("1\N{THIN SPACE}234,50", "1234.50"),
            ("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH COMMA}\N{FULLWIDTH DIGIT FIVE}", "1.5"),
            (
                "\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE}",
                "1.5",
            ),
            ("+5", "5"),
            (",50", ".5"),
        ],
    )
    def test_as_people_write_it(self, typed, amount):
        assert MoneyField(max_value=2_000_000).clean(typed) == Decimal(amount)

    @pytest.mark.parametrize("typed", ["1.234", "1,234", "12.345"])
    def test_what_can_mean_two_amounts_is_refused(self, typed):
        message = refusal(MoneyField(), typed)
        assert "two amounts" in message
        assert typed.replace(".", "").replace(",", "") in message

    @pytest.mark.parametrize("typed", ["10.405", "0,001", "1234.567"])
    def test_at_most_two_decimals(self, typed):
        message = refusal(MoneyField(), typed)
        assert "two" in message

    @pytest.mark.parametrize(
        "typed",
        ["ten", "10,40,1", "1.23.456", "€", "--1", "10€40", "5,", "(5)", "-", "10 .5", "0" * 99],
    )
    def test_what_is_no_amount(self, typed):
        assert "Enter an amount" in refusal(MoneyField(), typed)

    @pytest.mark.parametrize("typed", ["$5", "5 £", "USD 10", "10,40 CHF", "CHF1'234.50", "¥-5"])
    def test_another_currency(self, typed):
        assert "not in euros" in refusal(MoneyField(), typed)

    @pytest.mark.parametrize(
        ("typed", "reason"), [("1e3", "out: 1000"), ("€ 10-", "-10"), ("10,5.-", "Enter an")]
    )
    def test_the_reason_where_it_is_known(self, typed, reason):
        assert reason in refusal(MoneyField(), typed)

    def test_range(self):
        assert "from 0 to 1000000" in refusal(MoneyField(), "-1")

    @pytest.mark.parametrize(
        "typed", ["\N{MINUS SIGN}2,50", "-€2.50", "€ -2,50", "\N{EN DASH} 2,50"]
    )
    def test_below_nothing(self, typed):
        assert MoneyField(min_value=-5).clean(typed) == Decimal("-2.50")

    def test_empty(self):
        assert MoneyField(required=False).clean("  ") is None


class TestListOrPaste:
    def read(self, query: str, choices=lambda: SHOPS):
        class Form(forms.Form):
            shop_uuid = ListOrPasteField(label="Shop", choices=choices)

        return Form(QueryDict(query))

    def test_a_choice_of_the_list(self):
        form = self.read("shop_uuid=shop-1&shop_uuid_pasted=")
        assert form.is_valid()
        assert form.cleaned_data == {"shop_uuid": "shop-1"}

    def test_what_was_pasted_wins(self):
        form = self.read("shop_uuid=shop-1&shop_uuid_pasted= other ")
        assert form.is_valid()
        assert form.cleaned_data == {"shop_uuid": "other"}

    def test_an_unlisted_one_is_accepted_and_shown_for_correction(self):
        form = self.read("shop_uuid=unlisted")
        assert form.is_valid()
        html = str(form)
        assert 'value="unlisted"' in html
        assert '<details class="paste" open' in html

    def test_the_chosen_one_is_selected(self):
        html = str(self.read("shop_uuid=shop-2"))
        assert '<option value="shop-2" selected>Web shop</option>' in html
        assert "open" not in html.partition("<details")[2].partition(">")[0]

    def test_browsers_do_not_insist_on_the_list(self):
        select = str(self.read("")["shop_uuid"])
        assert 'aria-required="true"' in select
        assert " required" not in select

    @pytest.mark.parametrize("query", ["", "shop_uuid=%20", "shop_uuid=&shop_uuid_pasted="])
    def test_empty(self, query):
        assert self.read(query).errors == {"shop_uuid": ["This field is required."]}

    @pytest.mark.parametrize("value", ["a%00b", "x" * 256])
    def test_what_cannot_be_an_identifier(self, value):
        assert not self.read(f"shop_uuid={value}").is_valid()

    def test_without_a_list_pasting_is_left(self):
        def unreachable():
            raise Unreachable(trace_id="t")

        form = self.read("shop_uuid=kept", choices=unreachable)
        html = str(form)
        assert "<select" not in html
        assert 'name="shop_uuid"' in html
        assert 'value="kept"' in html
        assert "The list cannot be loaded now." in html
        assert "nothing to choose from" not in html
        assert form.fields["shop_uuid"].choices() == []

    def test_an_empty_list_is_no_list_that_could_not_be_loaded(self):
        html = str(self.read("", choices=list))
        assert "There is nothing to choose from yet." in html
        assert "cannot be loaded" not in html
        assert 'name="shop_uuid"' in html

    def test_a_form_can_bring_its_own_list(self):
        form = self.read("shop_uuid=shop-1")
        field = form.fields["shop_uuid"]
        before = field.choices()
        field.choices = lambda: [*before, ("x", "Another")]
        assert "Another" in str(form)
        assert "Amsterdam" in str(form)
        assert "Another" not in str(self.read("shop_uuid=shop-1"))

    def test_omitted(self):
        widget = ListOrPasteField(choices=list).widget
        assert widget.value_omitted_from_data({}, {}, "shop_uuid")
        assert not widget.value_omitted_from_data({"shop_uuid_pasted": ""}, {}, "shop_uuid")


def test_types_that_have_options_are_marked():
    choices = [("", "Choose…"), ("select", "One of several"), ("text", "Text")]
    field = forms.ChoiceField(choices=choices, widget=DataTypeSelect(with_options={"select"}))
    drawn = field.widget.render("data_type", "text")
    assert drawn.count("data-has-options") == 1
    assert '<option value="select" data-has-options>' in drawn


def wrong_inputs(html: str) -> list[str]:
    """Give the controls that are told as wrong, each with what is wrong."""
    controls = re.findall(r"<(?:input|select|textarea)[^>]*>", html)
    wrong = [each for each in controls if 'aria-invalid="true"' in each]
    assert all(re.search(r'aria-describedby="[^"]*\bid_\w+_error\b', each) for each in wrong)
    return [re.search(r'name="([^"]+)"', each)[1] for each in wrong]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("shop=", "shop"),
        (f"shop=&shop_pasted={LONG}", "shop_pasted"),
        (f"shop={LONG}", "shop_pasted"),
    ],
)
def test_of_a_list_and_a_line_the_one_that_is_wrong_is_told_so(query, wrong):
    class Form(forms.Form):
        shop = ListOrPasteField(label="Shop", choices=lambda: [("a", "A")])

    assert wrong_inputs(str(Form(QueryDict(query))["shop"])) == [wrong]


class TestOptionRows:
    def form(self, query: str, *, required=False):
        class Form(forms.Form):
            options = OptionRowsField(label="Options", required=required)

        return Form(QueryDict(query))

    def cleaned(self, query: str):
        form = self.form(query)
        assert form.is_valid(), form.errors
        return form.cleaned_data["options"]

    def test_rows(self):
        rows = "options-0-label=Red&options-0-value=r&options-4-label= Blue &options-4-value=b"
        assert self.cleaned(rows) == [
            {"label": "Red", "value": "r"},
            {"label": "Blue", "value": "b"},
        ]

    def test_blank_rows_are_left_out(self):
        assert self.cleaned("options-0-label=&options-0-value= ") == []

    def test_json(self):
        assert self.cleaned('options=[{"label": "Red", "value": "r"}]') == [
            {"label": "Red", "value": "r"}
        ]

    @pytest.mark.usefixtures("no_garbage_collection")
    @pytest.mark.parametrize("text", ["{", "5", '["a"]', "[" * 100_000])
    def test_unreadable_json_is_told_and_kept(self, text):
        form = self.form(f"options={text}")
        assert "not a list" in form.errors["options"][0]
        assert "<textarea" in str(form)

    def test_half_a_row_is_told_by_the_number_that_stands_before_it(self):
        rows = "options-0-label=&options-0-value=&options-1-label=Red&options-1-value="
        assert self.form(rows).errors["options"] == ["Row 2 needs both."]

    def test_doubled_values(self):
        rows = "options-0-label=A&options-0-value=x&options-1-label=B&options-1-value=x"
        assert "“x”" in self.form(rows).errors["options"][0]

    @pytest.mark.parametrize("text", ["x" * 256, "a%00b"])
    def test_bad_text_in_a_row(self, text):
        assert not self.form(f"options-0-label={text}&options-0-value=x").is_valid()

    @pytest.mark.parametrize(
        ("rows", "wrong"),
        [
            ("options-0-label=A&options-0-value=&options-1-label=&options-1-value=", ["0-value"]),
            ("options-0-label=&options-0-value=&options-5-label=&options-5-value=x", ["1-label"]),
            (f"options-0-label={'x' * 256}&options-0-value=x", ["0-label"]),
            ("options-0-label=a&options-0-value=b%00b", ["0-value"]),
            (
                "options-0-label=A&options-0-value=x&options-1-label=B&options-1-value=x",
                ["1-value"],
            ),
            ("options-0-label=A&options-0-value=x", []),
            ("", ["0-label"]),
        ],
    )
    def test_the_input_that_is_wrong_is_told_as_wrong(self, rows, wrong):
        html = str(self.form(rows, required=True)["options"])
        assert wrong_inputs(html) == [f"options-{each}" for each in wrong]

    def test_what_cannot_be_read_is_told_as_wrong_and_no_row(self):
        html = str(self.form("options={")["options"])
        assert wrong_inputs(html) == ["options"]

    def test_too_many(self):
        rows = "&".join(
            f"options-{n}-label=L{n}&options-{n}-value=v{n}" for n in range(MAX_ROWS + 1)
        )
        assert str(MAX_ROWS) in self.form(rows).errors["options"][0]

    def test_none_where_some_are_needed(self):
        assert self.form("", required=True).errors["options"] == ["This field is required."]

    def test_three_empty_rows_to_start_with(self):
        assert (
            str(Sample()["options"]).count('-label"') == 2 * 4
        )  # name and id; one in the template

    def test_add_row_shows_one_more_and_keeps_the_others(self):
        rows = "&".join(f"options-{n}-label=L{n}&options-{n}-value=v{n}" for n in range(3))
        html = str(self.form(rows + "&add_row=1")["options"])
        assert 'name="options-3-label"' in html
        assert 'value="L2"' in html

    def test_what_was_typed_is_escaped(self):
        html = str(self.form('options-0-label="><script>&options-0-value=')["options"])
        assert "<script>" not in html

    def test_omitted(self):
        widget = self.form("").fields["options"].widget
        assert widget.value_omitted_from_data({}, {}, "options")
        assert not widget.value_omitted_from_data({"options-0-label": ""}, {}, "options")


class TestDrawing:
    def test_label_hint_and_control_belong_together(self):
        html = str(Sample())
        assert 'for="id_code"' in html
        assert 'aria-describedby="id_code_helptext"' in html
        assert 'id="id_code_helptext"' in html
        assert '<input type="hidden" name="key"' in html

    def test_markup_in_a_hint_is_text_in_which_htmx_takes_no_part(self):
        form = Sample()
        form.fields["code"].help_text = '<div hx-post="/" hx-trigger="load">'
        html = str(form)
        assert "&lt;div hx-post=" in html
        assert "<div hx-post=" not in html
        assert re.search(r'id="id_code_helptext"\s+hx-disable>', html)

    def test_groups_have_a_legend(self):
        html = str(Sample())
        assert '<fieldset class="field choices"' in html
        assert '<fieldset class="field rows"' in html
        assert html.count("<legend>") == 2

    def test_a_checkbox_stands_before_its_label(self):
        html = str(Sample()["agreed"].as_field_group())
        assert html.index("<input") < html.index("<label")

    def test_errors_stand_beside_the_field_and_in_the_summary(self):
        html = str(Sample({"code": "a\x00"}))
        assert "data-error-summary" in html
        assert 'href="#id_code"' in html
        assert 'href="#id_kind_0"' in html
        assert 'id="id_code_error"' in html
        assert 'aria-invalid="true"' in html
        assert "Please check 3 things" in html

    def test_errors_of_the_whole_form(self):
        form = Sample({"code": "x", "shop_uuid": "s", "kind": "a"})
        form.add_error(None, "Piggy said no.")
        assert "<li>Piggy said no.</li>" in str(form)
        assert "Please check one thing" in str(form)

    def test_without_errors_there_is_no_summary(self):
        assert "data-error-summary" not in str(Sample())


class TestFocus:
    class Turn(forms.Form):
        who = forms.ChoiceField(choices=[("1", "Mira"), ("2", "Daan")], widget=forms.RadioSelect)
        pin = forms.CharField()

    @pytest.mark.parametrize(("initial", "is_focused"), [({}, False), ({"who": "1"}, True)])
    def test_only_a_choice_that_is_made_is_passed_over(self, initial, is_focused):
        form = focus_first(self.Turn(initial=initial))
        assert ("autofocus" in str(form["pin"])) is is_focused
        assert "autofocus" not in str(form["who"])

    def test_what_was_found_before_is_passed_over(self):
        class Found(forms.Form):
            who = forms.CharField(widget=forms.TextInput(attrs={"readonly": True}))
            which = forms.CharField()

        form = focus_first(Found(initial={"who": "Mira"}))
        assert "autofocus" in str(form["which"])
        assert "autofocus" not in str(form["who"])
