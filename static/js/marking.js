// Mark a passage by selecting words. Offsets count Unicode code points, as the server does.
(() => {
  const bar = document.querySelector("[data-mark-bar]");
  const dialog = document.querySelector("[data-mark-dialog]");
  if (!bar) return;
  const form = dialog.querySelector("[data-mark-form]");
  let marked = null;

  const codePoints = (text) => [...text].length;

  // Where a point of the selection lies in the page's text.
  function offsetOf(node, offset) {
    const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-from]");
    if (!holder) return null;
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(node, offset);
    return Number(holder.dataset.from) + codePoints(before.toString());
  }

  function read() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const inside = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".page-text");
    const page = inside(range.startContainer);
    if (!page || page !== inside(range.endContainer)) return null;
    const quote = range.toString();
    const start = offsetOf(range.startContainer, range.startOffset);
    return quote.trim() && start !== null ? { quote, start, url: page.dataset.markUrl } : null;
  }

  document.addEventListener("selectionchange", () => {
    if (dialog.open) return;
    marked = read();
    bar.hidden = !marked;
    if (marked) bar.querySelector("q").textContent = marked.quote;
  });

  function open() {
    if (!marked || dialog.open) return;
    form.action = marked.url;
    form.elements.quote.value = marked.quote;
    form.elements.start.value = marked.start;
    dialog.querySelector("[data-mark-quote]").textContent = marked.quote;
    dialog.showModal();
    form.elements.note.focus();
  }

  bar.querySelector("[data-mark-open]").addEventListener("click", open);
  dialog.querySelector("[data-mark-close]").addEventListener("click", () => dialog.close());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    marked = (!dialog.open && read()) || marked;
    if (event.key === "c" && !typing && !event.ctrlKey && !event.metaKey && marked) { event.preventDefault(); open(); }
  });
})();
