// Mark a passage by selecting words, or a part of a page. Offsets count Unicode code points, as the server does.
(() => {
  const bar = document.querySelector("[data-mark-bar]");
  const dialog = document.querySelector("[data-mark-dialog]");
  if (!bar) return;
  const form = dialog.querySelector("[data-mark-form]");
  let marked = null;

  const codePoints = (text) => [...text].length;
  const elementOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node);

  // Where a point of the selection lies in the page's text. Between words it is the end of the one before.
  function offsetOf(node, offset) {
    let holder = elementOf(node).closest("[data-from]");
    if (!holder) {
      const inside = elementOf(node).closest("i");
      const at = inside ?? (node.childNodes?.[offset - 1] ?? node.childNodes?.[offset]);
      holder = inside ? inside.previousElementSibling : elementOf(at ?? node).closest?.("[data-from]");
      return holder ? Number(holder.dataset.from) + codePoints(holder.textContent) : null;
    }
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(node, offset);
    return Number(holder.dataset.from) + codePoints(before.toString());
  }

  function read() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const inside = (node) => elementOf(node).closest(".page-text, [data-sheet]");
    const page = inside(range.startContainer);
    if (!page || page !== inside(range.endContainer) || !page.dataset.markUrl) return null;
    const start = offsetOf(range.startContainer, range.startOffset);
    if (start === null) return null;
    const end = page.letters ? offsetOf(range.endContainer, range.endOffset) : null;
    const quote = page.letters && end !== null ? page.letters.slice(start, end).join("") : range.toString();
    return quote.trim() ? { quote, start, url: page.dataset.markUrl, fragment: "" } : null;
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
    form.elements.fragment.value = marked.fragment;
    form.elements.note.required = Boolean(marked.fragment);
    dialog.querySelector("[data-mark-quote]").textContent = marked.words ?? marked.quote;
    dialog.showModal();
    form.elements.note.focus();
  }

  addEventListener("part", (event) => {
    marked = { quote: "", start: "", ...event.detail };
    open();
  });

  bar.querySelector("[data-mark-open]").addEventListener("click", open);
  dialog.querySelector("[data-mark-close]").addEventListener("click", () => dialog.close());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    marked = (!dialog.open && read()) || marked;
    if (event.key === "c" && !typing && !event.ctrlKey && !event.metaKey && marked) { event.preventDefault(); open(); }
  });
})();
