"""Forms as a browser reads them from a page, and sends them when nobody has touched a field."""

import re
from html.parser import HTMLParser


class DrawnForm(HTMLParser):
    """Collects what a browser would send of the forms of a page, buttons left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._text = ""
        self._area = ""
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "input":
            self._take_input(values)
        elif tag == "textarea":
            self._area, self._text = values.get("name", ""), ""
        elif tag == "select":
            self._select, self._options = values.get("name", ""), []
        elif tag == "option":
            self._options.append((values.get("value", ""), "selected" in values))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            text = self._text.removeprefix("\n")
            self._add(self._area, re.sub(r"\r\n?|\n", "\r\n", text))
        elif tag == "select" and self._options:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self._add(self._select, (chosen or [self._options[0][0]])[-1])

    def _add(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)

    def _take_input(self, values: dict[str, str]) -> None:
        kind, value = values.get("type", "text"), values.get("value", "")
        is_box = kind in {"checkbox", "radio"}
        if not values.get("name") or (is_box and "checked" not in values):
            return
        if kind != "hidden":  # a line has no ends of lines
            value = re.sub(r"[\r\n]", "", value)
        self._add(values["name"], re.sub(r"\r\n?|\n", "\r\n", value))
