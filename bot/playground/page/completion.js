/** The list of commands that opens above a text field when a message begins with a slash. */

import { el } from "/page/elements.js";

let lists = 0;

export class Completion {
  commands = [];
  #field;
  #choose;
  #found = [];
  #at = 0;
  #dismissed = false;

  constructor(field, choose) {
    this.#field = field;
    this.#choose = choose;
    lists += 1;
    this.element = el("ul", {
      class: "completion", id: `completion-${lists}`, role: "listbox", label: "Commands",
      hidden: true, testid: "completion",
    });
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.element.id);
    field.setAttribute("aria-expanded", "false");
  }

  /** Follow what is in the field now. */
  update() {
    const begun = /^\/(\w*)$/.exec(this.#field.value)?.[1].toLowerCase();
    if (begun === undefined) this.#dismissed = false;
    const offered = begun !== undefined && !this.#dismissed;
    this.#found = offered ? this.commands.filter(({ command }) => command.startsWith(begun)) : [];
    this.#at = 0;
    this.#draw();
  }

  /** Handle a key of the field; true when it was for the list. */
  key(event) {
    if (!this.#found.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#at = (this.#at + step + this.#found.length) % this.#found.length;
    else if (event.key === "Enter" && !event.shiftKey) this.#pick(this.#found[this.#at].command);
    else if (event.key === "Tab" && !event.shiftKey) this.#complete(this.#found[this.#at].command);
    else if (event.key === "Escape") this.#dismiss();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    this.#draw();
    return true;
  }

  #pick(command) {
    this.#field.value = "";
    this.update();
    this.#choose(command);
  }

  #complete(command) {
    this.#field.value = `/${command} `;
    this.#field.dispatchEvent(new Event("input"));
  }

  #dismiss() {
    this.#dismissed = true;
    this.#found = [];
  }

  #draw() {
    const open = this.#found.length > 0;
    this.element.hidden = !open;
    this.#field.setAttribute("aria-expanded", String(open));
    this.element.replaceChildren(...this.#found.map(({ command, description }, i) =>
      el("li", {
        role: "option", id: `${this.element.id}-${i}`, "aria-selected": String(i === this.#at),
        onmousedown: (event) => event.preventDefault(), // the field keeps the focus
        onclick: () => this.#pick(command),
      }, el("b", {}, `/${command}`), el("span", {}, description))));
    if (open) this.#field.setAttribute("aria-activedescendant", `${this.element.id}-${this.#at}`);
    else this.#field.removeAttribute("aria-activedescendant");
    this.element.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
}
