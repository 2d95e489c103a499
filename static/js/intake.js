// Dropping a file anywhere on the form puts it into the file field.
(() => {
  const field = document.querySelector("[data-drop]");
  const form = field?.form;
  if (!form) return;
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over"); });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
  });
})();
