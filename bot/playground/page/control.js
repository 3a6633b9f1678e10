/** The only one that speaks to the server: what people do, and the stream of what happened. */

export class ControlError extends Error {}

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/control/${path}`, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new ControlError("The playground does not answer. Is it still running?");
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ControlError(content.error ?? `The playground answered ${answer.status}.`);
  return content;
}

export const read = (path) => call("GET", path);
export const act = (path, body) => call("POST", path, body);
export const erase = (path) => call("DELETE", path);

let last = Promise.resolve();

/** Write messages one after another, so that two typed quickly arrive in that order. */
export function write(message) {
  const turn = last.then(() => act("messages", message));
  last = turn.catch(() => {});
  return turn;
}

/** Follow the events for ever; `onOpen` is called at every (re)connection, to catch up. */
export function listen({ onOpen, onEvent, onLost }) {
  const source = new EventSource("/control/events");
  source.addEventListener("open", onOpen);
  source.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    onLost();
    // the browser comes back by itself, except after an HTTP error
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000, { onOpen, onEvent, onLost });
  });
}
