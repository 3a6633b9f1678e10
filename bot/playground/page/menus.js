/** A small menu that opens at a place, and is left by Escape, a choice or a tap outside. */

import { arrows, button, el, icon } from "/page/elements.js";

/**
 * Open a menu beside `place`, a DOMRect.
 *
 * `items`: `{ text, icon?, hint?, lang?, danger?, run }`, or false; `reactions`: emoji shown in a row on top, of which
 * `chosen` is pressed; `onReact` receives the one tapped, or null for the one taken back.
 */
export function openMenu(place, label, items, { reactions = [], chosen = null, onReact = null } = {}) {
  const menu = el("div", { class: "menu", role: "menu", label, popover: "manual", testid: "menu" });
  const back = document.activeElement;
  const close = () => {
    document.removeEventListener("pointerdown", outside, true);
    if (menu.contains(document.activeElement)) back.focus({ preventScroll: true });
    menu.remove();
  };
  const outside = (event) => menu.contains(event.target) || close();
  const choose = (run) => () => {
    close();
    run();
  };
  if (reactions.length) {
    menu.append(el("div", { class: "emoji-row", role: "group", label: "React" }, reactions.map((emoji) => button({
      role: "menuitemcheckbox", "aria-checked": String(emoji === chosen), label: `React ${emoji}`,
      onclick: choose(() => onReact(emoji === chosen ? null : emoji)),
    }, emoji))));
  }
  menu.append(...items.filter(Boolean).map((item) =>
    button({ role: "menuitem", class: item.danger && "danger", lang: item.lang, onclick: choose(item.run) },
      item.icon && icon(item.icon), el("span", {}, item.text), item.hint && el("small", {}, item.hint))));
  const buttons = () => [...menu.querySelectorAll("button")];
  arrows(menu, buttons, ["ArrowUp", "ArrowDown"]);
  const row = menu.querySelector(".emoji-row");
  if (row) arrows(row, () => [...row.children], ["ArrowLeft", "ArrowRight"]);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  // an "auto" popover would be dismissed by the release of the very press that opened it
  document.addEventListener("pointerdown", outside, true);
  document.body.append(menu);
  menu.showPopover();
  put(menu, place);
  buttons()[0]?.focus({ preventScroll: true });
}

/** Below the place if there is room, else above it, always inside the window. */
function put(menu, { left, right, top, bottom }) {
  const { width, height } = menu.getBoundingClientRect();
  const below = bottom + 6 + height < innerHeight;
  const x = left + width + 8 < innerWidth ? left : right - width;
  const y = below ? bottom + 6 : top - height - 6;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
}
