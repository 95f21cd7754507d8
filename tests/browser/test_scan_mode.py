"""Scan mode and the camera: a queue of codes, verdicts seen and heard, and a picture read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import problems

# A browser that reads codes out of pictures, in which it finds what `window.seen` says; it also
# notes how often the camera is asked for, and each tone that is played.
DETECTOR = """
window.seen = "";
window.asked = 0;
window.BarcodeDetector = class {
  async detect() { return window.seen ? [{ rawValue: window.seen }] : []; }
};
const devices = navigator.mediaDevices;
const ask = devices.getUserMedia.bind(devices);
devices.getUserMedia = (wanted) => {
  window.asked += 1;
  return ask(wanted);
};
"""
# A camera, which a browser without a window has none of: it shows an empty picture.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const picture = document.createElement("canvas");
  const drawn = picture.getContext("2d");
  setInterval(() => drawn.fillRect(0, 0, 1, 1), 50);
  return picture.captureStream();
};
"""
TONES = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.tones.push(this.frequency.value);
  return start.apply(this, given);
};
"""
ROWS = "#scanned > [role=listitem]"
FIELD = "#find_code"


def scan(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def opened(as_role, address: str = "/vouchers/scan/", script: str = TONES, **options) -> Page:
    page: Page = as_role("support", **options)
    page.add_init_script(script)
    page.goto(address)
    return page


def test_codes_are_worked_off_the_newest_first_each_with_its_verdict(as_role):
    page = opened(as_role)
    expect(page.locator(FIELD)).to_be_focused()
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED", "NO-SUCH-CODE"):
        scan(page, code)
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(3)
    assert page.locator(f"{ROWS} code").all_inner_texts() == [
        "NO-SUCH-CODE",
        "WELCOME-EXPIRED",
        "WELCOME-ACTIVE",
    ]
    expect(page.locator(ROWS).last).to_contain_text("Can be used, until")
    expect(page.locator(FIELD)).to_be_focused()
    assert problems(page) == []


def test_nobody_waits_for_the_last_verdict(as_role, piggy_sandbox):
    page = opened(as_role)
    piggy_sandbox.faults(latency_ms=1500)
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED"):
        scan(page, code)
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(0)
    piggy_sandbox.faults()
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(2)


def test_verdicts_are_heard_until_they_are_muted_which_is_remembered(as_role):
    page = opened(as_role)
    scan(page, "WELCOME-ACTIVE")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(1)
    scan(page, "WELCOME-EXPIRED")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(2)
    assert page.evaluate("tones") == [880, 150]
    page.get_by_label("Sound").uncheck()
    page.reload()
    expect(page.get_by_label("Sound")).not_to_be_checked()
    page.locator(FIELD).focus()
    scan(page, "WELCOME-ACTIVE")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(3)
    assert page.evaluate("tones") == []


def test_all_that_was_scanned_goes_into_one_table(as_role):
    page = opened(as_role)
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED"):
        scan(page, code)
    page.get_by_role("button", name="All of them in one table").click()
    expect(page.locator("main tbody tr")).to_have_count(2)


def test_what_the_camera_sees_is_looked_up_once(as_role):
    page = opened(as_role, script=CAMERA + DETECTOR)
    assert page.evaluate("asked") == 0
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("video")).to_be_visible()
    page.evaluate("seen = 'WELCOME-ACTIVE'")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(1)
    page.evaluate("seen = 'WELCOME-EXPIRED'")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(2)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("video")).to_be_hidden()
    expect(page.locator(ROWS)).to_have_count(2)
    assert page.evaluate("asked") == 1


def test_on_the_voucher_desk_it_stops_with_the_first_code(as_role):
    page = opened(as_role, "/vouchers/", CAMERA + DETECTOR)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("video")).to_be_visible()
    page.evaluate("seen = 'WELCOME-ACTIVE'")
    expect(page.locator(".voucher .verdict")).to_contain_text("Can be used")
    expect(page.locator("video")).to_be_hidden()


def test_a_camera_that_is_refused_says_what_to_do(as_role):
    page = opened(as_role, script=DETECTOR)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_text("The camera cannot be used")).to_be_visible()
    expect(page.locator("video")).to_be_hidden()


@pytest.mark.parametrize("address", ["/vouchers/", "/vouchers/scan/"])
def test_where_the_browser_reads_no_codes_no_camera_is_offered(as_role, address):
    page = opened(as_role, address, "delete window.BarcodeDetector;")
    expect(page.locator("[data-camera]")).to_be_hidden()


def test_the_browser_itself_lets_these_pages_have_the_camera_and_no_others(as_role):
    allowed = "document.featurePolicy.allowsFeature('camera')"
    page = opened(as_role)
    assert page.evaluate(allowed) is True
    page.goto("/vouchers/codes/")
    assert page.evaluate(allowed) is False


def test_it_fits_on_a_phone(as_role):
    page = opened(as_role, script=DETECTOR, viewport={"width": 360, "height": 800})
    scan(page, "WELCOME-ACTIVE")
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_was_scanned_outlasts_a_reload_in_silence_until_the_list_is_emptied(as_role):
    page = opened(as_role)
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED"):
        scan(page, code)
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(2)
    page.reload()
    expect(page.locator(f"{ROWS} .verdict")).to_have_count(2)
    assert page.locator(f"{ROWS} code").all_inner_texts() == ["WELCOME-EXPIRED", "WELCOME-ACTIVE"]
    assert page.evaluate("tones") == []
    page.get_by_role("button", name="Empty the list").click()
    expect(page.locator(ROWS)).to_have_count(0)
    assert page.evaluate("JSON.parse(sessionStorage['piggyadmin-scanned']).codes") == []
    page.evaluate('sessionStorage[\'piggyadmin-scanned\'] = \'{"of": "x", "codes": ["A"]}\'')
    page.reload()
    expect(page.locator(ROWS)).to_have_count(0)
