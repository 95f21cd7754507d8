"""What comes from Piggy, a file or a person is never markup: no way round the escaping."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted((ROOT / "piggyadmin").rglob("*.py"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))

# What makes markup of a text, and who may: each gives it what a template has already escaped.
MAKES_SAFE = {"mark_safe", "SafeString", "SafeText", "SafeData", "html_safe", "__html__"}
MAY_MAKE_SAFE = {
    ("ui/templatetags/ui.py", "icon"),
    ("ui/templatetags/ui.py", "copy_button"),
    ("ui/templatetags/ui.py", "card"),
    ("ui/templatetags/ui.py", "_drawn"),
    ("actions/forms.py", "render"),  # nothing at all
}
FORMATS = {"format_html", "format_html_join", "format_lazy_html"}
UNESCAPED = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off|\{%\s*filter\b")
UNQUOTED = re.compile(r"\s[\w:-]+=\{\{")
SCRIPT_MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|parseHTMLUnsafe"
    r"|setHTMLUnsafe|DOMParser|srcdoc|eval|Function)\b|document\.write"
)
# A row of the page's own template, with a number put in; answers and pages of the console's own.
SCRIPT_LINES = {
    'const html = template.innerHTML.replaceAll("__index__", freeIndex(rows))'
    '.replaceAll("__number__", number + 1);',
    'template.insertAdjacentHTML("beforebegin", html);',
    'form.insertAdjacentHTML("beforeend", html);',
    'const page = new DOMParser().parseFromString(await answer.text(), "text/html");',
    "region.innerHTML = html;",
}
LEADS = re.compile(r'\b(?:href|src|action|formaction|hx-get|hx-post)="(\{\{.*?\}\})', re.DOTALL)
# Addresses of the console's own, and two that are made safe where they are made.
LEADS_TO = {
    "action.url",
    "actions_url",
    "add_url",
    "all_found",
    "back",
    "booking_url",
    "certain_url",
    "change_url",
    "claim_url",
    "daily_url",
    "decisions_url",
    "delete_url",
    "duplicates_url",
    "each.address",
    "each.picture",
    "each.url",
    "each.view.get_absolute_url",
    "email_url",
    "entry.path",
    "entry_url",
    "flag_url",
    "form.web_address",
    "giving_url",
    "held_url",
    "here|default:action.url",
    "hit.url",
    "ledger_url",
    "ledger_url|default:outcome_url",
    "letter.mailto",
    "link.get_absolute_url",
    "mailing.get_absolute_url",
    "many_url",
    "merge_at",
    "merge_url",
    "merges_url",
    "mirror_url",
    "new_url",
    "next_url",
    "other.get_absolute_url",
    "page",
    "pair.get_absolute_url",
    "pair_url",
    "panel.url",
    "part.page",
    "pay_url",
    "picture",
    "place.url",
    "queue_url",
    "repair_url",
    "replace_url",
    "request.get_full_path",
    "result.picture",
    "row.view.get_absolute_url",
    "run.get_absolute_url",
    "run.undoes.get_absolute_url",
    "runs_url",
    "same_before.get_absolute_url",
    "send_url",
    "shown.step.url",
    "shown.weakest.get_absolute_url",
    "sign_in",
    "start_url",
    "step.url",
    "top_up_url",
    "undo.url",
    "undoing.url",
    "unlink_url",
    "url",
    "verify_url",
}
# Tables that are more than rows of a list; the sandbox, which can be lifted out, draws its own.
OWN_TABLES = {"templates/duplicates/_merge_plan.html"}
WRITES = r"\bhx-(?:post|put|patch|delete)="
SENDS = re.compile(rf"<(\w+)\b[^<>]*?{WRITES}")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Give every call in a module with its name and the innermost function around it."""

    def walk(node: ast.AST, around: str) -> Iterator[tuple[str, str, ast.Call]]:
        if isinstance(node, ast.FunctionDef):
            around = node.name
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield around, name, node
        for child in ast.iter_child_nodes(node):
            yield from walk(child, around)

    return walk(ast.parse(path.read_text()), "")


def all_calls() -> Iterator[tuple[Path, str, str, ast.Call]]:
    return ((path, *call) for path in MODULES for call in calls(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_template_goes_round_the_escaping(path):
    text = path.read_text()
    assert UNESCAPED.findall(text) == []
    assert UNQUOTED.findall(text) == []


def test_what_stands_instead_need_not_be_there():
    """What is looked up for `default` and is not there is a fault of the page, unlike `firstof`."""
    reaches_far = re.compile(r"\|default:(?!request\.user|entry\.data)\w+\.\w+\.\w")
    assert [path.name for path in TEMPLATES if reaches_far.search(path.read_text())] == []


def test_links_lead_where_they_are_known_to():
    leads = {lead.strip("{} ") for path in TEMPLATES for lead in LEADS.findall(path.read_text())}
    assert leads == LEADS_TO


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_what_changes_something_is_a_form_with_a_token_of_its_own(path):
    text = path.read_text()
    sending = list(SENDS.finditer(text))
    assert len(sending) == len(re.findall(WRITES, text))
    for match in sending:
        assert match[1] == "form"
        assert "{% csrf_token %}" in text[match.end() :].split("</form>")[0]


def test_tables_and_facts_are_drawn_by_their_components():
    own = {
        named(path) for path in TEMPLATES if re.search(r"<table|<dl|<td colspan", path.read_text())
    }
    assert {name for name in own if not name.startswith("templates/sandbox/")} == OWN_TABLES


def test_nothing_inherits_a_token():
    assert [named(path) for path in TEMPLATES if "hx-headers" in path.read_text()] == []


def test_only_templates_already_drawn_are_called_safe():
    makers = {
        (str(path.relative_to(ROOT / "piggyadmin")), around)
        for path, around, name, _call in all_calls()
        if name in MAKES_SAFE
    }
    assert makers == MAY_MAKE_SAFE


def test_no_class_says_of_itself_that_it_is_markup():
    found = [
        named(path) for path in MODULES if re.search(r"def __html__|@html_safe", path.read_text())
    ]
    assert found == []


def test_only_constants_are_formatted_as_markup():
    for path, around, name, call in all_calls():
        if name in FORMATS:
            assert isinstance(call.args[0], ast.Constant), (named(path), around)


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_scripts_make_markup_of_our_own_alone(path):
    lines = {line.strip() for line in path.read_text().splitlines() if SCRIPT_MARKUP.search(line)}
    assert lines <= SCRIPT_LINES
