"use strict";
(function () {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("[data-address]"));
  const shown = document.getElementById("shown");
  function apply() {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = form.elements.kind.value;
    const action = form.elements.action.value;
    let count = 0;
    for (const row of rows) {
      const data = row.dataset;
      const fits =
        words.every((word) => row.textContent.toLowerCase().includes(word)) &&
        (!kind || data.address.startsWith(kind + ".") || data.address.startsWith(kind + ":")) &&
        (!action || !("action" in data) || data.action === action);
      row.hidden = !fits;
      count += fits && "action" in data ? 1 : 0;
    }
    shown.textContent = shown.dataset.text.replace("{shown}", count).replace("{all}", shown.dataset.all);
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply, 0));
  apply();
})();
