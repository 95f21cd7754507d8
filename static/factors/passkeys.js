// Passkeys: what the browser's own dialog says goes into the form, which is sent then.
"use strict";

(() => {
  const { webauthnJSON } = window;

  async function ask(form) {
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const credential = await webauthnJSON[form.dataset.passkey](JSON.parse(form.dataset.options));
      form.elements.credential.value = JSON.stringify(credential);
    } catch {
      failed.hidden = false;
      return;
    }
    form.submit();
  }

  if (!webauthnJSON?.supported()) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
})();
