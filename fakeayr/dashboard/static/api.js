/** Calls of the control API, for the account that is shown. */

export const session = { accounts: [], baseUrl: "", account: null };

/** A call that was refused; the message says why. */
export class Problem extends Error {
  constructor(status, ...words) {
    super(words.filter(Boolean).join(" "));
    this.status = status;
  }
}

/**
 * Makes a control call.
 * @throws {Problem} It was refused.
 * @throws {TypeError} There is no server.
 */
export async function call(method, path, body) {
  const answer = await send(method, path, body);
  if (answer.ok) return answer.json();
  const { message, details } = await answer.json().catch(() => ({}));
  if (answer.status === 403 && /X-Fakeayr-Control-Token/.test(details)) {
    await askForToken();
    return call(method, path, body);
  }
  throw new Problem(answer.status, message || `HTTP ${answer.status}`, details);
}

function send(method, path, body, headers = {}) {
  if (session.account) headers.Authorization = `Bearer ${session.account.apiKey}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(`/_fakeayr${path}`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store",
  });
}

let asking = null;

/** Asks for the control token once, for all calls that wait; the browser then keeps a cookie. */
function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token");
    const input = document.getElementById("token-text");
    const error = document.getElementById("token-error");
    dialog.oncancel = (event) => event.preventDefault();
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      let taken = null;
      try {
        taken = await send("POST", "/session", {}, { "X-Fakeayr-Control-Token": input.value });
      } catch {
        error.textContent = "The token cannot be sent: no server answers, or it has other characters than ASCII.";
        return;
      }
      input.value = "";
      error.textContent = taken.ok ? "" : "That is not the token.";
      if (!taken.ok) return;
      dialog.close();
      asking = null;
      resolve();
    };
    dialog.showModal();
  });
  return asking;
}
