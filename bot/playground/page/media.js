/** What a message carries besides text, as nodes: pictures, files, sounds, places. */

import { button, el, icon } from "/page/elements.js";
import { enlarge, toast } from "/page/notices.js";
import { poll } from "/page/poll.js";

const KINDS = {
  photo: "Photo", video: "Video", animation: "GIF", voice: "Voice message", audio: "Audio",
  document: "File", location: "Location", contact: "Contact", video_note: "Video message",
};

const fileUrl = (file) => `/control/files/${encodeURIComponent(file.file_id)}`;
const cannotPlay = () => toast("This file cannot be played: samples have no content.");

/** The nodes for the content of a message (or album) other than its text. */
export function media(messages, look, actions) {
  const [message] = messages;
  const pictures = messages.filter((one) => one.photo || one.video || one.animation);
  if (pictures.length) return [gallery(pictures)];
  if (message.sticker) return [sticker(message.sticker)];
  if (message.voice) return [sound(message.voice, "voice")];
  if (message.audio) return messages.map((one) => sound(one.audio, "play"));
  if (message.video_note) return [moving(message.video_note, "Video message")];
  if (message.document) return messages.map((one) => file(one.document));
  if (message.poll) return [poll(message, look.votes, actions)];
  if (message.location) return [card("Location", `${message.location.latitude}, ${message.location.longitude}`)];
  if (message.contact) return [card(message.contact.first_name, message.contact.phone_number)];
  if (message.dice) return [el("div", { class: "dice" }, `${message.dice.emoji} ${message.dice.value}`)];
  return [];
}

/** A few words for a message where there is no room to show it. */
export function summary(message) {
  if (message.poll) return `Poll: ${message.poll.question}`;
  if (message.sticker) return `${message.sticker.emoji ?? ""} Sticker`.trim();
  return message.text ?? message.caption ?? KINDS[Object.keys(KINDS).find((kind) => message[kind])] ?? "Message";
}

function gallery(messages) {
  const album = messages.length > 1;
  const nodes = messages.map((message) => {
    if (message.photo) return photo(message);
    const veiled = message.has_media_spoiler;
    return message.animation ? moving(message.animation, "GIF", veiled) : moving(message.video, "Video", veiled);
  });
  return album
    ? el("div", { class: `album of-${messages.length}`, testid: "album" }, nodes)
    : el("div", { class: "picture" }, nodes);
}

function photo(message) {
  const size = message.photo.at(-1);
  const image = el("img", {
    src: fileUrl(size), width: size.width, height: size.height, alt: "Photo", decoding: "async", testid: "photo",
  });
  const frame = button({
    class: message.has_media_spoiler ? "photo veiled" : "photo",
    label: "Enlarge photo",
    onclick: () => (frame.classList.contains("veiled") ? frame.classList.remove("veiled") : enlarge(image.src)),
  }, image);
  return frame;
}

function moving(video, label, veiled = false) {
  const player = el("video", {
    src: fileUrl(video), width: video.width, height: video.height, controls: true, loop: label === "GIF",
    preload: "none", label, onerror: cannotPlay, onplay: () => player.classList.remove("veiled"),
    class: veiled ? "veiled" : "",
  });
  return player;
}

/** A sticker, or its emoji where the picture is empty or cannot be read. */
function sticker(it) {
  const alt = `Sticker ${it.emoji ?? ""}`;
  const image = el("img", { class: "sticker", src: fileUrl(it), width: 160, height: 160, alt });
  const replace = () => image.replaceWith(el("span", { class: "big-emoji" }, it.emoji ?? "🙂"));
  image.addEventListener("error", replace);
  image.addEventListener("load", () => image.naturalWidth < 32 && replace());
  return image;
}

function sound(audio, picture) {
  const label = picture === "voice" ? "Voice message" : "Audio";
  return el("div", { class: "sound" }, icon(picture),
    el("audio", { src: fileUrl(audio), controls: true, preload: "none", label, onerror: cannotPlay }));
}

function file(it) {
  const name = it.file_name ?? "File";
  return el("a", { class: "file", href: fileUrl(it), download: name, testid: "document" }, icon("document"),
    el("span", {}, el("bdi", {}, name), el("small", {}, bytes(it.file_size ?? 0))));
}

function bytes(n) {
  if (n < 1024) return `${n} B`;
  return n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1024 ** 2).toFixed(1)} MB`;
}

function card(title, line) {
  return el("div", { class: "card" }, el("strong", { dir: "auto" }, title), el("small", {}, line));
}
