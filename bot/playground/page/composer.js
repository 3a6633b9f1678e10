/** Where a person writes: text, commands, replies, edits and files, or the button that opens the chat. */

import { Completion } from "/page/completion.js";
import { act, write } from "/page/control.js";
import { button, el, icon, iconButton, words } from "/page/elements.js";
import { replyKeyboard } from "/page/keyboards.js";
import { summary } from "/page/media.js";
import { openMenu } from "/page/menus.js";
import { attempt } from "/page/notices.js";

const SAMPLES = { photo: "Photo", voice: "Voice message", sticker: "Sticker", video: "Video", document: "File" };
const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");

export class Composer {
  #source;
  #onSent;
  #editLast;
  #drafts = new Map();
  #key = null;
  #about = null; // { kind: "reply" | "edit", message }
  #keysOpen = true;

  /**
   * `source()` answers `{ key, target, label, placeholder, gate, commands, keyboard }`: `target` is where a message
   * goes (`from`, `chat`, …), `gate` null or `{ text, run }` for a button in place of the text field, `commands`
   * a list of BotCommand, `keyboard` a reply keyboard's markup or null.
   */
  constructor(testid, source, { onSent, editLast }) {
    this.#source = source;
    this.#onSent = onSent;
    this.#editLast = editLast;
    this.field = el("textarea", {
      rows: 1, dir: "auto", enterkeyhint: "send", autocomplete: "off", testid: `${testid}-field`,
      oninput: () => this.#typed(), onkeydown: (event) => this.#pressed(event), onpaste: (event) => this.#pasted(event),
    });
    this.completion = new Completion(this.field, (command) => this.send(`/${command}`));
    const tool = (name, label, run) => iconButton(name, label, { testid: `${testid}-${name}`, onclick: run });
    this.commandsButton = tool("commands", "Commands", () => this.#openCommands());
    this.keysButton = tool("keyboard", "Show or hide the buttons", () => this.#toggleKeys());
    this.attachButton = tool("attach", "Attach", () => this.#openAttach());
    this.sendButton = tool("send", "Send", () => this.#submit());
    this.picker = el("input", { type: "file", hidden: true, onchange: () => this.#sendFile(this.picker.files[0]) });
    this.quote = el("div", { class: "about", hidden: true });
    this.line = el("div", { class: "line" },
      this.commandsButton, this.field, this.keysButton, this.attachButton, this.sendButton, this.picker);
    this.gate = button({ class: "filled gate", testid: `${testid}-start`, onclick: () => this.#source().gate?.run() });
    this.keys = el("div", {
      class: "reply-keyboard", role: "group", label: "Buttons offered by the bot", testid: `${testid}-reply-keyboard`,
    });
    this.element = el("div", { class: "composer" },
      this.completion.element, this.quote, this.line, this.gate, this.keys);
  }

  update() {
    const { key, label, placeholder, gate, commands, keyboard } = this.#source();
    if (key !== this.#key) this.#changeTo(key);
    this.completion.commands = commands;
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = keyboard?.input_field_placeholder ?? placeholder;
    this.line.hidden = Boolean(gate);
    this.gate.hidden = !gate;
    this.gate.textContent = gate?.text ?? "";
    this.commandsButton.hidden = !commands.length;
    this.keysButton.hidden = !keyboard;
    this.keysButton.setAttribute("aria-pressed", String(this.#keysOpen));
    this.keys.hidden = !keyboard || !this.#keysOpen || Boolean(gate);
    const signature = JSON.stringify(keyboard);
    if (!keyboard || this.keys.dataset.signature === signature) return;
    this.keys.dataset.signature = signature;
    this.keys.replaceChildren(...replyKeyboard(keyboard, (text) => {
      if (keyboard.one_time_keyboard) this.#toggleKeys();
      this.send(text);
    }));
  }

  /** Put `text` in the field, ready to be sent or changed. */
  fill(text) {
    this.field.value = text;
    this.#typed();
    this.focus();
  }

  focus() {
    (this.line.hidden ? this.gate : this.field).focus();
  }

  reply(message) {
    this.#setAbout({ kind: "reply", message });
    this.focus();
  }

  edit(message) {
    this.fill(message.text);
    this.#setAbout({ kind: "edit", message });
  }

  /** Send at once; when the server refuses, its reason is shown and the text comes back. */
  async send(text, content = { text }) {
    const { target } = this.#source();
    const about = this.#about;
    this.#setAbout(null);
    const id = about?.message.message_id;
    const sent = await attempt(about?.kind === "edit"
      ? act("messages/edit", { from: target.from, chat: target.chat, message: id, text })
      : write({ ...target, ...content, ...(about && { reply_to: id }) }));
    if (sent) this.#onSent();
    else if (text && !this.field.value) this.fill(text);
  }

  #changeTo(key) {
    this.#drafts.set(this.#key, this.field.value);
    this.#key = key;
    this.#setAbout(null);
    this.field.value = this.#drafts.get(key) ?? "";
    this.#typed();
  }

  #submit() {
    const text = this.#take();
    if (text.trim()) this.send(text);
  }

  /** Empty the field and answer what was in it. */
  #take() {
    const text = this.field.value;
    this.field.value = "";
    this.#typed();
    return text;
  }

  #typed() {
    if (!GROWS_BY_ITSELF) {
      this.field.style.height = "auto";
      this.field.style.height = this.field.scrollHeight ? `${this.field.scrollHeight}px` : "";
    }
    this.sendButton.disabled = !this.field.value.trim();
    this.completion.update();
  }

  #pressed(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#about) {
      event.stopPropagation();
      this.#forgetAbout();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      event.preventDefault();
      this.#editLast();
    }
  }

  #forgetAbout() {
    if (this.#about.kind === "edit") this.#take();
    this.#setAbout(null);
    this.focus();
  }

  #setAbout(about) {
    this.#about = about;
    this.quote.hidden = !about;
    if (!about) return;
    const title = about.kind === "edit" ? "Edit" : "Reply";
    this.quote.replaceChildren(icon(about.kind),
      el("span", {}, el("strong", {}, title), words(summary(about.message).slice(0, 120))),
      iconButton("close", "Cancel", { onclick: () => this.#forgetAbout() }));
  }

  #toggleKeys() {
    this.#keysOpen = !this.#keysOpen;
    this.update();
  }

  #openCommands() {
    openMenu(this.commandsButton.getBoundingClientRect(), "Commands", this.#source().commands.map(
      ({ command, description }) => ({ text: `/${command}`, hint: description, run: () => this.send(`/${command}`) })));
  }

  #openAttach() {
    openMenu(this.attachButton.getBoundingClientRect(), "Attach", [
      ...Object.entries(SAMPLES).map(([kind, name]) => (
        { icon: kind, text: `${name} (sample)`, run: () => this.#sendMedia({ [kind]: { sample: true } }) })),
      { icon: "upload", text: "From this machine…", run: () => this.picker.click() },
    ]);
  }

  #pasted(event) {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    this.#sendFile(file);
  }

  async #sendFile(file) {
    if (!file) return;
    const [type] = file.type.split("/");
    const kind = { image: "photo", video: "video" }[type] ?? "document";
    const content = base64(new Uint8Array(await file.arrayBuffer()));
    this.picker.value = "";
    this.#sendMedia({ [kind]: content, file_name: file.name });
  }

  /** What is in the field becomes the caption, where the kind has one. */
  #sendMedia(content) {
    const caption = content.sticker ? "" : this.#take().trim();
    return this.send(caption, { ...content, ...(caption && { caption }) });
  }
}

function base64(bytes) {
  const parts = [];
  for (let i = 0; i < bytes.length; i += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  return btoa(parts.join(""));
}
