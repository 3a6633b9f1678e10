"""Writes what the bot has to say into the outbox, and has it sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import post_cards
from bot.context import App
from bot.store import channels, conversations, handoffs, outbox
from bot.store.conversations import Received
from bot.store.handoffs import Handoff
from bot.views import inbox, unsettled
from bot.views.say import View
from scheduler import store
from scheduler.posts import Post, PostState
from scheduler.store import notes

LATE_TOLD = "late told"  # the note of which late posts the owner has been asked about


def tell_owner(
    app: App,
    view: View,
    *,
    silent: bool = False,
    post_id: int | None = None,
    reply_to: int | None = None,
) -> None:
    """Write to the owner; where it is about a post, they can reply with a new time."""
    body = view.body() | ({"disable_notification": True} if silent else {})
    if reply_to:
        body["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    purpose: outbox.Purpose = "card" if post_id else "notice"
    outbox.write(app.db, app.settings.owner_id, purpose, body, app.now(), post=post_id)
    app.send_soon(app.settings.owner_id)


def show_post(app: App, post: Post) -> None:
    """Show the owner a post's card; they can reply to it with a new time."""
    tell_owner(app, post_cards.view(app, post), post_id=post.id)


def ask_approval(app: App, post: Post) -> None:
    """Ask the owner about a post that waits for their word: once, however many its channels."""
    show_post(app, post)


def report_post(app: App, post: Post) -> None:
    """Tell the owner what became of a post, and ask where only they can decide."""
    if post.state is PostState.PUBLISHED:
        report_published(app, [post])
    elif post.state in {PostState.FAILED, PostState.UNKNOWN, PostState.LATE}:
        show_post(app, post)


def report_published(app: App, posts: Sequence[Post]) -> None:
    """Tell the owner in one notice, without a sound, what went out together."""
    if posts:
        titles = {post.id: post_cards.title_of(app, post) for post in posts}
        tell_owner(app, View(unsettled.all_published(app.say, posts, titles)), silent=True)


def ask_about_late(app: App) -> None:
    """Ask about all late posts on one card, and again only when others have become late.

    What was told is noted with the letter, so a crash in between can neither lose nor double it.
    """
    late = [post for post in store.unsettled(app.db) if post.state is PostState.LATE]
    told = set((notes.get(app.db, LATE_TOLD) or "").split())
    names = [f"{post.id}@{post.publish_at:%Y%m%dT%H%M%S}" for post in late]
    if not told.issuperset(names):
        with app.db.atomic():
            notes.put(app.db, LATE_TOLD, " ".join(names))
            if len(late) == 1:
                show_post(app, late[0])
            else:
                tell_owner(app, unsettled.late(app.say, late, channels.titles(app.db)))


def ask_owner(
    app: App,
    view: View,
    *,
    handoff_id: int | None = None,
    post_id: int | None = None,
    topic: str | None = None,
) -> None:
    """Ask the owner for words; their reply finds the handoff, post or topic again.

    A topic names what the words are for, such as `lesson:3`: `bot.owner.messages` takes them there.
    """
    body = view.body() | {"reply_markup": {"force_reply": True}}
    outbox.write(
        app.db,
        app.settings.owner_id,
        "card",
        body,
        app.now(),
        handoff=handoff_id,
        post=post_id,
        topic=topic,
    )
    app.send_soon(app.settings.owner_id)


def send_file(app: App, name: str, text: str, caption: View) -> None:
    """Send the owner a file of text; its name tells what it can be sent back as."""
    said = caption.body()
    body = {"document": text, "filename": name, "caption": said["text"], "parse_mode": "HTML"}
    owner_id = app.settings.owner_id
    outbox.write(app.db, owner_id, "notice", body, app.now(), method="send_document")
    app.send_soon(owner_id)


def show_card(app: App, handoff: Handoff, *, uncertain: bool = False) -> None:
    """Show the owner a waiting customer, and what they sent where a card cannot quote it."""
    view = inbox.card(app.say, handoff, uncertain=uncertain)
    owner_id = app.settings.owner_id
    outbox.write(app.db, owner_id, "card", view.body(), app.now(), handoff=handoff.id)
    if not handoff.is_text and not handoff.connection_id:
        body = {"from_chat_id": handoff.chat_id, "message_id": handoff.message_id}
        outbox.write(
            app.db, owner_id, "card", body, app.now(), method="copy_message", handoff=handoff.id
        )
    app.send_soon(owner_id)


def reply(app: App, received: Received, message: int, text: str) -> None:
    """Write an automatic reply to a customer."""
    body: dict[str, Any] = {"text": text}
    if received.connection_id:
        body["business_connection_id"] = received.connection_id
    outbox.write(app.db, received.chat_id, "reply", body, app.now(), message=message)
    app.send_soon(received.chat_id)


def answer(app: App, handoff: Handoff, text: str) -> bool:
    """Write the owner's answer to a customer; False when they no longer wait."""
    with app.db.atomic():
        if not handoffs.close(app.db, handoff.id, "answered", app.now()):
            return False
        conversations.owner_wrote(app.db, handoff.customer_id, app.now())
        _write_answer(app, handoff, text)
    app.send_soon(handoff.chat_id)
    return True


def add(app: App, handoff: Handoff, text: str) -> None:
    """Write one more answer to a customer who was answered before."""
    with app.db.atomic():
        conversations.owner_wrote(app.db, handoff.customer_id, app.now())
        _write_answer(app, handoff, text)
    app.send_soon(handoff.chat_id)


def _write_answer(app: App, handoff: Handoff, text: str) -> None:
    body: dict[str, Any] = {"text": text}
    if handoff.connection_id:
        body["business_connection_id"] = handoff.connection_id
    if handoff.chat_id != handoff.customer_id:  # a comment: say under which one
        body["reply_parameters"] = {
            "message_id": handoff.message_id,
            "allow_sending_without_reply": True,
        }
    outbox.write(
        app.db,
        handoff.chat_id,
        "answer",
        body,
        app.now(),
        message=handoff.message,
        handoff=handoff.id,
    )
