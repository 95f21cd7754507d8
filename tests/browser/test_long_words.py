"""One long word in every field there is, and every page on a phone: each word stays in its box."""

import re
from collections.abc import Iterable

from tests.browser.test_markup import served

PHONE = {"width": 360, "height": 740}
# What is wider than its box and can neither be scrolled nor is cut off on purpose.
BURST = """() => {
  const clips = each => getComputedStyle(each).overflowX !== "visible";
  const isHeld = each =>
    each && each !== document.body && (clips(each) || isHeld(each.parentElement));
  const isBurst = each => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1;
  const wide = [...document.body.querySelectorAll("*")].filter(each =>
    isBurst(each) && !isHeld(each) && each.offsetParent);
  const page = document.documentElement;
  const words = wide.map(each =>
    `${each.localName}.${each.className}: ${each.scrollWidth} in ${each.clientWidth}`);
  return page.scrollWidth > innerWidth ? [`the page: ${page.scrollWidth}`, ...words] : words;
}"""


def one_of_each_kind(addresses: Iterable[str]) -> list[str]:
    """Give the last of those that differ in whom or what they are about alone."""
    about = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
    return list({about.sub("", each): each for each in addresses}.values())


def test_a_long_word_breaks_inside_its_box(chromium, tmp_path):
    wrong, seen = [], 0
    with served(tmp_path, LONG_WORDS="1") as (console, made):
        state = console.signed_in(chromium, "admin")
        context = chromium.new_context(base_url=console.url, storage_state=state, viewport=PHONE)
        page = context.new_page()
        for address in one_of_each_kind(made["pages"]):
            answer = page.goto(address)
            if "/admin/" in page.url:  # Django draws its pages
                continue
            seen += "WWWWWWWWWW" in page.content()
            found = page.evaluate(BURST)
            wrong += [f"{address[:80]}: {each}" for each in found]
            if answer.status >= 500:
                wrong.append(f"{address[:80]}: {answer.status}")
        context.close()
    assert not wrong, "\n".join(wrong)
    assert seen >= 40
