// What the pages gain when JavaScript is there; without it everything still works.
// Events are listened to on the document, so that fragments swapped in later need no set-up.
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const SLOW_ENOUGH_TO_COPY = 2000; // milliseconds for which "Copied" stands

  // --- Messages, which screen readers announce ---

  // Where messages are seen: what is open lies before the page.
  const messages = () => document.querySelector("dialog[open] .messages") || document.getElementById("messages");

  function show(name) {
    const template = document.getElementById(`message-${name}`);
    const region = messages();
    if (!template || !region) return;
    region.replaceChildren(template.content.cloneNode(true));
    region.scrollIntoView({ block: "nearest" });
  }

  function announce(words) {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = words.replace(/\s+/g, " ").trim().slice(0, 300);
  }

  // --- The token against forged forms ---
  // Signing in in another tab makes a new one; the cookie always has the newest.

  function token() {
    const name = `${document.body.dataset.csrfCookie || "csrftoken"}=`;
    const cookie = document.cookie.split("; ").find((part) => part.startsWith(name));
    return cookie ? decodeURIComponent(cookie.slice(name.length)) : "";
  }

  // Only what has a token of this console already gets the newest one: a form that got into the page
  // from outside has none, and gets none. What stands in a form is the cookie's, masked by Django.
  const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const known = new Set();

  function unmasked(value) {
    const half = value.length / 2;
    const number = (at) => LETTERS.indexOf(value[at]);
    const shift = (_, at) => (number(half + at) - number(at) + LETTERS.length) % LETTERS.length;
    return Array.from({ length: half }, shift).map((at) => LETTERS[at]).join("");
  }

  function noteToken() {
    if (token()) known.add(token());
  }

  function isOurs(field) {
    noteToken();
    if (!field?.value) return false;
    // Without a cookie that can be read there is nothing to give away.
    return !known.size || known.has(field.value) || known.has(unmasked(field.value));
  }

  function renewToken(form) {
    const field = form.elements.namedItem("csrfmiddlewaretoken");
    if (isOurs(field) && token()) field.value = token();
  }

  // --- Busy forms: a sign at once, and no second press ---

  function busy(form, button) {
    form.dataset.sending = "";
    form.setAttribute("aria-busy", "true");
    document.documentElement.dataset.busy = "";
    button?.setAttribute("aria-busy", "true");
  }

  function rest(root = document) {
    for (const element of [...all("[data-sending], [aria-busy]", root), root]) {
      if (!(element instanceof Element)) continue;
      delete element.dataset.sending;
      element.removeAttribute("aria-busy");
    }
    if (!document.querySelector("[data-sending]")) delete document.documentElement.dataset.busy;
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if ("sending" in form.dataset) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      renewToken(form);
      if (event.submitter?.matches("[data-add-row]")) {
        event.preventDefault();
        event.stopImmediatePropagation();
        addRow(event.submitter.closest("[data-option-rows]"));
        return;
      }
      if (form.target !== "_blank" && !("noBusy" in form.dataset)) busy(form, event.submitter);
    },
    true,
  );
  // A page that comes back from the browser's memory must not be busy for ever.
  window.addEventListener("pageshow", () => rest());

  // --- htmx ---

  // Whatever changes something is sent by a form that holds a token of its own, and by nothing else:
  // not by what merely stands in such a form.
  document.addEventListener("htmx:configRequest", (event) => {
    // What the page does by itself keeps no session alive.
    if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-Unattended"] = "true";
    const { elt, verb, parameters } = event.detail;
    if (verb.toLowerCase() === "get") return;
    const field = elt.querySelector(":scope > [name=csrfmiddlewaretoken]");
    if (!elt.matches("form") || !isOurs(field)) event.preventDefault();
    else if (token()) parameters.csrfmiddlewaretoken = token();
  });

  // A whole page where a part was asked for: the session has ended, or something is amiss.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target, requestConfig } = event.detail;
    if (target.id === "messages") event.detail.target = messages();
    const isPage = /^\s*<!doctype/i.test(xhr.responseText);
    const isSignedOut = new URL(xhr.responseURL).pathname.startsWith("/accounts/");
    // A list takes its part out of the page that its filter leads to.
    const isAskedFor = requestConfig?.elt.matches("form[hx-select]") && xhr.status < 400 && !isSignedOut;
    if (isAskedFor) noteTyping();
    if (!isPage || isAskedFor || target === document.body) return;
    event.detail.shouldSwap = false;
    show(isSignedOut ? "signed-out" : "unexpected");
  });

  for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:swapError"]) {
    document.addEventListener(failure, () => show("no-network"));
  }
  document.addEventListener("htmx:afterRequest", (event) => rest(event.detail.elt));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "drawer-content") opened();
    else arrived(event.target);
  });

  // --- After a page or a fragment has arrived ---

  function prepare(root) {
    noteToken();
    for (const either of all(".either", root)) showAlternatives(either);
    showHotkeys();
    for (const form of all("form[data-live]", root)) askedWith.set(form, contentOf(form));
  }

  function arrived(root) {
    if (!(root instanceof Element)) return;
    if (root === suggestions() || root === atPiggy()) {
      offered(root);
      return;
    }
    const panel = root.isConnected ? root : document;
    prepare(document);
    peekAll(panel);
    titleTells(panel.querySelector("[data-error-summary], [aria-invalid=true]"));
    const scan = panel.querySelector("form[data-scan]");
    if (scan && root.contains(scan)) {
      answered(scan);
      return;
    }
    const summary = panel.querySelector("[data-error-summary]") || panel.querySelector("[role=alert][tabindex]");
    if (summary) {
      summary.focus();
      summary.scrollIntoView({ block: "nearest" });
      return;
    }
    const wrong = panel.querySelector("[aria-invalid=true]");
    if (wrong) {
      wrong.focus();
      return;
    }
    keepPlace(root);
    goToNews(panel);
    tellCount(root);
  }

  // Whoever looks for the tab, or hears its title, learns that something is to be mended.
  function titleTells(isWrong) {
    const word = document.body.dataset.errorWord;
    const title = document.title.startsWith(word) ? document.title.slice(word.length).trim() : document.title;
    document.title = isWrong ? `${word} ${title}` : title;
  }

  // What somebody types into the next field of a filter, while the list is on its way.
  let typing;
  function noteTyping() {
    const field = document.activeElement;
    typing = field?.matches("#filter input") && field.value !== field.defaultValue ? [field.id, field.value] : null;
  }

  function goOnTyping() {
    const field = typing && document.getElementById(typing[0]);
    if (field && field.value !== typing[1]) field.value = typing[1];
    typing = null;
  }

  // A list that was narrowed down: how much is left, also for whoever took a filter out by its cross.
  function tellCount(list) {
    const count = list.matches("#filtered") && list.querySelector("[data-count]");
    if (!count) return;
    goOnTyping();
    announce(count.innerText);
    if (document.activeElement === document.body) count.focus({ preventScroll: true });
  }

  // Whatever was pressed is gone with the old panel: whoever goes on by keyboard does so from the new
  // one, not from the top of the page.
  function keepPlace(panel) {
    if (document.activeElement !== document.body || !panel.matches(".action-panel")) return;
    panel.tabIndex = -1;
    panel.focus({ preventScroll: true });
  }

  // What has just been asked for is below the form: bring it into view.
  function goToNews(root) {
    const news = root.querySelector(".preview") || root.querySelector(".result > *, .result.card");
    if (!news) return;
    announce(news.innerText);
    news.scrollIntoView({ block: "nearest", behavior: "auto" });
  }

  // --- Hand scanners ---
  // `form[data-scan]` asks for one code. The next one may come at any time: it is typed over the last
  // one, and from its first character on nothing stands or arrives that is about the last one.

  const VERDICT =
    ".result > *, [data-error-summary], [data-meant], [role=alert], .field-errors, .remark, .peek-line > *";
  const asked = new WeakMap(); // by form: what htmx knows of its request

  const scanned = (form) => form.querySelector("input:not([type=hidden])");

  function selectForNext(form) {
    scanned(form).focus({ preventScroll: true });
    scanned(form).select();
  }

  function withdraw(form) {
    for (const old of all(VERDICT, form.closest(".action-panel") || form)) old.remove();
    scanned(form).removeAttribute("aria-invalid");
  }

  function giveWay(form) {
    const request = asked.get(form);
    if (!request) return;
    asked.delete(form);
    request.error = null; // to give way is no error, which htmx would log
    request.xhr?.abort();
    window.stop(); // a page that is on its way
    rest(form);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (event.target.matches("[data-peek]")) {
      peekRegion(event.target)?.replaceChildren();
      event.target.removeAttribute("data-known");
    }
    if (!form?.matches("[data-scan]")) return;
    giveWay(form);
    withdraw(form);
  });

  document.addEventListener("htmx:beforeSend", (event) => asked.set(event.detail.elt, event.detail));
  // A filter that is changed again gives way as well.
  document.addEventListener("htmx:abort", (event) => {
    const request = asked.get(event.target);
    if (request) request.error = null;
  }, true);
  // When this is reached, htmx has read and sent what is in the form.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-scan]")) return;
    if (!event.defaultPrevented) asked.set(form, {});
    withdraw(form);
    selectForNext(form);
  });

  function answered(form) {
    const panel = form.closest(".action-panel");
    const news = panel.querySelector("[data-error-summary], [role=alert]") || panel.querySelector(".result");
    announce(news?.innerText || "");
    const isElsewhere = document.activeElement !== document.body && !panel.contains(document.activeElement);
    if (!isElsewhere) selectForNext(form);
  }

  // Some scanners end with Tab, or with Enter and Tab. Where one code is all that is asked, that is as
  // good as Enter, but only after what nobody types so fast: for people Tab goes to the next control.
  const FAST = 50; // milliseconds from one key to the next
  const FEWEST = 4; // keys, so that two that a person hits at once are no scan
  const burst = { id: "", keys: 0, at: 0, isSent: false };

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.("form[data-scan] input, #search")) return;
    const isFast = burst.id === field.id && event.timeStamp - burst.at < FAST;
    if (event.key.length === 1) {
      const keys = isFast ? burst.keys + 1 : 1;
      Object.assign(burst, { id: field.id, keys, at: event.timeStamp, isSent: false });
    } else if (event.key === "Enter") {
      if (isFast) Object.assign(burst, { at: event.timeStamp, isSent: true });
    } else if (event.key === "Tab") {
      if (isFast && burst.keys >= FEWEST && !hasModifier(event)) endScan(event, field.form);
      burst.keys = 0;
    }
  });

  const hasModifier = (event) => event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;

  function endScan(event, form) {
    event.preventDefault();
    if (!burst.isSent) form.requestSubmit(form.querySelector("[type=submit]"));
  }

  // A scanner ends with Enter: in a form that asks for more than a contact, the next field follows.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("input[data-peek]")) return;
    const fields = Array.from(event.target.form?.elements || []).filter(takesTyping);
    const next = fields[fields.indexOf(event.target) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  });

  function takesTyping(field) {
    const takes = field.matches("input:not([type=hidden]), select, textarea");
    return takes && !field.readOnly && !field.disabled && field.checkVisibility();
  }

  // --- Copy, print, "/" ---

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const [label, copied] = [button.querySelector("[data-copy-label]"), button.querySelector("[data-copied-label]")];
    if (!label || !copied) return;
    label.hidden = true;
    copied.hidden = false;
    announce(copied.textContent);
    setTimeout(() => {
      label.hidden = false;
      copied.hidden = true;
    }, SLOW_ENOUGH_TO_COPY);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-print], [data-remove-row]");
    if (!button) return;
    if (button.dataset.copy !== undefined) copy(button);
    else if (button.dataset.print !== undefined) window.print();
    else removeRow(button);
  });

  // --- Rows that are chosen: `data-chooses-all` ticks every row that has a box of its form ---

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const every = form?.querySelector("[data-chooses-all]");
    if (!every || event.target.type !== "checkbox") return;
    const boxes = all(`[type=checkbox][form="${form.id}"]`);
    if (event.target === every) for (const box of boxes) box.checked = every.checked;
    const chosen = boxes.filter((box) => box.checked).length;
    every.checked = chosen === boxes.length;
    form.querySelector("output").textContent = chosen;
  });

  // --- "More": closed by a press elsewhere, and by Escape ---

  document.addEventListener("click", (event) => {
    for (const more of all("details.more[open]")) more.open = more.contains(event.target);
  });

  document.addEventListener("keydown", (event) => {
    const more = event.key === "Escape" && event.target.closest?.("details.more[open]");
    if (!more) return;
    more.open = false;
    more.querySelector("summary").focus();
  });

  // --- Lists: a row opens where its link leads, a cross takes a filter out ---

  document.addEventListener("click", (event) => {
    const row = event.target.closest?.(".table tbody tr");
    const opens = row?.querySelector(".opens");
    const isMeant = !event.target.closest?.("a, button, input, select, label, summary") && !String(getSelection());
    if (!opens || !isMeant || event.button !== 0) return;
    opens.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey }));
  });

  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-clears]");
    const fields = chip && all(`[name="${CSS.escape(chip.dataset.clears)}"]`, chip.form);
    if (!fields?.length || !window.htmx) return;
    event.preventDefault();
    for (const field of fields) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    chip.form.requestSubmit();
  });

  // --- The search box: one key leads to it, and it offers what fits what is typed ---

  const SUGGESTED_AFTER = 120; // milliseconds without a further key; scanners and fast hands wait for none
  const ASKED_AFTER = 300; // so many more until Piggy is asked too
  let suggesting;
  const searchBox = () => document.getElementById("search");
  const suggestions = () => document.getElementById("suggestions");

  const suggestionsForm = () => document.getElementById("suggestions-form");
  const piggyForm = () => document.getElementById("suggested-at-piggy-form");
  const atPiggy = () => document.getElementById("suggested-at-piggy");

  function askIn(form) {
    form.elements.q.value = searchBox().value;
    window.htmx?.trigger(form, "suggest");
  }

  function suggest() {
    stopAskingPiggy();
    suggesting = setTimeout(() => askIn(suggestionsForm()), SUGGESTED_AFTER);
  }

  // What Piggy knows by an older text is gone with its first change.
  function stopAskingPiggy() {
    clearTimeout(suggesting);
    window.htmx?.trigger(piggyForm(), "htmx:abort");
    atPiggy()?.replaceChildren();
  }

  function offered(root) {
    const isForText = suggestionsForm().elements.q.value === searchBox().value;
    if (root === suggestions() && atPiggy() && isForText) suggesting = setTimeout(() => askIn(piggyForm()), ASKED_AFTER);
    else if (root === atPiggy()) announce(root.innerText);
    if (root === atPiggy() && chosen()) return;
    searchBox().setAttribute("aria-expanded", String(suggestions().childElementCount > 0));
    searchBox().removeAttribute("aria-activedescendant");
    if (document.activeElement !== searchBox()) offerNothing();
  }

  function offerNothing() {
    stopAskingPiggy();
    window.htmx?.trigger(suggestionsForm(), "htmx:abort");
    suggestions().replaceChildren();
    searchBox().setAttribute("aria-expanded", "false");
    searchBox().removeAttribute("aria-activedescendant");
  }

  const chosen = () => suggestions().querySelector("[aria-selected=true]");

  function goThrough(step) {
    const options = all("[role=option]", suggestions());
    const places = [searchBox(), ...options];
    const at = places.indexOf(chosen() || searchBox());
    chosen()?.setAttribute("aria-selected", "false");
    const option = options[((at + step + places.length) % places.length) - 1];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) searchBox().setAttribute("aria-activedescendant", option.id);
    else searchBox().removeAttribute("aria-activedescendant");
  }

  function searchKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) goThrough(step);
    else if (event.key === "Enter" && chosen()) chosen().click();
    else if (event.key === "Escape" && suggestions().childElementCount) offerNothing();
    else if (event.key === "Escape" && !searchBox().value) searchBox().blur();
    else return;
    event.preventDefault();
  }

  const isTyping = (element) => element.matches?.("input, select, textarea, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const box = searchBox();
    if (!box) return;
    if (event.target === box) searchKey(event);
    const isCommand = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const isFree = !isTyping(event.target) || (event.target === box && !box.value);
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && isFree;
    if (!isCommand && !isSlash) return;
    event.preventDefault();
    if (document.activeElement === box) suggest();
    box.focus();
    box.select();
  });
  document.addEventListener("input", (event) => {
    if (event.target === searchBox()) suggest();
  });
  // A page that begins in the box offers nothing before somebody does something.
  document.addEventListener("focusin", (event) => {
    if (event.target === searchBox() && navigator.userActivation?.hasBeenActive) suggest();
  });
  document.addEventListener("focusout", (event) => {
    const box = searchBox();
    if (event.target === box && !suggestions().contains(event.relatedTarget)) offerNothing();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "search-form") offerNothing();
  });

  // --- Keys of one letter, and the sheet behind "?" that tells of them ---
  // `data-hotkey="g"` on a link, a field, "More" or a button that opens something: that letter, alone,
  // goes there. What sends a form is never reached by one. Pages of duplicates have keys of their own.

  const KEYS_OFF = "piggyadmin-keys"; // in the browser's memory, as for the pages of duplicates
  const ALONE = 200; // milliseconds without another key: letters of words and of scanners follow faster
  const REACHED = "a[href], summary, input, select, textarea, button[type=button]";
  let hotkeyTimer;
  let lastKeyAt = -Infinity;

  function hotkeysAreOn() {
    try {
      return localStorage.getItem(KEYS_OFF) !== "off";
    } catch {
      return true; // no memory here
    }
  }

  // Those of the page come before those of the menu, which has the same ones everywhere.
  function hotkeyTargets() {
    const shown = all("[data-hotkey]").filter((each) => each.matches(REACHED) && each.checkVisibility());
    return shown.sort((one, other) => Boolean(one.closest("nav")) - Boolean(other.closest("nav")));
  }

  function showHotkeys() {
    const on = hotkeysAreOn();
    document.documentElement.toggleAttribute("data-hotkeys", on);
    for (const each of all("[data-hotkey]")) {
      if (on) each.setAttribute("aria-keyshortcuts", each.dataset.hotkey);
      else each.removeAttribute("aria-keyshortcuts");
    }
    for (const each of all("[data-hotkeys-on]")) each.hidden = !on;
    for (const each of all("[data-hotkeys-off]")) each.hidden = on;
    for (const each of all("[data-opens-keys]")) each.hidden = false;
  }

  function goByHotkey(key) {
    const target = hotkeyTargets().find((each) => each.dataset.hotkey === key);
    if (!target || document.querySelector("dialog[open]")) return;
    if (target.matches("input, select, textarea")) target.focus();
    else target.click();
    if (target.matches("summary")) target.focus();
  }

  function openKeys() {
    const sheet = document.getElementById("keys-sheet");
    if (!sheet || document.querySelector("dialog[open]")) return;
    const rows = new Map();
    for (const each of hotkeyTargets()) {
      if (rows.has(each.dataset.hotkey)) continue;
      const row = sheet.querySelector("[data-hotkey-row]").content.cloneNode(true);
      // Of a label the words alone, without the mark that the field is needed.
      const name = each.labels?.[0]?.firstChild || each.querySelector("strong") || each;
      row.querySelector("kbd").textContent = each.dataset.hotkey;
      row.querySelector("span").textContent = (name.innerText ?? name.textContent).trim();
      rows.set(each.dataset.hotkey, row);
    }
    sheet.querySelector("[data-hotkey-list]").replaceChildren(...rows.values());
    sheet.showModal();
  }

  document.addEventListener("keydown", (event) => {
    clearTimeout(hotkeyTimer);
    const isAlone = event.timeStamp - lastKeyAt > ALONE;
    if (event.key.length === 1) lastKeyAt = event.timeStamp;
    const isElsewhere = isTyping(event.target) || document.querySelector("[data-keys]");
    const isCombined = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat;
    if (isElsewhere || isCombined) return;
    if (event.key === "?") openKeys();
    else if (isAlone && event.key.length === 1 && LETTERS.includes(event.key) && hotkeysAreOn()) hotkeyTimer = setTimeout(goByHotkey, ALONE, event.key);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-opens-keys]")) openKeys();
    if (event.target.closest?.("#keys-sheet [data-close]")) document.getElementById("keys-sheet").close();
    if (!event.target.closest?.("[data-hotkeys-switch]")) return;
    try {
      localStorage.setItem(KEYS_OFF, hotkeysAreOn() ? "off" : "on");
    } catch {
      // There is no memory that would hold it.
    }
    showHotkeys();
  });

  // --- Rows of options ---

  function addRow(rows) {
    const number = all("[data-row]", rows).length;
    const template = rows.querySelector("template");
    const html = template.innerHTML.replaceAll("__index__", freeIndex(rows)).replaceAll("__number__", number + 1);
    template.insertAdjacentHTML("beforebegin", html);
    prepare(rows);
    all("[data-row]", rows).at(-1).querySelector("input").focus();
  }

  // --- Actions in the page they belong to ---
  // `a[data-in-place]` opens its page's form in a drawer. Escape, the cross and the way back close it;
  // what was done there tells the page, which then shows the new truth.

  const drawer = document.getElementById("drawer");
  let opener; // what has the focus again once it is closed

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#drawer [data-close]")) drawer.close();
    const link = event.target.closest?.("a[data-in-place]");
    if (!link || !drawer || !window.htmx || event.button || hasModifier(event)) return;
    event.preventDefault();
    // The menu that it stands in closes, and has the focus again afterwards.
    const more = link.closest("details.more");
    if (more) more.open = false;
    opener = more?.querySelector("summary") || link;
    opener.focus();
    drawer.querySelector("h2").textContent = link.textContent.trim();
    window.htmx.ajax("GET", link.getAttribute("href"), { source: "#drawer-content", target: "#drawer-content", event });
  });

  function opened() {
    prepare(drawer);
    peekAll(drawer);
    if (!drawer.open) {
      drawer.showModal();
      history.pushState({ drawer: true }, "");
    }
    const fields = all("#drawer-content form.card :is(input, select, textarea)").filter(takesTyping);
    (drawer.querySelector("[data-error-summary]") || fields.find((field) => !field.value) || fields[0])?.focus();
    all("form[data-live]", drawer).forEach(askAtOnce);
  }

  drawer?.addEventListener("close", () => {
    document.getElementById("drawer-content").replaceChildren();
    drawer.querySelector(".messages").replaceChildren();
    titleTells(document.querySelector("[data-error-summary]"));
    // The browser gives it back to what was there before, which may have been replaced since.
    if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
    if (history.state?.drawer) history.back();
  });
  window.addEventListener("popstate", () => drawer?.close());

  async function readPageAgain(headers = {}) {
    try {
      const answer = await fetch(location.href, { headers });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.getElementById("main");
      if (!answer.ok || answer.redirected || !main) return;
      replaceMain(main);
    } catch {
      // The page shows what was true when it was opened.
    }
  }

  document.addEventListener("piggyadmin:changed", () => {
    if (drawer?.open) readPageAgain();
  });

  // Of what others changed: not under the hands of somebody who types or has opened something.
  document.addEventListener("piggyadmin:heard", () => {
    const isInUse = drawer?.open || document.querySelector("#main details[open]") || document.activeElement?.closest("#main form");
    if (!isInUse) readPageAgain({ "X-Unattended": "true" });
  });

  // What somebody has begun to type in the meantime stays, and so does the place where they are.
  function replaceMain(fresh) {
    const main = document.getElementById("main");
    const focused = main.contains(document.activeElement) && document.activeElement;
    const { selectionStart, selectionEnd } = focused;
    for (const field of all("textarea[id], input[id]", main).filter(takesTyping)) {
      const twin = field.value !== field.defaultValue && twinOf(field, fresh);
      if (twin) twin.value = field.value;
    }
    main.replaceWith(fresh);
    window.htmx.process(fresh);
    prepare(fresh);
    if (opener && main.contains(opener)) opener = twinOf(opener, fresh) || placeOf(opener, fresh);
    const same = focused && (twinOf(focused, fresh) || placeOf(focused, fresh));
    if (!same) return;
    same.focus({ preventScroll: true });
    if (typeof selectionStart === "number") same.setSelectionRange?.(selectionStart, selectionEnd);
  }

  // What was pressed may be done with: its heading is still there.
  function placeOf(element, fresh) {
    const id = element.closest("[aria-labelledby]")?.getAttribute("aria-labelledby");
    const place = (id && fresh.querySelector(`#${CSS.escape(id)}`)) || fresh;
    place.tabIndex = -1;
    return place;
  }

  // Links and buttons have no id: by what they say they are known again.
  function twinOf(element, fresh) {
    if (element.id) return fresh.querySelector(`#${CSS.escape(element.id)}`);
    return all(element.localName, fresh).find((each) => each.isEqualNode(element));
  }

  // --- What will happen, beside the fields, as soon as they are filled in ---
  // Nobody agrees to what no longer stands in the fields: from the first change on the old preview is
  // dead, and only the answer to the last change takes its place.

  const STILL = 500; // milliseconds without a change
  const asking = new WeakMap(); // by form: what stops its next or its last question
  const askedWith = new WeakMap(); // by form: what stood in it then

  const previewOf = (form) => form.querySelector(":scope > .preview");

  // A field that is left without a change says that it has changed; why it is done no preview tells.
  function contentOf(form) {
    const fields = all(".fields :is(input, select, textarea):enabled:not([name=reason], [name=comment])", form);
    return JSON.stringify(fields.map((field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value)));
  }

  // What Enter does: it goes on to the preview, or agrees to it where that can be undone.
  function letEnter(form, step) {
    form.querySelector(":scope > [data-enter]").value = step;
  }

  function stopAsking(form) {
    asking.get(form)?.abort();
    asking.delete(form);
  }

  function changed(form) {
    const content = contentOf(form);
    if (content === askedWith.get(form)) return;
    askedWith.set(form, content);
    stopAsking(form);
    const old = previewOf(form);
    if (old) old.inert = true;
    letEnter(form, "run");
    const stop = new AbortController();
    asking.set(form, stop);
    const timer = setTimeout(() => askPreview(form, stop.signal), STILL);
    stop.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  // A form that opens filled in says at once what will happen.
  function askAtOnce(form) {
    if (previewOf(form) || !isComplete(form)) return;
    const stop = new AbortController();
    asking.set(form, stop);
    askPreview(form, stop.signal);
  }

  const isFilled = (field) => field.value || field.parentElement.querySelector(".paste input")?.value;

  function isComplete(form) {
    const needed = all(".fields :is([required], [aria-required=true]), .either > .chosen > .field input", form);
    return needed.every((field) => field.matches("[name=reason]") || isFilled(field));
  }

  // What was wrong and is right by now is not called wrong any more.
  function mend(form, isWrong) {
    for (const errors of all(".fields .field-errors", form)) {
      const id = errors.id.slice(0, -"_error".length);
      if (isWrong(id)) continue;
      const field = errors.closest(".field");
      field.classList.remove("has-errors");
      for (const each of all("[aria-invalid]", field)) each.removeAttribute("aria-invalid");
      for (const each of all(`[aria-describedby~="${errors.id}"]`, form)) {
        each.setAttribute("aria-describedby", each.getAttribute("aria-describedby").replace(errors.id, "").trim());
      }
      errors.remove();
      form.querySelector(`[id="${id}_agreed"]:not(:checked)`)?.closest(".choice").remove();
      form.querySelector(`[data-error-summary] a[href="#${id}"]`)?.closest("li").remove();
      form.querySelector("[data-meant]")?.remove();
      if (!form.querySelector(".fields .field-errors")) form.querySelector("[data-error-summary]")?.remove();
    }
    titleTells(form.querySelector("[aria-invalid=true]"));
  }

  async function askPreview(form, signal) {
    if (!isOurs(form.elements.namedItem("csrfmiddlewaretoken"))) return;
    let html = "";
    if (isComplete(form) || form.querySelector(".field-errors")) {
      const body = new URLSearchParams(new FormData(form));
      body.set("step", "preview");
      if (token()) body.set("csrfmiddlewaretoken", token());
      try {
        const answer = await fetch(form.getAttribute("action"), { method: "POST", body, signal, headers: { "HX-Request": "true" } });
        const text = await answer.text();
        if (answer.ok && !/^\s*<!doctype/i.test(text)) html = text;
        const wrong = answer.headers.get("X-Wrong-Fields")?.split(" ");
        if (wrong && !signal.aborted) mend(form, (id) => wrong.includes(id));
      } catch {
        // The button of the form is there, and says what is wrong.
      }
    }
    if (!signal.aborted && form.isConnected) putPreview(form, html);
  }

  function putPreview(form, html) {
    previewOf(form)?.remove();
    form.insertAdjacentHTML("beforeend", html);
    const preview = previewOf(form);
    if (!preview) return;
    prepare(preview);
    if (!("byHand" in preview.dataset)) letEnter(form, "confirm");
    announce(preview.querySelector("h2")?.innerText || preview.innerText);
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.closest?.("form[data-live]");
      if (!form) return;
      // No preview tells of the reason.
      if (event.target.name === "reason" && event.target.value) mend(form, (id) => id !== event.target.id);
      changed(form);
    });
  }
  document.addEventListener("submit", (event) => stopAsking(event.target));

  // --- One of several groups of fields: the others are out of sight, and are not sent ---

  function showAlternatives(either) {
    const isChosen = (group) => group.classList.contains("chosen");
    for (const group of all(".alternative", either)) {
      for (const field of all("input, select, textarea", group)) field.disabled = !isChosen(group);
    }
  }

  function choose(button) {
    const either = button.closest(".either");
    for (const other of all("[data-chooses]", either)) {
      const isIt = other === button;
      other.setAttribute("aria-pressed", String(isIt));
      document.getElementById(other.dataset.chooses).classList.toggle("chosen", isIt);
    }
    showAlternatives(either);
    either.querySelector(".chosen input").focus();
    either.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chooses]");
    if (button) choose(button);
  });

  function freeIndex(rows) {
    const used = all("[data-row] input", rows).map((input) => Number(input.name.match(/-(\d+)-/)?.[1] || 0));
    return String(Math.max(-1, ...used) + 1);
  }

  function removeRow(button) {
    const rows = button.closest("[data-option-rows]");
    button.closest("[data-row]").remove();
    (rows.querySelector("[data-row] input") || rows.querySelector("[data-add-row]")).focus();
  }

  // --- Whose is it? A line below a field, as soon as the field is left ---

  const peekRegion = (field) => document.getElementById(`${field.id}_peek`);

  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

  async function peek(field) {
    const region = peekRegion(field);
    const query = field.value.trim();
    region?.replaceChildren();
    if (!region || !query || !isOurs(field.form?.elements.namedItem("csrfmiddlewaretoken"))) return;
    const owner = field.form.elements.namedItem("opened_by")?.value ?? "";
    const body = new URLSearchParams({ q: query, csrfmiddlewaretoken: token(), opened_by: owner });
    try {
      const answer = await fetch(document.body.dataset.peekUrl, { method: "POST", body, headers: { "HX-Request": "true" } });
      const html = await answer.text();
      const isCurrent = field.value.trim() === query;
      if (!answer.ok || !isCurrent || /^\s*<!doctype/i.test(html)) return;
      region.innerHTML = html;
      // Whose UUID it is says more than the UUID, which is seen again as soon as it is to be changed.
      field.toggleAttribute("data-known", UUID.test(query));
    } catch {
      // Only a convenience: the form itself will say what is wrong.
    }
  }

  function peekAll(root) {
    for (const field of all("[data-peek]", root)) {
      if (field.value && field.getAttribute("aria-invalid") !== "true") peek(field);
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-peek]")) peek(event.target);
  });
  document.addEventListener("click", (event) => {
    const known = event.target.closest?.("[data-change-known]")?.closest(".field").querySelector("[data-known]");
    known?.focus();
    known?.select();
  });

  // --- The first page ---

  prepare(document);
  // What a tab remembers of somebody's work ends with their session.
  try {
    if (!searchBox()) sessionStorage.clear();
  } catch {
    // There is no memory here.
  }
  const scan = document.querySelector("main form[data-scan]");
  const summary = document.querySelector("[data-error-summary]");
  // On the desk one scans or types at once, as one does on the page of a voucher.
  const search = location.pathname === "/" ? document.getElementById("search") : null;
  if (!scan) (summary || search)?.focus({ preventScroll: true });
  // Not what has been scanned since the page began to load.
  else if (scanned(scan).value === scanned(scan).defaultValue) selectForNext(scan);
  peekAll(document);
})();
