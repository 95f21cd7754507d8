// Keys of one letter on the pages of duplicates, for whoever clears a long queue. They can be switched
// off, do nothing where somebody types or is about to, and every one of them presses what can be
// pressed otherwise. A letter of a word is no key: what decides waits until no other one follows.
"use strict";

(() => {
  const SWITCH = "piggyadmin-keys";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const TYPING = "input, select, textarea, [contenteditable], [role=textbox], [role=combobox]";
  // Whoever is in the form that merges is about to type what confirms it, even on a button of it.
  const isTyping = (element) => Boolean(element?.closest?.(`${TYPING}, #action`));
  // Letters of a word, or of a scanner, follow each other faster than this.
  const ALONE_MS = 200;

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

  // What was pressed leads away: until then, no other letter means anything here.
  let isLeaving = false;
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });

  function press(element) {
    const place = placeOn(element);
    isLeaving = !place;
    element.click();
    if (place) focusInto(place);
  }

  const placeOn = (element) => element.hash && document.getElementById(element.hash.slice(1));

  // What has to be typed to confirm, or else the first thing that can be filled in; a section
  // without any is at least where reading goes on.
  function focusInto(place) {
    const fields = Array.from(place.querySelectorAll("input, select, textarea"));
    const usable = fields.filter((field) => field.type !== "hidden" && field.checkVisibility() && field.tabIndex >= 0 && !field.disabled);
    const field = usable.find(({ name }) => name === "confirmation") || usable[0];
    if (!field && place.tabIndex < 0) place.tabIndex = -1;
    (field || place).focus();
  }

  function help() {
    const keys = document.querySelector("[data-keys] p");
    if (!keys) return false;
    keys.tabIndex = -1;
    keys.focus();
    return true;
  }

  const movements = { j: () => move(1), k: () => move(-1), "?": help };

  let lastLetter = -Infinity;
  let waiting;

  function isAlone(at) {
    const sinceLast = at - lastLetter;
    lastLetter = at;
    clearTimeout(waiting);
    return sinceLast > ALONE_MS;
  }

  // Presses at once what can do no harm, and what decides once it is certain that nobody types.
  function pressSoon(key) {
    const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!element) return false;
    if (placeOn(element)) press(element);
    else waiting = setTimeout(() => isTyping(document.activeElement) || press(element), ALONE_MS);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!on || isLeaving || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const { key } = event;
    if (key.length > 1) return;
    const isKey = isAlone(event.timeStamp) && !event.repeat;
    const isDone = movements[key] ? movements[key]() : isKey && pressSoon(key);
    if (isDone) event.preventDefault();
  });

  // Whoever comes here by the key that leads to the confirmation goes on typing it.
  if (location.hash === "#action") {
    const place = document.getElementById("action");
    if (place) focusInto(place);
  }

  // --- Whoever leaves a pair lets go of it --------------------------------------------------------

  window.addEventListener("pagehide", () => {
    const form = document.querySelector("form[data-release]");
    // A form that is being sent says itself what becomes of the pair.
    if (!form || document.querySelector("[data-sending]")) return;
    const names = ["csrfmiddlewaretoken", "opened_by"];
    const fields = names.map((name) => [name, form.querySelector(`:scope > [name=${name}]`)?.value]);
    if (fields.every(([, value]) => value)) navigator.sendBeacon(form.dataset.release, new URLSearchParams(fields));
  });

  show(on);
})();
