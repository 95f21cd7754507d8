// A shared till locks itself when nobody does anything in any tab. What was typed goes to the console.
"use strict";

(() => {
  const lockForm = document.getElementById("lock-form");
  const drawer = document.getElementById("drawer");
  const MOST_CHARACTERS = 500_000; // as accounts/locked_pages.py has it
  const TYPED = "input:not([type=hidden], [type=password], [type=file]), select, textarea";
  const stay = () => (localStorage.activeAt = Date.now());
  let opened; // the link whose form is in the drawer

  function lockWhenIdle() {
    const left = +localStorage.activeAt + lockForm.dataset.after * 1000 - Date.now();
    if (left <= 0) lockForm.requestSubmit();
    else setTimeout(lockWhenIdle, left);
  }

  const isTicked = (field) => /checkbox|radio/.test(field.type);

  function isTouched(field) {
    if (isTicked(field)) return field.checked !== field.defaultChecked;
    // Where none was drawn as chosen, the first option is.
    if (field.options) return Array.from(field.options).some((each) => each.index && each.selected !== each.defaultSelected);
    return field.value !== field.defaultValue;
  }

  // A form that was refused, or whose preview is shown, was drawn with what was typed.
  function fieldsBegun(form) {
    const fields = Array.from(form.elements).filter((field) => field.name && !field.disabled && field.matches(TYPED));
    const isAnswered = (form.closest(".action-panel") || form).querySelector(".preview, [aria-invalid=true], [data-error-summary]");
    return isAnswered || fields.some(isTouched) ? fields : [];
  }

  function written(field) {
    const drawn = Boolean(drawer?.contains(field));
    const at = Array.from((drawn ? drawer : document).querySelectorAll(`[name="${CSS.escape(field.name)}"]`)).indexOf(field);
    const chosen = Array.from(field.selectedOptions || [], (option) => option.value);
    return { name: field.name, at, drawn, value: isTicked(field) ? field.checked : field.multiple ? chosen : field.value };
  }

  function contentOfPage(forms) {
    const link = drawer?.open && opened ? { href: opened.getAttribute("href"), title: opened.textContent } : null;
    const text = JSON.stringify({ fields: forms.flatMap(fieldsBegun).map(written), drawer: link, memory: { ...sessionStorage } });
    return text.length > MOST_CHARACTERS ? "too long" : text;
  }

  document.addEventListener("click", (event) => {
    opened = event.target.closest?.("a[data-in-place]") || opened;
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== lockForm && event.target.id !== "sign-out-form") return;
    const forms = Array.from(document.forms).filter((form) => form !== event.target);
    lockForm.elements.next.value = location.pathname + location.search;
    lockForm.elements.typed.value = contentOfPage(forms);
    // The browser keeps what stands in forms for whoever goes back.
    for (const form of forms) if (form !== lockForm) form.reset();
    sessionStorage.clear();
  });
  for (const kind of ["keydown", "pointerdown", "wheel"]) document.addEventListener(kind, stay, { passive: true });
  stay();
  lockWhenIdle();
})();
