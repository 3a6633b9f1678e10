/** The drawer for the curious: make calls of the bot fail, switch limits on, see what it did wrong. */

import { act, erase, read } from "/page/control.js";
import { button, el, iconButton } from "/page/elements.js";
import { attempt, toast } from "/page/notices.js";

const KINDS = {
  429: "Too many requests (429)",
  500: "Internal error (500)",
  delay: "Slow answer",
  delay_after: "Done, then a slow answer",
  cut_before: "Connection cut before it is done",
  cut_after: "Done, then the connection is cut",
};
const METHODS = [
  "getMe", "sendMessage", "sendPhoto", "sendMediaGroup", "editMessageText", "answerCallbackQuery",
  "copyMessage", "forwardMessage", "getUpdates", "getFile",
];

export function wireFaults(world) {
  const drawer = document.getElementById("faults");
  const kind = choice("fault-kind", Object.entries(KINDS));
  const method = choice("fault-method", [["*", "any method"], ...METHODS.map((name) => [name, name])]);
  const n = el("input", { type: "number", min: 1, max: 100, value: 1 });
  const seconds = el("input", { type: "number", min: 0, max: 60, step: "any", value: 3 });
  const limits = el("input", { type: "checkbox", testid: "limits", onchange: switchLimits });
  const count = el("b", { testid: "violations" }, "0");
  const list = el("ul", { class: "violations" });

  drawer.replaceChildren(
    el("header", {}, el("h2", { id: "faults-title" }, "Faults"), iconButton("close", "Close", { "data-close": true })),
    el("p", {}, "Let the next calls of the bot go wrong, and watch what its people notice."),
    el("div", { class: "fields" },
      field("Fault", kind), field("Method", method), field("Next calls", n), field("Seconds", seconds)),
    el("footer", {},
      button({ class: "plain", onclick: clearFaults }, "Clear all"),
      button({ class: "filled", testid: "fault-add", onclick: addFault }, "Add fault")),
    el("label", { class: "switch" }, limits, el("span", {}, "Telegram’s rate limits",
      el("small", {}, "30 messages a second, 1 per chat, 20 a minute in a channel or group"))),
    el("p", {}, count, " contract violations ", el("small", {}, "calls that the Bot API does not allow")),
    list,
  );
  document.getElementById("faults-button").addEventListener("click", open);

  async function open() {
    limits.checked = world.limits;
    drawer.showModal();
    const violations = (await attempt(read("violations"))) ?? [];
    count.textContent = String(violations.length);
    const last = violations.slice(-20);
    list.replaceChildren(...last.map((one) => el("li", {}, el("code", {}, one.method), " ", one.problem)));
  }

  async function addFault() {
    const fault = { method: method.value, kind: kind.value, n: n.valueAsNumber, seconds: seconds.valueAsNumber };
    if (!(await attempt(act("faults", fault)))) return;
    const calls = fault.n === 1 ? "call" : `${fault.n} calls`;
    toast(`The next ${calls} of ${method.selectedOptions[0].text} will go wrong.`);
  }

  async function clearFaults() {
    if (await attempt(erase("faults"))) toast("All faults cleared.");
  }

  async function switchLimits() {
    const answer = await attempt(act("limits", { enabled: limits.checked }));
    if (answer) world.limits = answer.enabled;
  }
}

const choice = (testid, options) =>
  el("select", { testid }, options.map(([value, text]) => el("option", { value }, text)));
const field = (name, input) => el("label", {}, el("span", {}, name), input);
