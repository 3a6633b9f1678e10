/** One conversation with its composer, seen by one person: what every pane is made of. */

import { actionsOf } from "/page/actions.js";
import { commandsFor } from "/page/commands.js";
import { Composer } from "/page/composer.js";
import { Conversation } from "/page/conversation.js";
import { el } from "/page/elements.js";
import { currentKeyboard } from "/page/keyboards.js";

const DOING = {
  typing: "typing", upload_photo: "sending a photo", upload_video: "sending a video",
  upload_document: "sending a file", upload_voice: "sending a voice message",
  record_voice: "recording a voice message", choose_sticker: "choosing a sticker",
};

export class Chat {
  /**
   * `source()` answers `{ key, viewer, messages, target, label, placeholder, gate, empty, look(message) }`:
   * `target` is null where this person may only read; `look` adds to what every bubble gets.
   */
  constructor(world, { testid, label, source, openComments = null }) {
    this.world = world;
    this.source = source;
    const composer = new Composer(testid, () => this.#composerSource(), {
      onSent: () => this.conversation.toEnd(),
      editLast: () => this.#editLast(),
    });
    this.composer = composer;
    this.conversation = new Conversation({
      label, testid: `${testid}-messages`,
      source: () => this.#conversationSource(),
      actions: actionsOf({
        world, openComments,
        viewer: () => source().viewer,
        reply: (message) => composer.reply(message),
        edit: (message) => composer.edit(message),
        command: (text) => composer.send(text),
        canWrite: () => Boolean(source().target),
      }),
    });
    this.doing = el("p", { class: "doing", hidden: true, testid: `${testid}-typing` },
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), el("span"));
    this.element = el("div", { class: "chat" }, this.conversation.element, this.doing, composer.element);
    world.addEventListener("action", ({ detail }) => {
      if (detail.chat_id === source().target?.chat) this.#showDoing(detail.action);
    });
    world.addEventListener("arrival", ({ detail: { key, message } }) => {
      if (key !== source().key || message.from?.id !== world.bot.id) return;
      this.#showDoing(null);
      if (message.reply_markup?.force_reply && source().target) composer.reply(message);
    });
  }

  update() {
    this.conversation.update();
    this.composer.element.hidden = !this.source().target;
    if (!this.composer.element.hidden) this.composer.update();
  }

  #conversationSource() {
    const { key, viewer, messages, empty, look } = this.source();
    const heard = messages.findLast((message) => message.from?.id === this.world.bot.id)?.message_id ?? 0;
    const language = this.world.person(viewer)?.language_code;
    return {
      key, messages, empty,
      look: (message) => ({
        viewer, language, names: false, head: null, comments: null,
        out: message.from?.id === viewer && !message.sender_chat,
        answered: message.message_id < heard,
        votes: this.world.votes(message, viewer),
        ...look?.(message),
      }),
    };
  }

  #composerSource() {
    const { key, viewer, messages, target, label, placeholder, gate } = this.source();
    const privately = target.chat === viewer;
    return {
      key, target, label, placeholder, gate: gate ?? null,
      commands: privately ? commandsFor(this.world.commands, this.world.person(viewer)) : [],
      keyboard: privately ? currentKeyboard(messages) : null,
    };
  }

  #editLast() {
    const { viewer, messages } = this.source();
    const last = messages.findLast((message) => message.from?.id === viewer && message.text);
    if (last) this.composer.edit(last);
  }

  #showDoing(action) {
    clearTimeout(this.timer);
    this.doing.hidden = !action;
    if (!action) return;
    this.doing.lastChild.textContent = `${DOING[action] ?? "busy"}…`;
    this.timer = setTimeout(() => this.#showDoing(null), 5500); // as long as Telegram shows it
  }
}
