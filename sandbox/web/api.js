// Calls of the sandbox's own API; a refusal becomes a note at the edge of the page.

import { toast } from "./dom.js";

const SILENCE = "机器人没有应答";

async function call(method, name, options = {}) {
  try {
    const response = await fetch(`/sandbox/api/${name}`, { method, ...options });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message ?? "演练台出错了");
    if (answer.answered === false) toast(SILENCE, true);
    return answer;
  } catch (error) {
    toast(error instanceof TypeError ? "演练台没有运行" : error.message, true);
    return null;
  }
}

export function act(name, given) {
  return call("POST", name, { body: JSON.stringify(given), headers: { "Content-Type": "application/json" } });
}

export function clearFaults() {
  return call("DELETE", "faults");
}

export function sendPhoto(given, blob) {
  return attach("photo", given, blob, "photo.jpg");
}

export function sendFile(given, file) {
  return attach("file", given, file, file.name);
}

function attach(what, given, blob, name) {
  const form = new FormData();
  for (const [field, value] of Object.entries(given)) if (value) form.append(field, value);
  form.append("file", blob, name);
  return call("POST", what, { body: form });
}
