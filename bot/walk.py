"""Walks a customer's message from its arrival to a reply, to the owner, or to silence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot import care, courtesy, guards, letters
from bot.context import App
from bot.database import patiently
from bot.store import conversations, handoffs
from bot.store.conversations import Received
from nlp.playbook import Situation
from nlp.replies import Because, Reply, choose_reply

if TYPE_CHECKING:
    from nlp.rules import ChatKind


async def answer(app: App, received: Received, language: str) -> None:
    """Answer a message, or hand it to the owner; one that is decided already is let be.

    `language` is that of the customer's app, for whoever writes for the first time.
    """
    stored = await patiently(lambda: conversations.receive(app.db, received, language))
    if stored is None:
        return
    chat: ChatKind = "business" if received.connection_id else "private"
    reply = await _choose(app, received, stored, chat)
    await patiently(lambda: _decide(app, received, stored, reply))


async def watch(app: App, received: Received, language: str) -> None:
    """Hand a comment to the owner if it is unhappy, or a rule for comments does.

    In public the bot does not answer by itself.
    """
    stored = await patiently(lambda: conversations.receive(app.db, received, language))
    if stored is None:
        return
    reply = await _choose(app, received, stored, "comment")
    for_comments = {rule.name for rule in app.in_force.playbook.rules if "comment" in rule.chat}
    unhappy = reply.because in {Because.UNHAPPY, Because.ABUSIVE}
    handoff = unhappy or (reply.handoff and reply.rule in for_comments)
    seen = replace(reply, text=None, handoff=handoff, follow_up=None)
    await patiently(lambda: _record(app, received, stored, seen, because="comment"))


async def _choose(app: App, received: Received, stored: int, chat: ChatKind) -> Reply:
    playbook = await app.in_force.when_warm()
    choose = partial(
        choose_reply,
        received.text,
        playbook=playbook,
        sentiment=app.sentiment,
        situation=Situation(
            at=app.now(),
            fallback_language=conversations.language_of(app.db, received.customer_id),
            first_message=conversations.is_first(app.db, stored),
            chat=chat,
            segment=conversations.segment_of(app.db, received.customer_id),
            customer=received.customer_name,
            seed=received.customer_id,
        ),
    )
    return await asyncio.get_running_loop().run_in_executor(app.understanding, choose)


def _decide(app: App, received: Received, stored: int, reply: Reply) -> None:
    """Let the conversation so far have its say in what was chosen, and write it down."""
    is_silent = reply.text is None and not reply.handoff  # a rule says so
    with app.db.atomic():
        silent = guards.why_silent(
            app.db,
            received.chat_id,
            received.customer_id,
            app.settings.replies_per_hour,
            app.now(),
        )
        if silent and not is_silent:
            suggestion = reply.suggestion or reply.text
            reply = replace(reply, text=None, handoff=True, suggestion=suggestion)
            _record(app, received, stored, reply, because=silent)
            return
        hours = app.in_force.playbook.hours
        if courtesy.has_heard(app.db, received, reply, hours, app.now()):
            reply = replace(reply, text=None)
        _record(app, received, stored, reply, because=reply.because)


def _record(app: App, received: Received, stored: int, reply: Reply, *, because: str) -> None:
    """Write the decision and everything it sends as one: all of it happens, or none."""
    with app.db.atomic():
        opened = conversations.decide(app.db, stored, reply, because, app.now())
        if reply.text:
            letters.reply(app, received, stored, reply.text)
            care.plan(app, stored, reply)
        waiting = handoffs.get(app.db, opened) if opened else None
        if waiting:
            letters.show_card(app, waiting)
