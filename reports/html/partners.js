// What the page cannot do by itself: filter the partners, and open the one that a link leads to.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  document.documentElement.classList.add("js");

  const form = $("form.filters");
  const rows = $$("tr[data-t]");
  const said = new Map($$("tr[data-of]").map((row) => [row.dataset.of, row]));
  const details = new Map($$("details.partner").map((node) => [node.dataset.name, node]));
  const texts = new Map(rows.map((row) => [row, $("th", row).textContent.toLowerCase()]));

  function apply() {
    const { q, t, s } = Object.fromEntries(new FormData(form));
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits =
        (!t || row.dataset.t === t) &&
        (!s || row.dataset.s === s) &&
        words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      const detail = details.get(row.dataset.name);
      const says = said.get(row.dataset.name);
      for (const other of [detail, says]) if (other) other.hidden = !fits;
      shown += fits;
    }
    const active = Boolean(words.length || t || s);
    form.classList.toggle("active", active);
    $(".no-match").hidden = shown > 0;
    for (const box of $$(".partners-box")) box.hidden = shown === 0;
    const found = active ? shown + " of " + rows.length + " partners" : "";
    $("output", form).textContent = found;
    $("#status").textContent = found;
  }

  // `#matrix?t=worse` filters, `#p-name` opens.
  function follow() {
    const [place, query] = location.hash.split("?");
    if (place === "#matrix" && query) {
      const wanted = new URLSearchParams(query);
      for (const name of ["q", "t", "s"]) form.elements[name].value = wanted.get(name) || "";
      apply();
      $("#matrix").scrollIntoView();
    } else if (place.startsWith("#p-")) {
      const detail = details.get(place.slice(3));
      if (!detail) return;
      detail.open = true;
      detail.scrollIntoView();
    }
  }

  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", follow);
  apply();
  follow();
})();
