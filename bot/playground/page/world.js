/** What the page knows of the playground: people, chats and messages, kept up with its events. */

import { listen, read } from "/page/control.js";
import { eachFrame } from "/page/elements.js";

/**
 * Events: `change` (something to draw), `arrival` (detail: key, message), `action` (detail: chat_id, action),
 * `connection` (detail: alive).
 */
export class World extends EventTarget {
  bot = null;
  ownerId = 0;
  people = [];
  chats = [];
  commands = {};
  limits = false;
  #votes = new Map();
  #messages = new Map(); // by chat id, then by message id
  #held = [];
  #loads = 0;
  #refresh = eachFrame(() => this.#load([]).catch(() => {})); // without a server, the reconnection catches up

  /** Follow the server until the page is closed. */
  follow() {
    listen({
      onOpen: () => this.#load([...this.#messages.keys()]).then(
        () => this.#tell("connection", { alive: true }), () => this.#tell("connection", { alive: false })),
      onEvent: (event) => (this.#loads ? this.#held.push(event) : this.#apply(event)),
      onLost: () => this.#tell("connection", { alive: false }),
    });
  }

  /** Read a chat for the first time. */
  async open(key) {
    if (this.#messages.has(key)) return;
    this.#messages.set(key, new Map());
    await this.#load([key], { first: true });
  }

  messages(key) {
    return [...(this.#messages.get(key)?.values() ?? [])];
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  get owner() {
    return this.person(this.ownerId);
  }

  get customers() {
    return this.people.filter((person) => person.id !== this.ownerId);
  }

  get channel() {
    return this.chats.find((chat) => chat.type === "channel");
  }

  get group() {
    return this.chats.find((chat) => chat.id === this.channel?.linked_chat_id);
  }

  /** The options that a person voted for on this page: the Bot API keeps them secret. */
  votes(message, person) {
    return this.#votes.get(`${message.poll?.id}/${person}`) ?? [];
  }

  noteVotes(message, person, options) {
    this.#votes.set(`${message.poll.id}/${person}`, options);
    this.#tell("change");
  }

  /** The discussion group's copy of a channel post: the head of its comments. */
  threadOf(postId) {
    return this.messages(this.group?.id).find(
      (message) => message.is_automatic_forward && message.forward_origin?.message_id === postId);
  }

  comments(threadId) {
    return this.messages(this.group?.id).filter(
      (message) => message.message_thread_id === threadId && message.message_id !== threadId);
  }

  /** Load the world and the chats named; what happens meanwhile is applied afterwards. */
  async #load(keys, { first = false } = {}) {
    this.#loads += 1;
    try {
      const world = await read("world");
      // a playground that was started anew may know fewer chats
      const known = keys.filter((key) => world.chats.some((chat) => chat.id === key));
      const chats = await Promise.all(known.map((key) => read(`chats/${key}/messages`)));
      const { bot, owner_id: ownerId, people, commands, limits } = world;
      Object.assign(this, { bot, ownerId, people, chats: world.chats, commands, limits });
      for (const key of keys) if (!known.includes(key)) this.#messages.delete(key);
      known.forEach((key, i) => this.#replace(key, chats[i], first));
    } finally {
      this.#loads -= 1;
      if (!this.#loads) this.#held.splice(0).forEach((event) => this.#apply(event));
    }
    this.#tell("change");
  }

  #replace(key, messages, first) {
    const before = this.#messages.get(key);
    this.#messages.set(key, new Map(messages.map((message) => [message.message_id, message])));
    if (first) return;
    for (const message of messages) if (!before.has(message.message_id)) this.#tell("arrival", { key, message });
  }

  #apply(event) {
    if (event.business) return; // the owner's own chats are not shown
    const key = event.chat_id;
    const chat = this.#messages.get(key);
    switch (event.type) {
      case "message":
        this.#noteStart(key, event.message);
        if (chat?.has(event.message.message_id)) break;
        chat?.set(event.message.message_id, event.message);
        this.#tell("arrival", { key, message: event.message });
        break;
      case "edit":
      case "reactions":
        if (event.message) chat?.set(event.message.message_id, event.message);
        break;
      case "delete":
        for (const id of event.message_ids) chat?.delete(id);
        break;
      case "action":
        this.#tell("action", event);
        return;
      default:
        this.#refresh();
    }
    this.#tell("change");
  }

  /** Whoever writes to the bot has pressed Start; of someone new, the world is about to be read. */
  #noteStart(key, message) {
    const person = this.person(key);
    if (person && message.from?.id === key) person.started = true;
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
