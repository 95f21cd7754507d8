// Keys of one letter on the pages of duplicates, for whoever clears a long queue. They can be switched
// off, do nothing while somebody types, and every one of them presses what can be pressed otherwise.
"use strict";

(() => {
  const SWITCH = "piggyadmin-keys";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const isTyping = (element) => element.matches?.("input, select, textarea, [contenteditable]");

  // --- The switch, which this browser remembers --------------------------------------------------

  function isOn() {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true; // no memory here
    }
  }

  function turn(on) {
    try {
      localStorage.setItem(SWITCH, on ? "on" : "off");
    } catch {
      // It holds for this page.
    }
    show(on);
  }

  let on = isOn();

  function show(now) {
    on = now;
    for (const keys of all("[data-keys]")) keys.hidden = false;
    for (const words of all("[data-keys-on]")) words.hidden = !on;
    for (const words of all("[data-keys-off]")) words.hidden = on;
    for (const element of all("[data-key]")) {
      if (on) element.setAttribute("aria-keyshortcuts", element.dataset.key);
      else element.removeAttribute("aria-keyshortcuts");
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys-switch]")) turn(!on);
  });

  // --- The keys --------------------------------------------------------------------------------

  function move(step) {
    const items = all("[data-key-item]");
    const here = items.findIndex((item) => item === document.activeElement);
    const next = items[here < 0 ? (step > 0 ? 0 : items.length - 1) : here + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(items.length);
  }

  function press(key) {
    const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!element) return false;
    const place = element.hash && document.getElementById(element.hash.slice(1));
    element.click();
    if (place) focusInto(place);
    return true;
  }

  // The first thing that can be filled in; a section without any is at least where reading goes on.
  function focusInto(place) {
    const fields = Array.from(place.querySelectorAll("input, select, textarea, button"));
    const first = fields.find((field) => field.type !== "hidden" && field.checkVisibility() && field.tabIndex >= 0 && !field.disabled);
    (first || place).focus();
  }

  function help() {
    const keys = document.querySelector("[data-keys] p");
    if (!keys) return false;
    keys.tabIndex = -1;
    keys.focus();
    return true;
  }

  const movements = { j: () => move(1), k: () => move(-1), "?": help };

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const { key } = event;
    const isDone = movements[key] ? movements[key]() : !event.repeat && /^[a-z]$/.test(key) && press(key);
    if (isDone) event.preventDefault();
  });

  // --- Whoever leaves a pair lets go of it --------------------------------------------------------

  window.addEventListener("pagehide", () => {
    const form = document.querySelector("form[data-release]");
    // A form that is being sent says itself what becomes of the pair.
    if (!form || document.querySelector("[data-sending]")) return;
    const token = form.querySelector(":scope > [name=csrfmiddlewaretoken]")?.value;
    if (token) navigator.sendBeacon(form.dataset.release, new URLSearchParams({ csrfmiddlewaretoken: token }));
  });

  show(on);
})();
