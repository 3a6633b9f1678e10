/** A scrolling list of messages that redraws only what changed and keeps its place. */

import { bubble, senderOf, serviceWords } from "/page/bubble.js";
import { button, eachFrame, el, iconButton, words } from "/page/elements.js";

const WINDOW = 150;
const FOCUSABLE = "a[href], button:not(.row-menu), input, audio, video, .spoiler[role]";
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export class Conversation {
  update = eachFrame(() => this.#draw());
  #rows = new Map();
  #limit = WINDOW;
  #atEnd = true;
  #scrolledTo = 0;
  #drawn = null;
  #source;
  #actions;

  /**
   * `source()` answers `{ key, messages, look(message), empty }`; a new `key` starts afresh at the end.
   * `actions` goes to the bubbles; `actions.show` is added here.
   */
  constructor({ label, testid, source, actions }) {
    this.#source = source;
    this.#actions = { ...actions, show: (id) => this.#show(id) };
    this.list = el("div", { class: "messages", role: "log", "aria-live": "off", label, testid });
    const latest = "Go to the latest message";
    this.jump = iconButton("down", latest, { class: "icon jump", hidden: true, onclick: () => this.toEnd() });
    this.element = el("div", { class: "conversation" }, this.list, this.jump);
    this.list.addEventListener("scroll", () => this.#noteScroll());
    this.list.addEventListener("load", () => this.#atEnd && this.toEnd(), true);
    this.list.addEventListener("keydown", (event) => this.#move(event));
    this.list.addEventListener("focusin", (event) => this.#makeCurrent(event.target.closest(".row")));
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.list);
  }

  toEnd() {
    this.#atEnd = true;
    this.list.scrollTop = this.list.scrollHeight;
  }

  #draw() {
    const { key, messages, look, empty } = this.#source();
    const sameChat = key === this.#drawn;
    if (!sameChat) {
      this.#rows.clear();
      this.#limit = WINDOW;
      this.#atEnd = true;
    }
    const focus = this.#focusPlace();
    const plan = planRows(messages.slice(-this.#limit), look);
    if (messages.length > this.#limit) plan.unshift(this.#earlier());
    if (!messages.length && empty) plan.push({ key: "empty", signature: empty, build: () => line(empty) });

    const before = this.#rows;
    this.#rows = new Map();
    const nodes = plan.map(({ key: rowKey, signature, build }) => {
      const old = before.get(rowKey);
      const node = old?.signature === signature ? old.node : build(this.#actions);
      if (sameChat && before.size && !old) node.classList.add("fresh");
      this.#rows.set(rowKey, { signature, node });
      return node;
    });
    this.#place(nodes);
    this.#drawn = key;
    this.#makeCurrent(this.list.querySelector(".row[tabindex='0']") ?? this.#allRows().at(-1));
    if (this.#atEnd && !focus) this.#makeCurrent(this.#allRows().at(-1));
    if (focus) this.#restoreFocus(focus);
    if (this.#atEnd) this.toEnd();
    else this.#noteScroll();
  }

  /** Put the nodes in order, touching only those that are not where they belong. */
  #place(nodes) {
    const wanted = new Set(nodes);
    for (const node of [...this.list.children]) if (!wanted.has(node)) node.remove();
    nodes.forEach((node, i) => {
      if (this.list.children[i] !== node) this.list.insertBefore(node, this.list.children[i] ?? null);
    });
  }

  #earlier() {
    const more = () => {
      this.#limit += WINDOW;
      this.#atEnd = false;
      this.update();
    };
    const build = () => el("p", { class: "service" }, button({ onclick: more }, "Earlier messages"));
    return { key: "earlier", signature: "", build };
  }

  #noteScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    const near = scrollHeight - scrollTop - clientHeight < 60;
    const grew = this.#atEnd && scrollTop >= this.#scrolledTo; // below, while it followed: nobody scrolled up
    this.#scrolledTo = scrollTop;
    this.#atEnd = near || grew;
    this.jump.hidden = this.#atEnd;
    if (grew && !near) this.toEnd();
  }

  #allRows() {
    return [...this.list.querySelectorAll(".row")];
  }

  /** One row is in the Tab order, with what can be pressed in it; the arrow keys choose which. */
  #makeCurrent(current) {
    if (!current) return;
    for (const row of this.#allRows()) {
      const index = row === current ? "0" : "-1";
      row.tabIndex = index;
      for (const node of row.querySelectorAll(FOCUSABLE)) node.tabIndex = index;
    }
  }

  #move(event) {
    if (!event.target.classList.contains("row")) return;
    const rows = this.#allRows();
    const at = rows.indexOf(event.target);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    const next = rows[to];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  /** Where the keyboard is, in words that survive the row being built anew. */
  #focusPlace() {
    const row = document.activeElement.closest?.(".row");
    if (!row || !this.list.contains(row)) return null;
    const inside = [...row.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    return { node: document.activeElement, id: row.dataset.messageId, inside };
  }

  #restoreFocus({ node, id, inside }) {
    if (node.isConnected) return;
    const row = this.list.querySelector(`.row[data-message-id="${id}"]`);
    if (!row) return;
    (row.querySelectorAll(FOCUSABLE)[inside] ?? row).focus({ preventScroll: true });
  }

  #show(id) {
    const row = this.list.querySelector(`.row[data-message-id="${id}"]`);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.remove("flash");
    requestAnimationFrame(() => row.classList.add("flash"));
  }
}

/** What stands in the list: days, service lines, bubbles, albums; each with a signature of all it shows. */
function planRows(messages, look) {
  const rows = [];
  let lastDay = "";
  const groups = albums(messages);
  groups.forEach((group, i) => {
    const [message] = group;
    const today = day.format(message.date * 1000);
    if (today !== lastDay) rows.push({ key: `day ${today}`, signature: "", build: () => line(today) });
    const service = serviceWords(message);
    if (service) {
      rows.push({ key: message.message_id, signature: service, build: () => line(service) });
    } else {
      const view = look(message);
      view.first = view.alone || today !== lastDay || !together(groups[i - 1]?.[0], message);
      view.last = view.alone || !together(message, groups[i + 1]?.[0]);
      const signature = JSON.stringify([group, view]);
      rows.push({ key: message.message_id, signature, build: (actions) => bubble(group, view, actions) });
    }
    lastDay = today;
  });
  return rows;
}

const line = (text) => el("p", { class: "service", testid: "service" }, words(text));

function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const group = groups.at(-1);
    if (message.media_group_id && group?.[0].media_group_id === message.media_group_id) group.push(message);
    else groups.push([message]);
  }
  return groups;
}

/** Whether two messages stand in one group: same sender, within five minutes, no service line between. */
function together(one, next) {
  return Boolean(one && next) && senderOf(one).id === senderOf(next).id && Math.abs(next.date - one.date) < 300
    && !serviceWords(one) && !serviceWords(next);
}
