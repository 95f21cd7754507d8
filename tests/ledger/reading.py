"""Reading a page as a person does: what stands in its form, and what it says is wrong."""

from html.parser import HTMLParser
from typing import Any

# They never hold what was typed.
_BUTTONS = {"submit", "button"}


class _Form(HTMLParser):
    """Collects the values that stand in the fields."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.choices: set[str] = set()
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts: dict[str, Any] = dict(attrs)
        name, value = facts.get("name") or "", facts.get("value") or ""
        if tag == "select":
            self._select = name
            self.choices.add(name)
            self.values.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in facts:
            self.values[self._select] = value
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = ""
        elif tag == "input" and facts.get("type") in {"radio", "checkbox"}:
            self.choices.add(name)
            if "checked" in facts:
                self.values[name] = value or "on"
        elif tag == "input" and facts.get("type") not in _BUTTONS:
            self.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data.removeprefix("\n").replace("\r\n", "\n")


def main_of(page: str) -> str:
    """Give what stands in the middle, without what every page has around it."""
    return page[page.index("<main") : page.index("</main>")]


def typed_in(page: str) -> dict[str, str]:
    """Give what stands in the fields that are typed into, not chosen from."""
    form = _Form()
    form.feed(main_of(page))
    return {name: value for name, value in form.values.items() if name not in form.choices}


def chosen_in(page: str) -> dict[str, str]:
    """Give what is chosen in the fields that are chosen from."""
    form = _Form()
    form.feed(main_of(page))
    return {name: value for name, value in form.values.items() if name in form.choices}


def says_what_is_wrong(page: str) -> bool:
    """Tell whether there is a message, beside a field or above the form."""
    main = main_of(page)
    return any(sign in main for sign in ('class="field-errors"', "data-error-summary", "alert"))
