/** The owner's and the customers' panes: a head with who it is, and the chat with the bot below. */

import { act, write } from "/page/control.js";
import { Chat } from "/page/chat.js";
import { arrows, avatar, button, el, iconButton, nameOf } from "/page/elements.js";
import { openMenu } from "/page/menus.js";
import { attempt } from "/page/notices.js";

const LANGUAGES = { en: "English", "zh-hans": "简体中文", "zh-hant": "繁體中文", es: "Español", ar: "العربية" };
const languageNames = new Intl.DisplayNames(["en"], { type: "language" });

export function pane(name, label, head, body) {
  const id = `pane-${name}`;
  return el("section", { class: `pane ${id}`, id, role: "tabpanel", label, testid: id },
    el("header", { class: "head" }, head), body);
}

/** The private chat with the bot of `person()`. */
function privateChat(world, testid, person) {
  return new Chat(world, {
    testid, label: `Chat of the ${testid} with the bot`,
    source: () => {
      const { id, started, blocked } = person();
      const name = nameOf(person());
      const unblock = () => attempt(act("blocks", { user: id, blocked: false }));
      const start = () => attempt(write({ from: id, chat: id, text: "/start" }));
      let gate = null;
      if (!started) gate = { text: "Start", run: start };
      if (blocked) gate = { text: "Unblock the bot", run: unblock };
      return {
        key: id, viewer: id, messages: world.messages(id), target: { from: id, chat: id }, gate,
        label: `Message as ${name}`, placeholder: `Message as ${name}`,
        empty: started ? null : `${name} has not opened the bot yet.`,
      };
    },
  });
}

export function ownerPane(world) {
  const chat = privateChat(world, "owner", () => world.owner);
  const head = el("div", { class: "who" });
  return {
    element: pane("owner", "Owner", head, chat.element),
    chat,
    update() {
      const job = `runs the shop with @${world.bot.username}`;
      head.replaceChildren(avatar(world.owner), el("div", {}, el("h2", {}, nameOf(world.owner)), el("p", {}, job)));
      chat.update();
    },
  };
}

/** `unread(id)` counts what a customer has not seen; `onSelect` is called when another is chosen. */
export function customersPane(world, { unread, onSelect }) {
  let chosen = null;
  const person = () => world.person(chosen) ?? world.customers[0];
  const chat = privateChat(world, "customer", person);
  const strip = el("div", { class: "strip", role: "tablist", label: "Customers", testid: "customers" });
  const add = iconButton("plus", "New customer", { testid: "new-customer", onclick: () => askLanguage() });
  const more = iconButton("more", "Customer actions", { testid: "customer-menu", onclick: () => openActions() });
  arrows(strip, () => [...strip.children], ["ArrowLeft", "ArrowRight"]);

  function askLanguage() {
    openMenu(add.getBoundingClientRect(), "New customer who speaks",
      Object.entries(LANGUAGES).map(([code, text]) => ({ text, lang: code, run: () => create(code) })));
  }

  function openActions() {
    const { id, blocked } = person();
    const run = () => attempt(act("blocks", { user: id, blocked: !blocked }));
    openMenu(more.getBoundingClientRect(), "Customer actions", [blocked
      ? { icon: "check", text: "Unblock the bot", run }
      : { icon: "ban", text: "Block the bot", danger: true, run }]);
  }

  async function create(language) {
    const made = await attempt(act("people", { language_code: language }));
    if (made) select(made.id);
  }

  async function select(id) {
    chosen = id;
    await attempt(world.open(id));
    onSelect();
  }

  function tab(customer) {
    const name = nameOf(customer);
    const current = customer.id === person().id;
    const waiting = unread(customer.id);
    const language = customer.language_code ? languageNames.of(customer.language_code) : "";
    const line = customer.blocked ? "blocked the bot" : language;
    return button({
      role: "tab", "aria-selected": String(current), tabindex: current ? "0" : "-1", title: name,
      label: [name, language, waiting && `${waiting} unread`].filter(Boolean).join(", "),
      testid: "customer", "data-id": customer.id, onclick: () => select(customer.id),
    },
    avatar(customer),
    current && el("span", { class: "name" }, el("b", { dir: "auto" }, name), el("small", {}, line)),
    waiting > 0 && el("span", { class: "badge", "aria-hidden": "true" }, String(waiting)));
  }

  return {
    element: pane("customers", "Customers", [strip, add, more], chat.element),
    chat,
    select,
    get current() {
      return person();
    },
    update() {
      attempt(world.open(person().id));
      const focused = strip.contains(document.activeElement) && document.activeElement.dataset.id;
      const before = strip.querySelector("[aria-selected=true]")?.dataset.id;
      const tabs = world.customers.map(tab);
      strip.replaceChildren(...tabs);
      if (focused) tabs.find((one) => one.dataset.id === focused)?.focus();
      const current = strip.querySelector("[aria-selected=true]");
      if (current.dataset.id !== before) current.scrollIntoView({ block: "nearest", inline: "nearest" });
      chat.update();
    },
  };
}
