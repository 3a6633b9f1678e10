/** The page: three panes over one world, the switch between them, and what is still unread. */

import { senderOf, serviceWords } from "/page/bubble.js";
import { channelPane } from "/page/channel.js";
import { write } from "/page/control.js";
import { arrows, button, eachFrame, el, nameOf } from "/page/elements.js";
import { wireFaults } from "/page/faults.js";
import { hints } from "/page/hints.js";
import { summary } from "/page/media.js";
import { announce, attempt, toast, wireDialogs } from "/page/notices.js";
import { customersPane, ownerPane } from "/page/panes.js";
import { World } from "/page/world.js";

const TABS = [["owner", "Owner"], ["customers", "Customers"], ["channel", "Channel"]];
const wide = matchMedia("(min-width: 1000px)");
const world = new World();
const unread = new Map();
let active = "owner";
let panes = null;
let steps = null;

const tabs = TABS.map(([name, text]) => button({
  role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`, testid: `tab-${name}`, onclick: () => show(name),
}, text, el("span", { class: "badge", hidden: true })));
const nav = document.querySelector(".tabs");
nav.append(...tabs);
arrows(nav, () => tabs, ["ArrowLeft", "ArrowRight"]);

function paneOf(key) {
  if (key === world.ownerId) return "owner";
  return key > 0 ? "customers" : "channel"; // channels and groups have negative ids
}

function isSeen(key) {
  const pane = paneOf(key);
  return (wide.matches || active === pane) && (pane !== "customers" || key === panes.customers.current.id);
}

const waiting = (pane) => [...unread].reduce((sum, [key, n]) => sum + (paneOf(key) === pane ? n : 0), 0);

const draw = eachFrame(() => {
  if (!panes) build();
  for (const key of unread.keys()) if (isSeen(key)) unread.delete(key);
  Object.values(panes).forEach((pane) => pane.update());
  steps.update();
  drawTabs();
});

function build() {
  const customers = customersPane(world, {
    unread: (id) => unread.get(id) ?? 0,
    onSelect: () => {
      panes.channel.follow();
      draw();
    },
  });
  panes = {
    customers,
    owner: ownerPane(world),
    channel: channelPane(world, { customer: () => customers.current, onOpenComments: () => show("channel") }),
  };
  document.querySelector(".panes").replaceChildren(...Object.values(panes).map((pane) => pane.element));
  steps = hints(world, go);
  for (const key of [world.ownerId, world.channel?.id, world.group?.id]) if (key) attempt(world.open(key));
  show(active);
}

function drawTabs() {
  TABS.forEach(([name, text], i) => {
    const n = waiting(name);
    const badge = tabs[i].querySelector(".badge");
    badge.hidden = !n;
    badge.textContent = String(n);
    tabs[i].setAttribute("aria-label", n ? `${text}, ${n} unread` : text);
    tabs[i].setAttribute("aria-selected", String(name === active));
    tabs[i].tabIndex = name === active ? 0 : -1;
  });
  const total = [...unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = `${total ? `(${total}) ` : ""}Soloist playground`;
}

/** Bring a pane to the front (on a wide screen all are). */
function show(name) {
  active = name;
  document.querySelector(".panes").dataset.active = name;
  draw();
}

/** Perform a step of the hints: press Start where it was not pressed, and fill in the text. */
async function go(name, fill) {
  show(name);
  const { chat } = panes[name];
  const person = name === "owner" ? world.owner : panes.customers.current;
  if (!person.started) {
    if (!(await attempt(write({ from: person.id, chat: person.id, text: "/start" })))) return;
    person.started = true; // the event that says so is on its way
    draw();
  }
  if (fill) requestAnimationFrame(() => chat.composer.fill(fill));
}

function notice({ key, message }) {
  const privately = world.person(key);
  const fromPerson = message.from && message.from.id !== world.bot.id && !message.sender_chat;
  if (message.is_automatic_forward || fromPerson || serviceWords(message)) return;
  const from = nameOf(senderOf(message));
  announce(`${from}${privately ? ` to ${nameOf(privately)}` : ""}: ${summary(message)}`);
  if (isSeen(key)) return;
  unread.set(key, (unread.get(key) ?? 0) + 1);
  toast(summary(message).slice(0, 140), { title: privately ? nameOf(privately) : nameOf(message.chat), open: () => {
    show(paneOf(key));
    if (privately && key !== world.ownerId) panes.customers.select(key);
  } });
}

world.addEventListener("change", draw);
world.addEventListener("arrival", ({ detail }) => panes && notice(detail));
world.addEventListener("connection", ({ detail }) => {
  document.querySelector(".connection").hidden = detail.alive;
});
wide.addEventListener("change", draw);
wireDialogs();
wireFaults(world);
document.getElementById("about-button").addEventListener("click", () => document.getElementById("about").showModal());
document.getElementById("hints-again").addEventListener("click", () => {
  document.getElementById("about").close();
  steps?.show();
});
world.follow();
