// What stood in the forms of this page when the till was locked stands there again: see till.js.
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const drawer = document.getElementById("drawer");
  const MOST_ROWS = 100;

  // Each field is found again by its name, and by how many of that name are before it.
  const rootOf = (kept) => (kept.drawn ? drawer : document);
  const find = (kept) => all(`[name="${CSS.escape(kept.name)}"]`, rootOf(kept))[kept.at] || null;

  function findInNewRow(kept) {
    const rows = all("[data-option-rows]", rootOf(kept)).find((each) => kept.name.startsWith(`${each.dataset.name}-`));
    const button = rows?.querySelector("[data-add-row]");
    for (let more = 0; button && more < MOST_ROWS && !find(kept); more += 1) button.form.requestSubmit(button);
    return find(kept);
  }

  // Gives whether the field can hold it.
  function put(field, value) {
    const group = field.closest(".alternative:not(.chosen)");
    if (group) document.querySelector(`[data-chooses="${CSS.escape(group.id)}"]`)?.click();
    if (field.value === value || field.checked === value) return true;
    field.closest("details")?.setAttribute("open", "");
    if (typeof value === "boolean") field.checked = value;
    else if (Array.isArray(value)) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return typeof value !== "string" || field.value === value;
  }

  // What has no place any more is shown, to be copied.
  function showLeft(texts) {
    const shown = document.getElementById("typed-before").content.cloneNode(true);
    const quote = shown.querySelector("blockquote");
    for (const text of texts) quote.before(Object.assign(quote.cloneNode(), { textContent: text }));
    quote.remove();
    if (texts.length) document.getElementById("messages").after(shown);
  }

  function fill(fields) {
    const left = fields.filter((kept) => {
      const field = find(kept) || findInNewRow(kept);
      return !(field && put(field, kept.value));
    });
    showLeft(left.map((kept) => kept.value).filter((value) => typeof value === "string" && value));
  }

  function open({ href, title }, fields) {
    const link = Object.assign(document.createElement("a"), { href, textContent: title });
    link.dataset.inPlace = "";
    document.body.append(link);
    const fillDrawer = (event) => {
      if (event.detail.target?.id !== "drawer-content") return;
      document.removeEventListener("htmx:afterSettle", fillDrawer);
      fill(fields);
    };
    document.addEventListener("htmx:afterSettle", fillDrawer);
    link.click();
    link.remove();
  }

  const page = JSON.parse(document.getElementById("locked-page").textContent);
  document.getElementById("locked-page").remove();
  Object.assign(sessionStorage, page.memory);
  fill(page.fields.filter((each) => !each.drawn));
  if (page.drawer) open(page.drawer, page.fields.filter((each) => each.drawn));
})();
