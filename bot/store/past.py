"""What customers have written, each message with the situation it was written in."""

from __future__ import annotations

import datetime as dt

from sqlite_utils import Database

from nlp.playbook import Situation


def latest(db: Database, limit: int) -> list[tuple[str, Situation]]:
    """Give the last messages that say something, the oldest of them first."""
    rows = db.execute(
        """
        select m.text, m.sent_at, c.language, c.segment, c.name, c.id,
               not exists (
                   select 1 from messages b where b.customer_id = m.customer_id and b.id < m.id
               ),
               case when m.connection_id <> '' then 'business'
                    when m.chat_id <> m.customer_id then 'comment'
                    else 'private' end
        from messages m join customers c on c.id = m.customer_id
        where m.text <> '' and m.kind <> 'start'
        order by m.sent_at desc, m.id desc limit ?
        """,
        [limit],
    ).fetchall()
    return [
        (
            text,
            Situation(
                at=dt.datetime.fromisoformat(sent_at),
                fallback_language=language,
                segment=segment,
                customer=name,
                seed=customer_id,
                first_message=bool(first),
                chat=chat,
            ),
        )
        for text, sent_at, language, segment, name, customer_id, first, chat in reversed(rows)
    ]
