/** What the page says aside from the chats: toasts, alerts, and words for screen readers. */

import { el, words } from "/page/elements.js";
import { ControlError } from "/page/control.js";

const byId = (id) => document.getElementById(id);

/** A short note that leaves by itself; with `open`, a tap on it follows it. */
export function toast(text, { title = "", open = null, bad = false } = {}) {
  const shelf = document.querySelector(".toasts");
  const note = el(open ? "button" : "div", {
    type: open && "button",
    class: bad ? "toast bad" : "toast",
    role: open ? null : "status",
    testid: "toast",
    onclick: () => {
      note.remove();
      open?.();
    },
  }, title && el("strong", {}, title), words(text));
  const stale = [...shelf.children].filter((old) => title && old.firstChild.textContent === title);
  for (const old of stale) old.remove();
  shelf.append(note);
  // shown anew, the shelf lies above a dialog that was opened since
  shelf.hidePopover();
  shelf.showPopover();
  while (shelf.children.length > 3) shelf.firstChild.remove();
  setTimeout(() => note.remove(), 4000 + Math.min(4000, text.length * 30));
}

/** Await `work`; what the server refuses becomes a toast, and the answer is null. */
export async function attempt(work) {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    toast(error.message, { bad: true });
    return null;
  }
}

export function announce(text) {
  document.querySelector(".unseen[aria-live]").textContent = text;
}

/** The answer of a button that insists on being read. */
export function showAlert(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

export function enlarge(source) {
  byId("lightbox").querySelector("img").src = source;
  byId("lightbox").showModal();
}

/** Dialogs close by their buttons and by a tap outside; Escape is the browser's. */
export function wireDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
}
