// Keys, and a memory for what was typed. Every page works without this file.
(() => {
  const places = { d: "/", i: "/incidents/", c: "/corridors/", a: "/attributions/", e: "/evidence/", s: "/sources/", r: "/review/", p: "/responses/", t: "/tasks/?mine=true&status=open", n: "/notifications/", w: "/watches/?mine=true" };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let going = false;

  addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (going && places[event.key]) { location.assign(places[event.key]); return; }
    going = event.key === "g";
    if (event.key === "/") { event.preventDefault(); (document.querySelector("[data-find]") ?? document.getElementById("top-search"))?.focus(); }
    if (event.key === "?") document.getElementById("keys")?.showModal();
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  });

  function step(by) {
    const stops = [...document.querySelectorAll("[data-stop]")];
    if (!stops.length) return;
    const at = stops.indexOf(document.activeElement);
    stops[(at + by + stops.length) % stops.length].focus();
  }

  // What is typed into a form marked data-remember outlives a lost connection, but for fields that say autocomplete="off".
  for (const form of document.querySelectorAll("form[data-remember]")) {
    const key = "typed:" + (form.getAttribute("action") || location.pathname);
    const fields = () => [...form.querySelectorAll("textarea, input[type=text], input[type=number], select:not([multiple])")].filter((field) => field.name && field.autocomplete !== "off");
    const stored = JSON.parse(sessionStorage.getItem(key) || "{}");
    for (const field of fields()) if (!field.value && stored[field.name]) field.value = stored[field.name];
    form.addEventListener("input", () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map((f) => [f.name, f.value]))));
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }

  addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.menu[open]"))
      if (!open.contains(event.target)) open.removeAttribute("open");
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
  });
})();
