// Many files at once: each is sent as soon as it is dropped, three at a time, and becomes an item of its own when the form below says so.
(() => {
  const form = document.getElementById("many");
  if (!form || !sending.isReady) return;
  const { owner, most } = form.dataset;
  const list = document.getElementById("sent"), summary = document.getElementById("sent-summary");
  const total = document.getElementById("sent-total"), keep = document.getElementById("keep");
  const AT_ONCE = 3, QUESTIONS = { confirmed_repeat: "Keep it once more", confirmed_harmless: "I have looked: keep it" };
  const entries = [], waiting = [];
  let busy = 0;
  document.getElementById("with-script").hidden = false;

  // --- One at a time, three at once -------------------------------------------------------------
  function queue(work) { waiting.push(work); next(); }
  async function next() {
    if (busy >= AT_ONCE || !waiting.length) return;
    busy += 1;
    try { await waiting.shift()(); } finally { busy -= 1; next(); }
    next();
  }

  // --- What is shown ----------------------------------------------------------------------------
  const megabytes = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  function element(tag, text = "", more = {}) {
    return Object.assign(document.createElement(tag), { textContent: text, ...more });
  }

  function added(name, size, file = null) {
    const row = element("li", "", { className: "sent-file" });
    const bar = element("progress", "", { max: size || 1, value: 0, className: "progress-line" });
    bar.setAttribute("aria-label", `Sent of ${name}`);
    const entry = { name, size, file, row, bar, said: element("p", "Waits for its turn.", { className: "sent-said" }), state: "waits", here: 0 };
    entry.buttons = element("p", "", { className: "sent-buttons" });
    row.append(element("strong", name), element("span", ` ${megabytes(size)}`, { className: "quiet" }), bar, entry.said, entry.buttons);
    list.append(row);
    entries.push(entry);
    return entry;
  }

  function say(entry, state, sentence, buttons = {}) {
    entry.state = state;
    entry.row.dataset.state = state;
    entry.said.replaceChildren(...linked(sentence));
    entry.buttons.replaceChildren(...Object.entries(buttons).map(([label, act]) => {
      const button = element("button", label, { type: "button", className: "btn btn-sm", onclick: act });
      button.setAttribute("aria-label", `${label}: ${entry.name}`);
      return button;
    }));
    sumUp();
  }

  // Sentences of the server name items by their address; nothing else becomes a link.
  function linked(sentence) {
    return sentence.split(/(\/evidence\/[0-9a-f-]{36}\/)/).map((part, n) =>
      n % 2 ? element("a", "open it", { href: part }) : document.createTextNode(part));
  }

  function reached(entry, bytes) {
    entry.here = entry.bar.value = bytes;
    sumUp();
  }

  const NUMBERED = [["kept", "kept"], ["asks", "ask something"], ["broken", "broke off"], ["refused", "refused"]];
  function sumUp() {
    const live = entries.filter((each) => each.state !== "left");
    const count = (state) => live.filter((each) => each.state === state).length;
    const told = NUMBERED.map(([state, words]) => [count(state), words]).filter(([n]) => n).map(([n, words]) => `${n} ${words}`);
    const bytes = live.reduce((sum, each) => sum + each.size, 0), here = live.reduce((sum, each) => sum + each.here, 0);
    const text = live.length ? `${live.length} ${live.length === 1 ? "file" : "files"}, ${megabytes(here)} of ${megabytes(bytes)} sent${told.length ? ": " + told.join(", ") : ""}.` : "";
    if (summary.textContent !== text) summary.textContent = text;
    total.max = bytes || 1; total.value = here; total.hidden = !live.length;
    const open = live.filter(isOpen).length;
    keep.textContent = open > 1 ? `Keep ${open} files as evidence` : "Keep as evidence";
    keep.disabled = !open;
  }

  const isOpen = (entry) => !entry.about && ["waits", "sends", "here", "broken"].includes(entry.state);

  // --- Sending ----------------------------------------------------------------------------------
  function send(entry) {
    say(entry, "waits", "Waits for its turn.", leaving(entry));
    queue(async () => {
      if (entry.state !== "waits") return;
      say(entry, "sends", "Is being sent.", leaving(entry));
      try {
        entry.url = await sending.sendFile(entry.file, { owner, progress: (bytes) => reached(entry, bytes), begun: (upload) => { entry.upload = upload; } });
      } catch (refusal) {
        if (entry.state !== "left") say(entry, "broken", `${refusal.sentence} What was sent is kept.`, { "Go on": () => send(entry), ...leaving(entry) });
        return;
      }
      if (entry.state !== "left") await arrived(entry);
    });
  }

  async function arrived(entry) {
    reached(entry, entry.size);
    if (entry.about) await takeIn(entry);
    else say(entry, "here", "Is here: say what it is, and keep it.", leaving(entry));
  }

  function leaving(entry) {
    return { "Leave out": async () => {
      say(entry, "left", "Left out.");
      entry.row.remove();
      await entry.upload?.abort().catch(() => null);
      const url = entry.url || entry.upload?.url;
      if (url) sending.giveUp(url);
    } };
  }

  // --- Taking in --------------------------------------------------------------------------------
  async function post(path, body, headers = {}) {
    const sent = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": sending.token(), ...headers } };
    const answer = await fetch(path, sent).catch(() => null);
    if (answer?.ok) return answer.json();
    throw sending.refusalOf(answer?.status || 0, answer ? await answer.text() : "");
  }

  async function takeIn(entry) {
    say(entry, "taken", "Is being kept.");
    try {
      const item = await post(`${entry.url}take-in/`, entry.about, { "Idempotency-Key": `"${entry.url}"` });
      sending.forget(entry.url);
      say(entry, "kept", "");
      entry.said.replaceChildren("Kept as ", element("a", item.title, { href: `/evidence/${item.id}/` }), ".");
    } catch (refusal) {
      const { sentence, question } = refusal;
      if (!sentence) throw refusal;
      const again = () => { entry.about[question] = true; queue(() => takeIn(entry)); };
      const anew = () => { if (form.reportValidity()) agree([entry]); };
      say(entry, question ? "asks" : "refused", sentence, { [QUESTIONS[question] || "Try again"]: question ? again : anew, ...leaving(entry) });
    }
  }

  const sources = new Map();
  // The source that was chosen, or a new one, made once for all.
  async function sourceFor(typed) {
    if (typed.source) return typed.source;
    const given = { workspace_id: typed.workspace, name: typed.new_source, source_class: typed.new_source_class, marking: typed.marking };
    const key = JSON.stringify(given);
    if (!sources.has(key)) sources.set(key, (await post("/api/v1/sources/", given)).id);
    return sources.get(key);
  }

  async function agree(chosen) {
    const alert = document.getElementById("many-refused");
    alert.hidden = true;
    const { csrfmiddlewaretoken, source, new_source, new_source_class, workspace, ...rest } = Object.fromEntries(new FormData(form));
    const typed = { source, new_source, new_source_class, workspace, marking: rest.marking };
    try {
      if (Boolean(source) === Boolean(new_source.trim())) throw { sentence: "Choose a source, or name a new one: one of the two." };
      if (new_source && !new_source_class) throw { sentence: "Say of which class the new source is." };
      const about = { ...rest, workspace_id: workspace, source_id: await sourceFor(typed) };
      for (const entry of chosen) {
        entry.about = { ...about };
        if (entry.url && entry.here === entry.size) queue(() => takeIn(entry));
      }
      sumUp();
    } catch (refusal) {
      if (!refusal.sentence) throw refusal;
      alert.textContent = refusal.sentence;
      alert.hidden = false;
      alert.focus();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    agree(entries.filter(isOpen));
  });

  // --- Choosing ---------------------------------------------------------------------------------
  async function take(files) {
    for (const file of files) {
      const before = entries.find((each) => !each.file && each.state === "broken" && each.name === file.name && each.size === file.size);
      const entry = before || added(file.name, file.size);
      entry.file = file;
      if (!file.size) say(entry, "refused", "The file is empty.", leaving(entry));
      else if (file.size > Number(most)) say(entry, "refused", `Larger than ${megabytes(Number(most))}, which is the most that is taken.`, leaving(entry));
      else send(entry);
    }
  }

  async function within(entry) {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return found;
      for (const each of some) found.push(...(await within(each)));
    }
  }

  const zone = document.getElementById("drop");
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    const dropped = [...event.dataTransfer.items].map((each) => each.webkitGetAsEntry?.()).filter(Boolean);
    if (!dropped.length) { take([...event.dataTransfer.files]); return; }
    for (const each of dropped) take(await within(each));
  });
  for (const field of zone.querySelectorAll("input[type=file]"))
    field.addEventListener("change", () => { take([...field.files]); field.value = ""; });

  // --- What is left from before -----------------------------------------------------------------
  sending.remembered(owner).then((found) => {
    for (const each of found) {
      const entry = added(each.name, each.length);
      entry.url = each.url;
      reached(entry, each.offset);
      if (each.offset === each.length) say(entry, "here", "Is here from before: say what it is, and keep it.", leaving(entry));
      else say(entry, "broken", `Broke off at ${megabytes(each.offset)}: choose the same file again and it goes on from there.`, leaving(entry));
    }
  });

  addEventListener("online", () => { for (const each of entries) if (each.state === "broken" && each.file) send(each); });
  addEventListener("beforeunload", (event) => { if (entries.some((each) => each.state === "sends" || each.state === "taken")) event.preventDefault(); });
  sumUp();
})();
