/** Bot API text with entities → DOM nodes. Offsets count UTF-16 units, as JavaScript's strings do. */

import { button, el } from "/page/elements.js";

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const SAFE_LINKS = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/** Nodes for `text`; `onCommand("/help")` is called when a bot command in it is tapped. */
export function formatted(text, entities = [], onCommand = null) {
  const spans = entities
    .map((entity) => ({
      entity, start: Math.max(0, entity.offset), end: Math.min(text.length, entity.offset + entity.length),
    }))
    .filter((span) => span.start < span.end);
  return nodes(text, 0, text.length, tree(cutAtBlocks(spans)), onCommand);
}

/** Split what is inline where a block begins or ends, so that no block is ever torn apart. */
function cutAtBlocks(spans) {
  const blocks = spans.filter(isBlock);
  const cuts = blocks.flatMap((block) => [block.start, block.end]);
  return spans.flatMap((span) => {
    if (isBlock(span)) return [span];
    const inside = cuts.filter((cut) => span.start < cut && cut < span.end);
    const points = [...new Set([span.start, ...inside, span.end])].sort((a, b) => a - b);
    return points.slice(1).map((end, i) => ({ ...span, start: points[i], end }));
  });
}

/** Nest the spans; of two that overlap, the later is split at the end of the earlier. */
function tree(spans) {
  const roots = [];
  let waiting = [...spans].sort(outermostFirst);
  while (waiting.length) {
    const [head, ...rest] = waiting;
    const inside = [];
    waiting = [];
    for (const span of rest) {
      if (span.start < head.end) inside.push({ ...span, end: Math.min(span.end, head.end) });
      if (span.end > head.end) waiting.push({ ...span, start: Math.max(span.start, head.end) });
    }
    waiting.sort(outermostFirst);
    roots.push({ ...head, children: tree(inside) });
  }
  return roots;
}

const isBlock = (span) => BLOCKS.has(span.entity.type);
const outermostFirst = (a, b) => a.start - b.start || b.end - a.end || isBlock(b) - isBlock(a);

function nodes(text, start, end, spans, onCommand) {
  const out = [];
  let at = start;
  for (const span of spans) {
    if (at < span.start) out.push(text.slice(at, span.start));
    const children = nodes(text, span.start, span.end, span.children, onCommand);
    out.push(element(span.entity, text.slice(span.start, span.end), children, onCommand));
    at = span.end;
    // a block ends its line by itself: the newline after it would show as an empty one
    if (isBlock(span) && text[at] === "\n" && at < end) at += 1;
  }
  if (at < end) out.push(text.slice(at, end));
  return out;
}

function element(entity, text, children, onCommand) {
  const tag = TAGS[entity.type];
  if (tag) return el(tag, {}, children);
  switch (entity.type) {
    case "pre":
      return el("pre", { "data-language": entity.language, tabindex: "-1" }, el("code", {}, children));
    case "blockquote":
      return el("blockquote", {}, children);
    case "expandable_blockquote":
      return expandable(children);
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`, children);
    case "bot_command":
      return onCommand
        ? button({ class: "command", onclick: () => onCommand(text) }, children)
        : el("span", { class: "tag" }, children);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
    case "email":
    case "phone_number":
      return el("span", { class: "tag" }, children);
    default:
      return el("span", {}, children);
  }
}

/** Whether an address can only be opened, and not run. */
export function isSafeLink(address) {
  return URL.canParse(address) && SAFE_LINKS.has(new URL(address).protocol);
}

function link(address, children) {
  if (!isSafeLink(address)) return el("span", {}, children);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, children);
}

function spoiler(children) {
  const hidden = el("span", { class: "hidden-text", "aria-hidden": "true" }, children);
  const label = "Hidden text: press to show";
  const cover = el("span", { class: "spoiler", role: "button", tabindex: "0", label }, hidden);
  const show = (event) => {
    if (!cover.hasAttribute("role") || (event.key && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    hidden.removeAttribute("aria-hidden");
    cover.classList.add("shown");
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", show);
  return cover;
}

function expandable(children) {
  const quote = el("blockquote", { class: "expandable" }, el("div", {}, children));
  const change = () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Show less" : "Show more";
  };
  const toggle = button({ "aria-expanded": "false", onclick: change }, "Show more");
  quote.append(toggle);
  return quote;
}

const SCRIPTS = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, () => "ja"],
  [/\p{Script=Hangul}/u, () => "ko"],
  [/\p{Script=Han}/u, (fallback) => (fallback?.startsWith("zh") ? fallback : "zh-Hans")],
  [/\p{Script=Arabic}/u, () => "ar"],
  [/\p{Script=Hebrew}/u, () => "he"],
  [/\p{Script=Cyrillic}/u, () => "ru"],
];

/** The `lang` a text should be shown with (it chooses the Han glyphs), or null to leave the page's. */
export function languageOf(text, fallback) {
  const found = SCRIPTS.find(([script]) => script.test(text));
  return found ? found[1](fallback) : null;
}
