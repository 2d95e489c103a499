// Pages as they look: a picture of each, its words laid over it so that they can be selected, passages drawn on it.
// Offsets count Unicode code points, as the server does. Without this file the pages stand there as text.
(() => {
  const FULL = 10000;
  const sheets = [...document.querySelectorAll("[data-sheet]")];
  const passages = [...document.querySelectorAll("[data-passage]")].map((each) => each.dataset);
  const chosen = { get: () => { try { return localStorage.getItem("pages") || "look"; } catch { return "look"; } }, set: (how) => { try { localStorage.setItem("pages", how); } catch { /* not kept */ } } };

  function show(how) {
    for (const leaf of document.querySelectorAll("[data-leaf]")) {
      leaf.querySelector("[data-sheet]").hidden = how !== "look";
      leaf.querySelector("[data-sheet-tools]")?.toggleAttribute("hidden", how !== "look");
      for (const text of leaf.querySelectorAll("[data-text]")) text.hidden = how === "look";
    }
    for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === how));
  }

  // A word's box, and its letters stretched to fill it: what is selected lies where it is seen.
  function place(span, [start, end, left, top, width, height], letters, ratio) {
    span.dataset.from = start;
    span.textContent = letters.slice(start, end).join("");
    span.style.left = `${left / 100}%`;
    span.style.top = `${top / 100}%`;
    span.style.fontSize = `${(height / FULL) * ratio * 100}cqw`;
    span.dataset.width = width;
    return span;
  }

  function stretch(layer) {
    const across = layer.clientWidth;
    const spans = [...layer.querySelectorAll("[data-width]")];
    const widths = spans.map((span) => span.scrollWidth || span.getBoundingClientRect().width);
    spans.forEach((span, n) => { if (widths[n]) span.style.transform = `scaleX(${(span.dataset.width / FULL) * across / widths[n]})`; });
  }

  function box([left, top, width, height], id, label) {
    const drawn = document.createElement("div");
    drawn.className = "leaf-part";
    Object.assign(drawn.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    drawn.dataset.on = id;
    drawn.title = label;
    return drawn;
  }

  function lay(sheet, told) {
    const letters = [...told.text];
    const [width, height] = told.size;
    sheet.style.aspectRatio = `${width} / ${height}`;
    sheet.letters = letters;
    const layer = document.createElement("div");
    layer.className = "leaf-words";
    layer.dir = "ltr";
    let before = 0;
    for (const word of told.words) {
      const between = letters.slice(before, word[0]).join("");
      if (between) layer.append(Object.assign(document.createElement("i"), { textContent: between }));
      layer.append(place(document.createElement("span"), word, letters, height / width));
      before = word[1];
    }
    for (const passage of passages.filter((each) => each.page === sheet.dataset.page)) {
      if (passage.fragment) sheet.append(box(passage.fragment.split(":")[1].split(",").map(Number), passage.passage, "A marked part"));
      else for (const span of layer.querySelectorAll("span")) {
        const from = Number(span.dataset.from);
        if (from < passage.end && from + [...span.textContent].length > passage.start) { span.classList.add("marked"); span.dataset.on = passage.passage; }
      }
    }
    sheet.append(layer);
    stretch(layer);
    new ResizeObserver(() => stretch(layer)).observe(layer);
    point();
  }

  async function load(sheet) {
    if (sheet.dataset.loaded) return;
    sheet.dataset.loaded = "yes";
    const answer = await fetch(sheet.dataset.words, { headers: { Accept: "application/json" } });
    const told = answer.ok ? await answer.json() : null;
    const picture = Object.assign(new Image(), { alt: "", decoding: "async", src: sheet.dataset.picture });
    picture.addEventListener("load", () => sheet.querySelector(".leaf-wait")?.remove());
    picture.addEventListener("error", async () => {
      const refused = await fetch(sheet.dataset.picture);
      const said = sheet.querySelector(".leaf-wait");
      if (said) said.textContent = refused.status === 409 ? await refused.text() : "This page cannot be drawn. Look at its text.";
    });
    sheet.prepend(picture);
    if (told?.size) lay(sheet, told);
  }

  // Scroll to what the address names, and flash it.
  function point() {
    const id = location.hash.startsWith("#passage-") ? location.hash.slice(9) : null;
    if (!id) return;
    const seen = [...document.querySelectorAll(`[data-on="${CSS.escape(id)}"]`)].filter((each) => each.offsetParent);
    if (!seen.length) {
      const passage = passages.find((each) => each.passage === id);
      const leaf = passage && document.querySelector(`[data-sheet][data-page="${CSS.escape(passage.page)}"]`);
      if (leaf && !leaf.hidden) { leaf.scrollIntoView({ block: "start" }); load(leaf); }
      const player = passage && document.querySelector(`[data-player="${CSS.escape(passage.page)}"]`);
      if (player && passage.fragment) { player.currentTime = Number(passage.fragment.slice(2).split(",")[0]); player.scrollIntoView({ block: "center" }); }
      return;
    }
    seen[0].scrollIntoView({ block: "center" });
    for (const each of seen) { each.classList.remove("flash"); void each.offsetWidth; each.classList.add("flash"); }
  }

  // A rectangle drawn with the mouse or a finger, in percent of the page.
  function drawing(button) {
    const sheet = button.closest("[data-leaf]").querySelector("[data-sheet]");
    let from = null, drawn = null;
    const at = (event) => { const all = sheet.getBoundingClientRect(); return [Math.min(100, Math.max(0, (event.clientX - all.left) / all.width * 100)), Math.min(100, Math.max(0, (event.clientY - all.top) / all.height * 100))]; };
    const area = (to) => [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])].map((each) => Math.round(each * 10) / 10);
    const active = () => button.getAttribute("aria-pressed") === "true";
    button.addEventListener("click", () => { button.setAttribute("aria-pressed", String(!active())); sheet.classList.toggle("is-drawn-on", active()); });
    sheet.addEventListener("pointerdown", (event) => { if (!active()) return; event.preventDefault(); sheet.setPointerCapture(event.pointerId); from = at(event); drawn = box([...from, 0, 0], "", ""); sheet.append(drawn); });
    sheet.addEventListener("pointermove", (event) => { if (!from) return; const next = box(area(at(event)), "", ""); drawn.replaceWith(next); drawn = next; });
    sheet.addEventListener("pointerup", (event) => {
      if (!from) return;
      const [left, top, width, height] = area(at(event));
      from = null;
      drawn.remove();
      if (width < 0.5 || height < 0.5) return;
      button.click();
      dispatchEvent(new CustomEvent("part", { detail: { url: sheet.dataset.markUrl, fragment: `xywh=percent:${left},${top},${width},${height}`, words: `A part of the page: ${width} % wide, ${height} % high` } }));
    });
  }

  function recording(tools) {
    const player = tools.closest("article").querySelector("[data-player]");
    const told = tools.querySelector("[data-stretch]"), mark = tools.querySelector("[data-mark-stretch]");
    let from = null, to = null;
    const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}.${Math.floor(seconds * 10 % 10)}`;
    const say = () => { told.textContent = from === null ? "Nothing chosen yet" : `From ${clock(from)}${to === null ? "" : ` to ${clock(to)}`}`; mark.disabled = from === null || to === null || to <= from; };
    tools.hidden = false;
    tools.querySelector("[data-from]").addEventListener("click", () => { from = Math.round(player.currentTime * 10) / 10; say(); });
    tools.querySelector("[data-to]").addEventListener("click", () => { to = Math.round(player.currentTime * 10) / 10; say(); });
    mark.addEventListener("click", () => dispatchEvent(new CustomEvent("part", { detail: { url: tools.dataset.markUrl, fragment: `t=${from},${to}`, words: told.textContent } })));
  }

  if (sheets.length) {
    document.querySelector("[data-switch]").hidden = false;
    for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => { chosen.set(button.dataset.show); show(button.dataset.show); point(); });
    const seen = new IntersectionObserver((entries) => { for (const each of entries) if (each.isIntersecting) load(each.target); }, { rootMargin: "600px" });
    for (const sheet of sheets) seen.observe(sheet);
    for (const button of document.querySelectorAll("[data-area]")) drawing(button);
    show(new URLSearchParams(location.search).get("find") ? "text" : chosen.get());
  }
  for (const tools of document.querySelectorAll("[data-player-tools]")) recording(tools);
  addEventListener("hashchange", point);
  document.addEventListener("click", (event) => { if (event.target.closest(`.passage-list a[href$="${CSS.escape(location.hash)}"]`) && location.hash) point(); });
  point();
})();
