// The matrix by keyboard: keys rate and move, a row saves itself when it is whole or left.
// Every row is a plain form; without this file its Save button does the same.
(() => {
  const table = document.querySelector("[data-matrix]");
  if (!table || !table.querySelector("select")) return;
  const KEYS = { 1: "CC", 2: "C", 3: "N", 4: "I", 5: "II", 6: "NA" };
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], h: [0, -1], l: [0, 1], k: [-1, 0], j: [1, 0] };
  const edits = new WeakMap(); // form to how often it was changed since the page came
  const saving = new WeakMap(); // form to the save under way

  const rows = () => [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("select")]);
  const formOf = (row) => row.querySelector("form");
  const status = (row, text, wrong) => {
    const place = row.querySelector("[data-status]");
    place.textContent = text;
    place.classList.toggle("field-error", Boolean(wrong));
  };

  function placeOf(cell) {
    const grid = rows();
    const y = grid.findIndex((each) => each.includes(cell));
    return [grid, y, y < 0 ? -1 : grid[y].indexOf(cell)];
  }

  // One stop for Tab in the whole table; the arrows do the rest.
  function rove(current) {
    for (const each of table.querySelectorAll("select")) each.tabIndex = each === current ? 0 : -1;
    for (const each of table.querySelectorAll(".row-save button")) each.tabIndex = -1;
  }

  function go(cell) {
    if (!cell) return;
    rove(cell);
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function move(cell, [down, right]) {
    const [grid, y, x] = placeOf(cell);
    go(grid[y + down]?.[x + right]);
  }

  function changed(cell) {
    const form = cell.form;
    edits.set(form, (edits.get(form) || 0) + 1);
    const row = cell.closest("tr");
    if ([...row.querySelectorAll("select")].every((each) => each.value)) save(row);
    else status(row, "Not saved yet");
  }

  function rate(cell, value) {
    cell.value = value;
    const [grid, y, x] = placeOf(cell);
    const next = grid[y][x + 1] || grid[y + 1]?.[0];
    changed(cell);
    go(next || cell);
  }

  // One save of a row after the other, each with what the row holds when its turn comes.
  function save(row) {
    const form = formOf(row);
    const turn = (saving.get(form) || Promise.resolve()).then(() => row.isConnected && send(row, form));
    saving.set(form, turn);
  }

  async function send(row, form) {
    const began = edits.get(form) || 0;
    status(row, "Saving");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
    } catch {
      status(row, "Not saved: no connection. Press Enter in the row to try again.", true);
      return;
    }
    const text = await answer.text();
    if (!answer.ok) {
      status(row, answer.status === 422 ? text : "Not saved. Load the page again and retry.", true);
      return;
    }
    if ((edits.get(form) || 0) === began) renew(row, text);
    if (window.htmx) window.htmx.trigger(document.body, "rated");
  }

  function renew(row, html) {
    const held = row.contains(document.activeElement) ? document.activeElement.id : "";
    const stop = row.querySelector('select[tabindex="0"]')?.id;
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    row.replaceWith(made.content.firstElementChild);
    rove(document.getElementById(stop) || table.querySelector('select[tabindex="0"]') || table.querySelector("select"));
    if (held) document.getElementById(held)?.focus();
  }

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("select");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS[event.key]) { event.preventDefault(); rate(cell, KEYS[event.key]); }
    else if (MOVES[event.key]) { event.preventDefault(); event.stopPropagation(); move(cell, MOVES[event.key]); }
    else if (event.key === "Enter") { event.preventDefault(); save(cell.closest("tr")); }
  });
  table.addEventListener("change", (event) => { if (event.target.matches("select")) changed(event.target); });
  table.addEventListener("focusin", (event) => { if (event.target.matches("select")) rove(event.target); });
  table.addEventListener("submit", (event) => { event.preventDefault(); save(event.target.closest("tr")); });
  // A row that was left half filled is kept as far as it has come.
  table.addEventListener("focusout", (event) => {
    const row = event.target.closest("tr");
    if (!row || row.contains(event.relatedTarget) || !row.isConnected) return;
    if (row.querySelector("[data-status]")?.textContent === "Not saved yet") save(row);
  });

  document.documentElement.classList.add("has-matrix-keys");
  rove(table.querySelector("select"));
})();
