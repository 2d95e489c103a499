// One file: dropping it anywhere on the form chooses it, and a large one is sent in pieces that resume before the form is.
(() => {
  const field = document.querySelector("[data-drop]");
  const form = field?.form;
  if (!form) return;
  const LARGE = 8 * 1024 * 1024;
  const sent = form.querySelector("[data-sent]");

  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over"); });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; chosen(); }
  });
  if (!sent || !window.sending?.isReady) return;

  const told = Object.assign(document.createElement("p"), { className: "sending" });
  told.setAttribute("role", "status");
  const bar = Object.assign(document.createElement("progress"), { className: "progress-line", hidden: true });
  bar.setAttribute("aria-label", "Sent of the file");
  field.after(bar, told);
  if (sent.value) told.textContent = "The file that was sent is kept: it need not be chosen again.";

  function chosen() { sent.value = ""; told.textContent = ""; bar.hidden = true; }
  field.addEventListener("change", chosen);

  form.addEventListener("submit", async (event) => {
    const file = field.files[0];
    if (!file || file.size < LARGE || sent.value) return;
    event.preventDefault();
    const buttons = form.querySelectorAll("button[type=submit]");
    buttons.forEach((button) => { button.disabled = true; });
    bar.max = file.size; bar.hidden = false;
    told.textContent = "The file is being sent.";
    try {
      const url = await sending.sendFile(file, { owner: "", progress: (bytes) => { bar.value = bytes; } });
      sending.forget(url);
      sent.value = url.split("/").filter(Boolean).pop();
      field.value = "";
      form.submit();
    } catch (refusal) {
      if (!refusal.sentence) throw refusal;
      told.textContent = `${refusal.sentence} Press the button again: it goes on from where it broke off.`;
    } finally { buttons.forEach((button) => { button.disabled = false; }); }
  });
})();
