"""How a row becomes a post, and how one post takes one step."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database

from scheduler.posts import Button, Content, Medium, Origin, Poll, Post, PostState
from scheduler.store.schema import durable

USUAL = (False, (), "auto", "")
"""What the options of a content are when nobody has chosen."""


class NoSuchPostError(Exception):
    """No post has this id."""


class WrongStateError(Exception):
    """The post is no longer where this step could be taken; `post` is as it is now."""

    def __init__(self, post: Post, verb: str) -> None:
        super().__init__(f"Post {post.id} is {post.state}, so it cannot be {verb}.")
        self.post = post


def as_post(row: Mapping[str, Any]) -> Post:
    """Read a whole row of `posts`."""
    return Post(
        id=row["id"],
        channel_id=row["channel_id"],
        content=as_content(row),
        publish_at=dt.datetime.fromisoformat(row["publish_at"]),
        grace=dt.timedelta(seconds=row["grace"]),
        state=PostState(row["state"]),
        n_tries=row["n_tries"],
        claimed_at=row["claimed_at"] and dt.datetime.fromisoformat(row["claimed_at"]),
        after_message_id=row["after_message_id"],
        message_id=row["message_id"],
        reason=row["reason"],
        origin=Origin(
            by=row["by"],
            source=row["source"],
            set_id=row["set_id"],
            after_post_id=row["after_post_id"],
            is_comment=bool(row["is_comment"]),
            series_id=row["series_id"],
            occurrence=row["occurrence"],
        ),
        created_at=dt.datetime.fromisoformat(row["created_at"]),
    )


def as_content(row: Mapping[str, Any]) -> Content:
    """Read the columns `text`, `entities`, `media`, `poll` and `options`."""
    poll, options = row["poll"] and json.loads(row["poll"]), json.loads(row["options"])
    return Content(
        text=row["text"],
        entities=row["entities"],
        media=tuple(Medium(**medium) for medium in json.loads(row["media"])),
        poll=Poll(**poll | {"options": tuple(poll["options"])}) if poll else None,
        buttons=tuple(
            tuple(Button(**button) for button in line) for line in options.pop("buttons", ())
        ),
        **options,
    )


def content_values(content: Content) -> dict[str, str | None]:
    """Write a content as the columns that `as_content` reads."""
    whole = asdict(content)
    media, poll = whole.pop("media"), whole.pop("poll")
    text, entities = whole.pop("text"), whole.pop("entities")
    return {
        "text": text,
        "entities": entities,
        "media": json.dumps(media),
        "poll": poll and json.dumps(poll),
        # what is as usual is left out
        "options": json.dumps({name: value for name, value in whole.items() if value not in USUAL}),
    }


def read(db: Database, sql: str, values: Mapping[str, object] | None = None) -> list[Post]:
    """Give the posts that a `select * from posts …` finds."""
    return [as_post(row) for row in db.query(sql, dict(values or {}))]


def change(db: Database, sql: str, values: Mapping[str, object]) -> list[Post]:
    """Run a writing statement that ends in `returning *`, durably."""
    with durable(db):
        return read(db, sql, values)


def get(db: Database, post_id: int) -> Post:
    """Give one post.

    Raises
    ------
    NoSuchPostError
    """
    for post in read(db, "select * from posts where id = :id", {"id": post_id}):
        return post
    raise NoSuchPostError(f"There is no post {post_id}.")


def step(db: Database, post_id: int, verb: str, sql: str, values: Mapping[str, object]) -> Post:
    """Run the `update` that takes the post `:id` one step further.

    Raises
    ------
    NoSuchPostError
    WrongStateError
        The statement changed nothing, because the post is in another state.
    """
    for post in change(db, sql, {"id": post_id, **values}):
        return post
    raise WrongStateError(get(db, post_id), verb)
