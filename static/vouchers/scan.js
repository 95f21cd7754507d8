// The camera on pages that ask for a code, and scan mode, where each code has a row of its own.
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const field = () => one("main form[data-scan] input:not([type=hidden])");

  // --- The queue: nobody waits for the verdict on the last code, and all of them are heard ---------

  const queue = one("[data-queue]");
  const blank = one("#scanned template");
  const table = one("form[data-scanned]");

  function add(code) {
    const row = blank.content.cloneNode(true).firstElementChild;
    one("[name=code]", row).value = one("code", row).textContent = code;
    blank.after(row);
    table.elements.codes.value += `${code}\n`;
    table.hidden = false;
    return row;
  }

  queue?.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field().value.trim();
    field().value = "";
    if (!code) return;
    window.htmx.process(add(code));
    remember([...remembered(), code]);
  });

  // --- What was scanned, over a reload: for whoever scanned it, until they sign out ------------------

  const SCANNED = "piggyadmin-scanned"; // in the memory of this tab
  const MOST_KEPT = 500; // as many as one table takes
  const unheard = new Set(); // what was heard before

  function remember(codes) {
    try {
      sessionStorage.setItem(SCANNED, JSON.stringify({ of: queue.dataset.queue, codes: codes.slice(-MOST_KEPT) }));
    } catch {
      // It holds for this page.
    }
  }

  function remembered() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(SCANNED));
      return kept?.of === queue.dataset.queue ? kept.codes : [];
    } catch {
      return [];
    }
  }

  // Each is asked for again as soon as it is in sight.
  if (queue) {
    for (const code of remembered()) {
      one("form", add(code)).setAttribute("hx-trigger", "revealed, submit");
      unheard.add(code);
    }
    remember(remembered());
  }
  one("[data-forgets]")?.addEventListener("click", () => {
    remember([]);
    location.replace(location.pathname);
  });

  const SOUND = "piggyadmin-sound"; // in the browser's memory, where it is off
  const HERTZ = { success: 880, warning: 440, danger: 150 };
  const LASTS = 0.2; // seconds
  const sound = one("[data-sound] input");
  let audio;

  document.addEventListener("htmx:load", ({ detail }) => {
    const frequency = HERTZ[detail.elt.dataset?.tone];
    const isHeard = frequency && unheard.delete(one("[name=code]", detail.elt)?.value);
    if (!frequency || isHeard || !sound?.checked) return;
    audio ??= new AudioContext();
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + LASTS);
  });

  if (sound) {
    sound.parentElement.hidden = false;
    try {
      sound.checked = localStorage.getItem(SOUND) !== "off";
      sound.addEventListener("change", () => localStorage.setItem(SOUND, sound.checked ? "on" : "off"));
    } catch {
      // It holds for this page.
    }
  }

  // --- The camera --------------------------------------------------------------------------------

  const LOOKS = 150; // milliseconds between two looks at the picture
  const SAME = 3000; // milliseconds for which one code in front of it counts once
  const camera = one("[data-camera]");
  if (!camera || !window.BarcodeDetector || !navigator.mediaDevices) return;
  const [button, video, alert] = camera.children;
  let last, seenAt;
  camera.hidden = false;

  function show(stream) {
    for (const track of video.srcObject?.getTracks() || []) track.stop();
    video.srcObject = stream;
    video.hidden = !stream;
    button.setAttribute("aria-pressed", String(!video.hidden));
  }

  async function look(detector) {
    if (video.hidden) return;
    const [found] = await detector.detect(video).catch(() => []);
    const code = found?.rawValue;
    const isNew = code && (code !== last || Date.now() - seenAt > SAME);
    if (code) [last, seenAt] = [code, Date.now()];
    if (isNew && !video.hidden) {
      field().value = code;
      field().form.requestSubmit();
      if (!queue) show(null);
    }
    setTimeout(look, LOOKS, detector);
  }

  button.addEventListener("click", async () => {
    alert.hidden = true;
    try {
      show(video.hidden ? await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }) : null);
      if (!video.hidden) await video.play();
      look(new window.BarcodeDetector());
    } catch {
      show(null);
      alert.hidden = false;
    }
  });
})();
