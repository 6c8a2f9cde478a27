// Keyboard island of the desk. Everything it does is also a link or a button on the page; nothing depends on it.
(() => {
  const doc = document;
  const all = (selector) => [...doc.querySelectorAll(selector)];
  const store = "toguna-desk-keys";
  let off = false;
  try {
    off = localStorage.getItem(store) === "off";
  } catch {
    // Storage refused: shortcuts stay on.
  }
  const help = doc.getElementById("keys");
  // WCAG 2.1.4: whoever dictates or types with a switch can turn single keys off.
  const toggle = doc.querySelector("[data-keys-toggle]");
  const label = () => {
    if (!toggle) return;
    toggle.hidden = false;
    toggle.textContent = toggle.dataset[off ? "on" : "off"];
    toggle.setAttribute("aria-pressed", String(off));
  };
  toggle?.addEventListener("click", () => {
    off = !off;
    try {
      localStorage.setItem(store, off ? "off" : "on");
    } catch {
      // Kept for this page only.
    }
    label();
  });
  label();

  const typing = (el) => el.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit])");
  const shown = (el) => el.getClientRects().length > 0 && !el.disabled;
  const use = (el) => {
    if (el.matches("textarea, select, input:not([type=radio], [type=checkbox])")) el.focus();
    else {
      el.focus();
      el.click();
    }
  };
  // Lines of a list: the link of each is what j and k go to.
  const move = (step) => {
    const lines = all("[data-line] a, a[data-line]").filter(shown);
    if (!lines.length) return;
    const at = lines.findIndex((line) => line === doc.activeElement || line.closest("tr")?.contains(doc.activeElement));
    const next = lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  doc.addEventListener("keydown", (event) => {
    const at = event.target instanceof Element ? event.target : doc.body;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = at.closest("form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(at)) return at.blur();
    if (off || typing(at)) return;
    const key = event.key.toLowerCase();
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (event.key === "?" && help) {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    } else {
      const target = all("[data-key]").find((el) => el.dataset.key === key && shown(el));
      if (!target) return;
      use(target);
    }
    event.preventDefault();
  });
})();
