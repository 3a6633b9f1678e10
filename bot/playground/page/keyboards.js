/** Keyboards that a bot attaches: the buttons under a message, and those that replace the letters. */

import { button, el, icon, words } from "/page/elements.js";
import { isSafeLink } from "/page/entities.js";
import { toast } from "/page/notices.js";

const elsewhere = () => toast("Buttons of this kind need the real Telegram.");

/** The rows of buttons under a message, or null. */
export function inlineKeyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return el("div", { class: "inline-keyboard", role: "group", label: "Buttons", testid: "inline-keyboard" },
    rows.map((row) => el("div", {}, row.map((key) => inlineButton(message, key, actions)))));
}

function inlineButton(message, key, actions) {
  const look = { testid: "inline-button", class: key.style ? `style-${key.style}` : null };
  if (key.url) {
    const href = isSafeLink(key.url) && key.url;
    return el("a", { ...look, href, target: "_blank", rel: "noopener noreferrer" }, words(key.text), icon("link"));
  }
  let run = elsewhere;
  if (key.callback_data !== undefined) run = (event) => actions.tap(message, key.callback_data, event.currentTarget);
  else if (key.copy_text) run = () => actions.copy(key.copy_text.text);
  return button({ ...look, onclick: run }, words(key.text));
}

/** The markup of the reply keyboard in force: the last that was given, unless it was removed since. */
export function currentKeyboard(messages) {
  const last = messages.findLast(({ reply_markup: markup }) => markup?.keyboard || markup?.remove_keyboard);
  return last?.reply_markup.keyboard ? last.reply_markup : null;
}

/** The rows of a reply keyboard; `onText` receives the text of the button tapped. */
export function replyKeyboard(markup, onText) {
  return markup.keyboard.map((row) => el("div", {}, row.map((key) => {
    const special = Object.keys(key).some((name) => name.startsWith("request_") || name === "web_app");
    return button({ testid: "reply-button", onclick: special ? elsewhere : () => onText(key.text) }, words(key.text));
  })));
}
