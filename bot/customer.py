"""What the bot does when a customer writes, edits or deletes, wherever that is."""

from __future__ import annotations

from contextlib import suppress

from telegram import Message, Update
from telegram.error import BadRequest

from bot import guards, walk
from bot.context import App, Context
from bot.store import channels, connections, conversations, handoffs
from bot.store.conversations import Received
from bot.views import inbox
from nlp.language import LANGUAGES
from scheduler import store as posts

KINDS = ("photo", "video", "voice", "audio", "sticker", "document", "location", "contact")


async def message(update: Update, context: Context) -> None:
    """Answer a customer, or tell the owner that they are waiting."""
    asked, app = update.effective_message, context.app
    assert asked  # the route's filter says so
    if not guards.is_from_a_person(asked):
        return
    account = asked.business_connection_id
    if account and not await _is_owners_account(context, account):
        return
    if account and _is_owner(asked, app):
        # The owner answered in a chat of their own: the conversation is theirs for now.
        name, language = _storable(asked.chat.full_name or ""), app.settings.owner_language
        conversations.owner_began(app.db, asked.chat.id, name, language, app.now())
        return
    await walk.answer(app, _received(asked), _language(asked, app))


async def connected(update: Update, context: Context) -> None:
    """Note who has connected the bot to their own account; anybody can."""
    connection, app = update.business_connection, context.app
    assert connection  # the route's filter says so
    connections.note(app.db, connection.id, connection.user.id)


async def comment(update: Update, context: Context) -> None:
    """Count a comment under a post, and show the owner an unhappy one."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    if not guards.is_from_a_person(said) or said.message_thread_id is None:
        return
    assert said.from_user  # or it would not be from a person
    message = channels.message_of_thread(app.db, said.chat.id, said.message_thread_id)
    if message is None or _is_owner(said, app):
        return
    customer_id = said.from_user.id
    posts.record_comment(app.db, *message, said.message_id, customer_id, app.now())
    post = posts.post_of(app.db, *message)
    if post:
        head = post.origin.after_post_id or post.id  # a reply is a part of what it follows
        posts.record_interaction(app.db, customer_id, head, "comment", 1.0, app.now())
    await walk.watch(app, _received(said), _language(said, app))


async def edited(update: Update, context: Context) -> None:
    """Take an edited message over, on the card too if the customer still waits."""
    said, app = update.effective_message, context.app
    assert said  # the route's filter says so
    if not guards.is_from_a_person(said):
        return
    stored = conversations.edit(app.db, _received(said), said.edit_date or app.now())
    waiting = handoffs.of_message(app.db, stored) if stored else None
    if waiting is None or waiting.state != "waiting":
        return
    for card in handoffs.cards_of(app.db, waiting.id):
        with suppress(BadRequest):  # a picture beside a card, or the owner has deleted it
            await context.bot.edit_message_text(
                chat_id=app.settings.owner_id,
                message_id=card,
                **inbox.card(app.say, waiting).body(),
            )


async def deleted(update: Update, context: Context) -> None:
    """Forget the text of messages that were deleted in one of the owner's own chats."""
    gone, app = update.deleted_business_messages, context.app
    assert gone  # the route's filter says so
    conversations.delete(
        app.db, gone.chat.id, gone.business_connection_id, gone.message_ids, app.now()
    )


async def blocked(update: Update, context: Context) -> None:
    """Note that a customer stopped the bot or came back."""
    change, app = update.my_chat_member, context.app
    assert change  # the route's filter says so
    left = change.new_chat_member.status == change.new_chat_member.BANNED
    conversations.set_blocked(app.db, change.chat.id, app.now() if left else None)


def _received(message: Message) -> Received:
    """Read a message of any kind; text that UTF-8 cannot hold loses what it cannot."""
    assert message.from_user  # the guards have seen it
    kind = next((kind for kind in KINDS if getattr(message, kind)), None)
    text = message.text or message.caption or ""
    return Received(
        chat_id=message.chat.id,
        message_id=message.message_id,
        customer_id=message.from_user.id,
        customer_name=_storable(message.from_user.full_name),
        kind=kind or _kind_of_text(text),
        text=_storable(text),
        sent_at=message.date,
        connection_id=message.business_connection_id or "",
    )


def _kind_of_text(text: str) -> str:
    """Tell pressing Start, which is no message that anybody wrote, from text."""
    if text.split(maxsplit=1)[:1] == ["/start"]:
        return "start"
    return "text" if text else "other"


def _language(message: Message, app: App) -> str:
    """Give the language of a customer's app, or the owner's where we do not speak that."""
    code = ((message.from_user and message.from_user.language_code) or "")[:2]
    return code if code in LANGUAGES else app.settings.owner_language


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


async def _is_owners_account(context: Context, connection_id: str) -> bool:
    """Say whether a connection leads to the owner's account; into others we do not look."""
    app: App = context.app
    user_id = connections.user_of(app.db, connection_id)
    if user_id is None:  # it was made while nobody listened
        try:
            connection = await context.bot.get_business_connection(connection_id)
        except BadRequest:  # and it is gone
            return False
        user_id = connection.user.id
        connections.note(app.db, connection_id, user_id)
    return user_id == app.settings.owner_id


def _is_owner(message: Message, app: App) -> bool:
    return bool(message.from_user and message.from_user.id == app.settings.owner_id)
