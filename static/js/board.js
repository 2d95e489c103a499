// Moving cards on the board. The server decides and says why not; without this file the buttons of a card lead to the same steps.
(() => {
  const form = document.getElementById("board-move");
  if (!form) return;
  const columns = [...document.querySelectorAll(".column")];
  let held = null;
  for (const hint of document.querySelectorAll(".board-hint")) hint.hidden = false;

  function move(card, target) {
    if (card.dataset.status === target) return;
    form.action = card.dataset.move;
    form.elements.from.value = card.dataset.status;
    form.elements.to.value = target;
    form.submit();
  }

  const leadsTo = (card, column) => card.dataset.targets.split(" ").includes(column.dataset.status);

  for (const card of document.querySelectorAll(".card-item")) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      held = card;
      event.dataTransfer.setData("text/plain", card.getAttribute("aria-label"));
      event.dataTransfer.effectAllowed = "move";
      for (const column of columns) column.classList.toggle("column-open", leadsTo(card, column));
    });
    card.addEventListener("dragend", () => {
      held = null;
      for (const column of columns) column.classList.remove("column-open", "column-over");
    });
    card.addEventListener("keydown", (event) => {
      if (event.target !== card || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const at = columns.findIndex((column) => column.dataset.status === card.dataset.status);
      const beyond = event.key === "ArrowRight" ? columns.slice(at + 1) : columns.slice(0, at).reverse();
      const next = beyond.find((column) => leadsTo(card, column)) || beyond[0];
      if (next) { event.preventDefault(); move(card, next.dataset.status); }
    });
  }

  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (!held) return;
      event.preventDefault();
      column.classList.add("column-over");
    });
    column.addEventListener("dragleave", (event) => {
      if (!column.contains(event.relatedTarget)) column.classList.remove("column-over");
    });
    column.addEventListener("drop", (event) => {
      if (!held) return;
      event.preventDefault();
      move(held, column.dataset.status);
    });
  }
})();
