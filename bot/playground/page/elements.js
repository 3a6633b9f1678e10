/** The one place that makes DOM nodes: what a person wrote only ever becomes a text node. */

const SVG = "http://www.w3.org/2000/svg";

const SHORT = { label: "aria-label", testid: "data-testid" };

/**
 * An element: `onclick: f` listens, `true` is a bare attribute, `false` and `null` are left out,
 * `label` and `testid` are short for their attributes.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(SHORT[name] ?? name, value);
  }
  node.append(...children.flat(2).filter((child) => child != null && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/page/icons.svg#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function button(attributes, ...children) {
  return el("button", { type: "button", ...attributes }, ...children);
}

/** A round button that shows an icon and says its name to those who do not see it. */
export function iconButton(name, label, attributes = {}) {
  return button({ class: "icon", label, title: label, ...attributes }, icon(name));
}

/** What somebody wrote, in its own direction of writing. */
export function words(text) {
  return el("span", { dir: "auto" }, text);
}

export function nameOf(who) {
  return who.title ?? [who.first_name, who.last_name].filter(Boolean).join(" ");
}

/** Up to two characters that stand for a name: "Customer 12" is C12, "My channel" is MC. */
function initials(name) {
  const [first = "?", ...rest] = name.split(/\s+/).filter(Boolean);
  const last = rest.at(-1) ?? "";
  const second = /^\d+$/.test(last) ? last.slice(-2) : [...last][0] ?? "";
  return ([...first][0] + second).toUpperCase();
}

/** The class that gives someone their colour. */
export const hue = (who) => `hue-${Math.abs(who.id) % 7}`;

export function avatar(who) {
  return el("span", { class: `avatar ${hue(who)}`, "aria-hidden": "true" }, initials(nameOf(who)));
}

/** Move between `items` with the arrow keys, Home and End; `keys` are the two arrows in use. */
export function arrows(container, items, [back, forth]) {
  container.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { [back]: at - 1, [forth]: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || !all.length) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
}

/** Run `task` at most once a frame, however often the answer is called. */
export function eachFrame(task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      task();
    });
  };
}
