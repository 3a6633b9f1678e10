/** One message, or one album, as the bubble that a person sees. */

import { avatar, button, el, hue, icon, iconButton, nameOf, words } from "/page/elements.js";
import { formatted, languageOf } from "/page/entities.js";
import { inlineKeyboard } from "/page/keyboards.js";
import { media, summary } from "/page/media.js";

const LONE_EMOJI = /^\p{Extended_Pictographic}\u{FE0F}?$/u;
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const timeOf = (message) => clock.format(message.date * 1000);

export const senderOf = (message) => message.sender_chat ?? message.from ?? message.chat;

/**
 * Build a row of a conversation.
 *
 * `look`: `{ viewer, language, out, names, first, last, answered, votes, head, comments }`; `comments` is a number under
 * a channel post and else null, `head` is the message of a thread that replies need not quote.
 * `actions`: see `actions.js`, and `show(id)`.
 */
export function bubble(messages, look, actions) {
  const [message] = messages;
  const sender = senderOf(message);
  const named = look.names && !look.out;
  const row = el("article", {
    class: classes("row", look.out ? "out" : "in", look.first && "first", look.last && "last"),
    label: `${nameOf(sender)}, ${timeOf(message)}`,
    tabindex: "-1", testid: "message", "data-message-id": message.message_id,
  },
  named && (look.last ? avatar(sender) : el("span", { class: "avatar gap" })),
  el("div", { class: "stack" },
    box(messages, look, actions, named && look.first && sender),
    inlineKeyboard(message, actions)),
  iconButton("more", "Message actions", {
    class: "icon row-menu", tabindex: "-1", testid: "message-menu",
    onclick: (event) => actions.menu(message, look, event.currentTarget.getBoundingClientRect()),
  }));

  const bubbleBox = () => row.querySelector(".bubble").getBoundingClientRect();
  row.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, img, video, audio")) return;
    event.preventDefault();
    const { clientX: x, clientY: y } = event;
    // a key press has no place of its own
    actions.menu(message, look, x || y ? new DOMRect(x, y) : bubbleBox());
  });
  row.addEventListener("keydown", (event) => {
    if (event.target === row && event.key === "Enter") actions.menu(message, look, bubbleBox());
  });
  return row;
}

function box(messages, look, actions, sender) {
  const [message] = messages;
  const worded = messages.find((one) => one.text ?? one.caption) ?? message;
  const text = worded.text ?? worded.caption ?? message.poll?.description ?? "";
  const entities = worded.entities ?? worded.caption_entities ?? message.poll?.description_entities;
  const above = Boolean(text) && (message.show_caption_above_media || Boolean(message.poll));
  const content = media(messages, look, actions);
  const bare = message.sticker || (LONE_EMOJI.test(text) && !content.length && !message.reply_markup);
  const replied = message.reply_to_message;
  const stamp = meta(worded, look);
  const bottom = !text || above; // what stands last is no text, which the time could stand in
  const said = text && el("div", {
    class: bare ? "text big-emoji" : "text", dir: "auto", lang: languageOf(text, look.language), testid: "text",
  }, formatted(text, entities, actions.command), !bottom && stamp);
  return el("div", {
    class: classes("bubble", bare && "bare", content.length && !message.poll && "with-media", bottom && "wordless"),
  },
  sender && el("div", { class: `sender ${hue(sender)}` }, el("bdi", {}, nameOf(sender))),
  message.forward_origin && !message.is_automatic_forward && forwarded(message.forward_origin),
  replied && replied.message_id !== look.head && quoted(message, actions),
  above && said,
  content,
  !above && said,
  bottom && stamp,
  reactions(message, look, actions),
  look.comments !== null && commentsBar(look.comments, () => actions.openComments(message)));
}

/** The words of a line in the middle (someone joined, a message was pinned), or null for an ordinary message. */
export function serviceWords(message) {
  if (message.new_chat_members) return `${message.new_chat_members.map(nameOf).join(", ")} joined`;
  if (message.left_chat_member) return `${nameOf(message.left_chat_member)} left`;
  const { pinned_message: pinned } = message;
  return pinned ? `${nameOf(senderOf(message))} pinned “${summary(pinned).slice(0, 40)}”` : null;
}

const classes = (...names) => names.filter(Boolean).join(" ");

function meta(message, look) {
  const status = look.answered ? "Answered" : "Sent";
  const ticks = { class: "ticks", role: "img", label: status, title: status, testid: "status" };
  return el("span", { class: "meta", dir: "ltr" },
    message.author_signature && el("bdi", {}, message.author_signature),
    message.edit_date && el("span", { testid: "edited" }, "edited"),
    el("time", { datetime: new Date(message.date * 1000).toISOString() }, timeOf(message)),
    look.out && el("span", ticks, icon(look.answered ? "checks" : "check")));
}

function forwarded(origin) {
  const from = origin.sender_user ?? origin.sender_chat ?? origin.chat;
  const name = from ? nameOf(from) : origin.sender_user_name;
  return el("div", { class: "forwarded" }, "Forwarded from ", el("bdi", {}, name));
}

function quoted(message, actions) {
  const replied = message.reply_to_message;
  const sender = senderOf(replied);
  return button({ class: `quote ${hue(sender)}`, testid: "quote", onclick: () => actions.show(replied.message_id) },
    el("strong", { dir: "auto" }, nameOf(sender)),
    words((message.quote?.text ?? summary(replied)).slice(0, 120)));
}

function reactions(message, look, actions) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions", role: "group", label: "Reactions" }, message.reactions.map((reaction) => {
    const { emoji, count } = reaction;
    const own = reaction.mine.includes(look.viewer);
    const react = () => actions.react(message, own ? null : emoji);
    return button({ "aria-pressed": String(own), label: `${emoji} ${count}`, testid: "reaction", onclick: react },
      emoji, el("b", {}, String(count)));
  }));
}

function commentsBar(count, open) {
  const text = count === 1 ? "1 comment" : `${count} comments`;
  return button({ class: "comments-bar", testid: "open-comments", onclick: open },
    icon("comment"), el("span", {}, count ? text : "Leave a comment"), icon("next"));
}
