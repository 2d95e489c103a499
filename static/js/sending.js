// Sending files in pieces that resume: `sendFile` for one, with what broke off remembered in this browser by name and size.
window.sending = (() => {
  const ENDPOINT = "/api/v1/uploads/";
  const PIECE = 8 * 1024 * 1024;
  const DELAYS = [0, 1000, 3000, 10000, 30000, 60000];
  const storage = window.tus?.defaultOptions.urlStorage;
  const underWay = new Set();

  // The cookie's is newer where somebody has signed in again in another tab.
  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || document.querySelector("[name=csrfmiddlewaretoken]").value;
  const address = (url) => new URL(url, location.href).pathname;
  const isOf = (file, owner) => (known) =>
    known.metadata?.owner === owner && known.metadata.filename === file.name && known.size === file.size &&
    known.metadata.changed === String(file.lastModified) && !underWay.has(address(known.uploadUrl));

  // What an answer of the API says that refuses something, in a sentence, and the question in it if it is one.
  function refusalOf(status, body) {
    let problem = {};
    try { problem = JSON.parse(body); } catch { /* no JSON: a proxy's own page */ }
    const errors = problem.errors || [];
    const question = errors.find((each) => each.pointer?.startsWith("/confirmed_"));
    const told = errors.map((each) => each.detail).join(" ") || problem.detail || problem.title;
    if (status === 401) return { sentence: "You are signed out: sign in in another tab, then go on." };
    if (status === 413 && !told) return { sentence: "Larger than the server takes." };
    return { sentence: told || (status ? `The server answered ${status}.` : "The connection broke off."), question: question?.pointer.slice(1) };
  }

  function refused(error) {
    const answer = error.originalResponse;
    return refusalOf(answer?.getStatus() || 0, answer?.getBody() || "");
  }

  // The uploads of this person that are remembered here, each with how much of it the server has; what is gone is forgotten.
  async function remembered(owner) {
    const found = [];
    for (const known of await storage.findAllUploads()) {
      if (known.metadata?.owner !== owner) continue;
      const answer = await fetch(address(known.uploadUrl)).catch(() => null);
      if (answer?.status === 404) storage.removeUpload(known.urlStorageKey);
      if (answer?.ok) found.push({ ...(await answer.json()), url: address(known.uploadUrl), key: known.urlStorageKey });
    }
    return found;
  }

  async function forget(url) {
    for (const known of await storage.findAllUploads())
      if (address(known.uploadUrl) === address(url)) storage.removeUpload(known.urlStorageKey);
  }

  async function giveUp(url) {
    const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token() };
    await fetch(address(url), { method: "DELETE", headers }).catch(() => null);
    await forget(url);
  }

  // Resolves to the upload's address once all of it is there; rejects with { sentence }.
  async function sendFile(file, { owner, progress = () => {}, begun = () => {} }) {
    const known = (await storage.findAllUploads()).find(isOf(file, owner));
    return new Promise((resolve, reject) => {
      const leave = () => { if (upload.url) underWay.delete(address(upload.url)); };
      const upload = new tus.Upload(file, {
        endpoint: ENDPOINT,
        chunkSize: PIECE,
        retryDelays: DELAYS,
        headers: { "X-CSRFToken": token() },
        metadata: { filename: file.name, changed: String(file.lastModified), owner },
        fingerprint: () => Promise.resolve(`attest-${owner}-${file.name}-${file.size}-${file.lastModified}`),
        onProgress: progress,
        onUploadUrlAvailable: () => underWay.add(address(upload.url)),
        onError: (error) => { leave(); reject(refused(error)); },
        onSuccess: () => { leave(); resolve(address(upload.url)); },
      });
      if (known) { underWay.add(address(known.uploadUrl)); upload.resumeFromPreviousUpload(known); }
      upload.start();
      begun(upload);
    });
  }

  return { sendFile, remembered, forget, giveUp, refusalOf, token, isReady: Boolean(storage) };
})();
