/** Which of the bot's command lists a person sees in their private chat, as Telegram chooses it. */

/** `lists`: by scope, chat and language, such as `default`, `chat:7` or `all_private_chats:zh`. */
export function commandsFor(lists, person) {
  const language = person.language_code?.slice(0, 2);
  const scopes = [`chat:${person.id}`, "all_private_chats", "default"];
  const found = scopes.flatMap((scope) => [`${scope}:${language}`, scope]).find((key) => lists[key]?.length);
  return found ? lists[found] : [];
}
