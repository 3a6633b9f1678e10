"""What a changed playbook would do with messages that were written before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from nlp.folding import clean
from nlp.language import detect_language
from nlp.replies import choose_reply

if TYPE_CHECKING:
    from nlp.playbook import Playbook, Situation
    from nlp.replies import Reply
    from nlp.sentiment import Sentiment, SentimentModel

AT_ONCE = 64
"""Messages judged together: where a model on a CPU stops getting faster."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one message gets under either playbook; mostly the same."""

    message: str
    before: Reply
    after: Reply

    @property
    def is_one(self) -> bool:
        """Whether customer or owner would notice."""
        return _noticed(self.before) != _noticed(self.after)


def compare(
    messages: Iterable[tuple[str, Situation]],
    *,
    before: Playbook,
    after: Playbook,
    sentiment: SentimentModel,
) -> Iterator[Difference]:
    """Choose the reply to each message under both playbooks, as the messages come.

    Nothing is sent and nothing remembered. How a message feels does not hang
    on the playbook, so it is judged once.
    """
    coming = iter(messages)
    while batch := list(islice(coming, AT_ONCE)):
        judged = _Judged(sentiment, batch)
        for message, situation in batch:
            first, second = (
                choose_reply(message, playbook=playbook, sentiment=judged, situation=situation)
                for playbook in (before, after)
            )
            yield Difference(message, first, second)


class _Judged:
    """A sentiment model that has judged these messages already, all in one go."""

    def __init__(
        self, sentiment: SentimentModel, messages: Sequence[tuple[str, Situation]]
    ) -> None:
        asked = [
            (clean(message), detect_language(message, situation.fallback_language).code)
            for message, situation in messages
        ]
        self._sentiment = sentiment
        self._known = dict(zip(asked, sentiment.many(asked), strict=True))

    def __call__(self, message: str, language: str) -> Sentiment:
        return self._known.get((message, language)) or self._sentiment(message, language)

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        return [self(*message) for message in messages]


def _noticed(reply: Reply) -> tuple[object, ...]:
    return reply.text, reply.handoff, reply.suggestion, reply.labels, reply.follow_up
