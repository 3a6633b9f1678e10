"""Turns stored rows into what the owner reads of figures."""

from __future__ import annotations

import asyncio
import datetime as dt

from analytics.engagement import predict_engagement
from analytics.frames import NotEnoughDataError
from analytics.insights import summarize
from analytics.recommendations import recommend_posts
from analytics.segments import segment_customers
from bot.context import App
from bot.database import patiently
from bot.store import channels, conversations, frames, handoffs, ratings
from bot.views import insights as views
from bot.views.say import View
from scheduler import store as posts

WEEK = dt.timedelta(days=7)


async def insights(app: App) -> View:
    """Count the last seven days."""
    now = app.now()
    messages, history = frames.messages(app.db), posts.history(app.db)
    try:
        found = await asyncio.to_thread(summarize, messages, history, now - WEEK, now)
    except NotEnoughDataError as error:
        return views.not_enough(app.say, error)
    counted = [
        posts.members(app.db, channel.id)
        for channel in channels.targets(app.db, app.settings.channel_id)
    ]
    members = sum(filter(None, counted)) or None
    rating = ratings.mean_since(app.db, now - WEEK)
    return views.insights(app.say, found, handoffs.n_waiting(app.db), members, rating)


async def predict(app: App, draft: str) -> View:
    """Predict a draft's engagement, were it published now."""
    if not draft:
        return views.what_to_predict(app.say)
    history = posts.history(app.db)
    try:
        predicted = await asyncio.to_thread(
            predict_engagement, history, draft, app.now(), app.settings.timezone
        )
    except NotEnoughDataError as error:
        return views.not_enough(app.say, error)
    return views.prediction(app.say, predicted)


async def segments(app: App) -> View:
    """Group the customers."""
    customers = frames.customers(app.db)
    try:
        found = await asyncio.to_thread(segment_customers, customers, app.now())
    except NotEnoughDataError as error:
        return views.not_enough(app.say, error)
    groups = {segment.name: segment.customers for segment in found.segments}
    await patiently(lambda: conversations.note_segments(app.db, groups))
    shown = [customer for segment in found.segments for customer in segment.customers[:5]]
    return views.segments(app.say, found, conversations.names(app.db, shown))


async def recommend(app: App) -> View:
    """Find what each active reader has not seen and may like."""
    interactions, history = posts.interactions(app.db), posts.history(app.db)
    try:
        found = await asyncio.to_thread(recommend_posts, interactions)
    except NotEnoughDataError as error:
        return views.not_enough(app.say, error)
    texts = dict(zip(history["post"], history["text"], strict=True))
    shown = [pick.customer for pick in found.items]
    return views.recommendations(app.say, found, conversations.names(app.db, shown), texts)
