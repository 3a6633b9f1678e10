/** The first steps for a newcomer: tapped, ticked off when they were done, and put away. */

import { button, el, icon, iconButton } from "/page/elements.js";

const PUT_AWAY = "hints put away";

/** What is tried where; without `fill` the step is done by pressing Start. */
const STEPS = [
  { words: "As owner, press", pane: "owner", tries: [{ text: "Start" }] },
  { words: "As customer", pane: "customers", tries: [
    { text: "When do you open?", fill: "When do you open?" },
    { text: "Complain", fill: "My order arrived broken and nobody answers!" },
  ] },
  { words: "As owner", pane: "owner", tries: [
    { text: "/schedule in 1 minute Hello", fill: "/schedule in 1 minute Hello" },
  ] },
];

/** `go(pane, fill)` performs a step; `world` tells which are done. */
export function hints(world, go) {
  const section = document.querySelector(".hints");
  const lines = STEPS.map((step) => el("li", {}, icon("check"), el("span", {}, step.words),
    step.tries.map(({ text, fill = null }) => button({ testid: "hint", onclick: () => go(step.pane, fill) }, text))));
  section.replaceChildren(el("ol", {}, lines),
    iconButton("close", "Put the hints away", { testid: "hints-close", onclick: putAway }));
  section.hidden = localStorage.getItem(PUT_AWAY) === "yes";

  function putAway() {
    localStorage.setItem(PUT_AWAY, "yes");
    section.hidden = true;
  }

  const wrote = (id, pattern) => world.messages(id).some(
    (message) => message.from?.id === id && pattern.test(message.text ?? ""));

  return {
    show() {
      localStorage.removeItem(PUT_AWAY);
      section.hidden = false;
    },
    update() {
      const done = [
        world.owner.started,
        world.customers.some((customer) => wrote(customer.id, /^[^/]/)),
        wrote(world.ownerId, /^\/schedule\s/),
      ];
      lines.forEach((line, i) => line.classList.toggle("done", done[i]));
    },
  };
}
