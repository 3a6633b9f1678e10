/** The channel's pane: posts with reactions, and the discussion folded into comments below each. */

import { act } from "/page/control.js";
import { Chat } from "/page/chat.js";
import { avatar, button, el, iconButton, nameOf } from "/page/elements.js";
import { openMenu } from "/page/menus.js";
import { attempt, toast } from "/page/notices.js";
import { pane } from "/page/panes.js";

/** `customer()` is the customer chosen in the customers' pane: who reads here unless another is picked. */
export function channelPane(world, { customer, onOpenComments }) {
  let picked = null;
  let thread = null; // { post } for a post's comments, { post: null } for the whole discussion
  const viewer = () => world.person(picked) ?? customer();
  const isMember = (chat) => chat?.member_ids?.includes(viewer().id) ?? true;

  const posts = new Chat(world, {
    testid: "channel", label: "Posts of the channel", openComments: (post) => open(post),
    source: () => {
      const { channel } = world;
      const mayPost = viewer().id === world.ownerId;
      return {
        key: channel.id, viewer: viewer().id, messages: world.messages(channel.id),
        target: mayPost ? { from: viewer().id, chat: channel.id } : null,
        label: "Post to the channel", placeholder: "Post to the channel by hand", empty: "Nothing has been posted yet.",
        look: (message) => ({ out: false, alone: true, comments: world.group ? commentCount(message) : null }),
      };
    },
  });

  const comments = new Chat(world, {
    testid: "comments", label: "Comments",
    source: () => {
      const { group } = world;
      const head = thread?.post && world.threadOf(thread.post);
      const headId = head?.message_id;
      return {
        key: `${group?.id}/${thread?.post ?? ""}`, viewer: viewer().id,
        messages: thread?.post ? [head, ...world.comments(headId)].filter(Boolean) : world.messages(group?.id),
        target: { from: viewer().id, chat: group?.id, ...(thread?.post && { thread: thread.post }) },
        label: `Comment as ${nameOf(viewer())}`, placeholder: `Comment as ${nameOf(viewer())}`,
        empty: "No comments yet.",
        look: () => ({ names: true, head: headId }),
      };
    },
  });

  const commentCount = (post) => {
    const head = world.threadOf(post.message_id);
    return head ? world.comments(head.message_id).length : post.comments ?? 0;
  };

  const title = el("div", { class: "who" });
  const more = iconButton("more", "Channel actions", { testid: "channel-menu", onclick: () => openActions() });
  const reader = el("select", { label: "Read and react as", testid: "viewer", onchange: () => pick() });
  const membership = button({ class: "plain", testid: "membership", onclick: () => toggleMembership() });
  const footer = el("div", { class: "reader" }, el("label", {}, el("span", {}, "As"), reader), membership);

  const back = iconButton("back", "Back to the channel", { testid: "close-comments", onclick: () => close() });
  const threadTitle = el("h2", { tabindex: "-1" });
  const panel = el("section", { class: "thread", label: "Comments", hidden: true, testid: "thread" },
    el("header", { class: "head" }, back, el("div", { class: "who" }, threadTitle)), comments.element);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());

  function openActions() {
    openMenu(more.getBoundingClientRect(), "Channel actions", [
      { icon: "people", text: "Open the discussion group", run: () => open(null) },
    ]);
  }

  function pick() {
    picked = Number(reader.value);
    update();
  }

  async function toggleMembership() {
    const action = isMember(world.channel) ? "leave" : "join";
    const done = await attempt(act("members", { user: viewer().id, chat: world.channel.id, action }));
    if (done) toast(`${nameOf(viewer())} ${action === "join" ? "joined" : "left"} ${nameOf(world.channel)}.`);
  }

  function open(post) {
    thread = { post: post?.message_id ?? null };
    panel.hidden = false;
    onOpenComments();
    update();
    threadTitle.focus({ preventScroll: true });
  }

  function close() {
    const post = thread?.post;
    thread = null;
    panel.hidden = true;
    posts.conversation.list.querySelector(`[data-message-id="${post}"] .comments-bar`)?.focus({ preventScroll: true });
  }

  function update() {
    const { channel } = world;
    const count = channel.member_count;
    title.replaceChildren(avatar(channel), el("div", {}, el("h2", {}, el("bdi", {}, nameOf(channel))),
      el("p", { testid: "member-count" }, count === 1 ? "1 subscriber" : `${count} subscribers`)));
    reader.replaceChildren(...world.people.map((person) => el("option", { value: person.id }, nameOf(person))));
    reader.value = String(viewer().id);
    membership.hidden = viewer().id === world.ownerId;
    membership.textContent = isMember(channel) ? "Leave channel" : "Join channel";
    posts.update();
    if (!thread) return;
    const n = thread.post ? comments.source().messages.filter((message) => !message.is_automatic_forward).length : null;
    threadTitle.textContent = n === null ? nameOf(world.group) : n === 1 ? "1 comment" : `${n} comments`;
    comments.update();
  }

  return {
    element: pane("channel", "Channel", [title, more], [posts.element, footer, panel]),
    chat: posts,
    open,
    update,
    /** Follow the customer chosen elsewhere, unless the owner is reading. */
    follow() {
      if (picked !== world.ownerId) picked = null;
    },
  };
}
