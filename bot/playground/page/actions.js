/** What a person can do from a message: tap, vote, react, reply, copy, edit, delete, forward. */

import { act } from "/page/control.js";
import { openMenu } from "/page/menus.js";
import { attempt, showAlert, toast } from "/page/notices.js";

const EMOJI = ["👍", "❤", "🔥", "🎉", "😁", "😢", "🤔", "👎"];

/**
 * The actions of one conversation.
 *
 * `viewer()` is the id of who acts, `canWrite()` whether they may write here; `reply(message)` and `edit(message)`
 * are the composer's; `command(text)` sends a command tapped in a text; `openComments(message)` opens a post's thread.
 */
export function actionsOf({ world, viewer, canWrite, reply, edit, command, openComments = null }) {
  const on = (message) => ({ from: viewer(), chat: message.chat.id, message: message.message_id });
  const react = (message, emoji) => attempt(act("reactions", { ...on(message), emoji }));

  return {
    command,
    copy,
    openComments,
    react,
    async vote(message, options) {
      const voter = viewer();
      if (await attempt(act("votes", { ...on(message), options }))) world.noteVotes(message, voter, options);
    },
    tap: (message, data, node) => tap({ ...on(message), data }, node),
    menu(message, look, place) {
      const mine = look.out || (message.chat.type === "channel" && viewer() === world.ownerId);
      const words = message.text ?? message.caption;
      const privately = message.chat.type === "private";
      openMenu(place, "Message actions", [
        openComments && { icon: "comment", text: "Comment", run: () => openComments(message) },
        canWrite() && { icon: "reply", text: "Reply", run: () => reply(message) },
        words && { icon: "copy", text: "Copy text", run: () => copy(words) },
        mine && message.text && { icon: "edit", text: "Edit", run: () => edit(message) },
        !privately && { icon: "plane", text: "Forward to the bot", run: () => forward(message) },
        mine && { icon: "trash", text: "Delete", danger: true, run: () => remove(message) },
      ], { reactions: EMOJI, chosen: own(message, viewer()), onReact: (emoji) => react(message, emoji) });
    },
  };

  async function forward(message) {
    const to = { from: viewer(), chat: viewer(), from_chat: message.chat.id, message: message.message_id };
    const sent = await attempt(act("forwards", to));
    if (sent) toast("Forwarded to the bot.");
  }
}

function remove(message) {
  return attempt(act("messages/delete", { chat: message.chat.id, messages: [message.message_id] }));
}

const own = (message, viewer) => message.reactions?.find((reaction) => reaction.mine?.includes(viewer))?.emoji ?? null;

async function tap(where, node) {
  node.setAttribute("aria-busy", "true");
  const answer = await attempt(act("taps", where));
  node.removeAttribute("aria-busy");
  if (!answer) return;
  if (!answer.answered) toast("The bot did not answer this tap within ten seconds.", { bad: true });
  else if (answer.text && answer.show_alert) showAlert(answer.text);
  else if (answer.text) toast(answer.text);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser did not allow copying.", { bad: true });
  }
}
