"""What the parts of a review say beside the whole: where it turns, how it ends, what it is about.

"Small room, but everybody was kind" and "everybody was kind, but the room was small" have the
same words; a linear score cannot tell them apart.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.ngrams import Grams

_SENTENCE_ENDS = re.compile(r"[。！？!?；;\n…~～]+|\.{2,}")
_CLAUSE_ENDS = re.compile(r"[，,。！？!?；;\n…~～：:、 ]+|\.{2,}")
_TURN = re.compile("但是|但|不过|可是|然而|只是|就是|总的来说|总体|总之|整体")
_TOPICS = (
    re.compile("酒店|房间|入住|宾馆|前台|早餐|携程|服务员"),
    re.compile("屏幕|电脑|机器|系统|内存|笔记本|键盘|散热|配置|硬盘|本本"),
    re.compile("书|作者|内容|阅读|故事|孩子|读|文字"),
)
_MOST = 6  # a seventh mark or word of a topic says no more than the sixth


@dataclass(frozen=True, slots=True)
class Parts:
    """A text in sentences and in clauses, and what follows its last turn; all of it if none."""

    sentences: list[str]
    clauses: list[str]
    after_turn: str

    @classmethod
    def of(cls, folded: str) -> "Parts":
        """Take a text apart."""
        *_, turn = [0, *(found.end() for found in _TURN.finditer(folded))]
        return cls(
            _split(_SENTENCE_ENDS, folded), _split(_CLAUSE_ENDS, folded), folded[turn:] or folded
        )

    def all(self) -> list[str]:
        """Return sentences, clauses and what follows the turn, in this order."""
        return [*self.sentences, *self.clauses, self.after_turn]


def outline(folded: str, grams: Grams, valence: Callable[[str], float]) -> NDArray[np.float64]:
    """Return the features that `nlp.trees` reads, of shape (n_features,).

    Parameters
    ----------
    grams : Grams
        Its first score is for positive against negative.
    valence : callable
        Sums up the lexicon's words in a folded text.
    """
    parts = Parts.of(folded)
    n_sentences, every = len(parts.sentences), parts.all()
    owners, shares = grams.shares([folded, *every])
    scores = np.bincount(owners, shares[:, 0], len(every) + 1).astype(np.float64)
    whole, *valences = (squashed(valence(text)) for text in (folded, *every))
    return np.array(
        [
            scores[0],
            *_course(scores[1:], n_sentences),
            *_extremes(shares[owners == 0, 0]),
            whole,
            *_course(np.array(valences), n_sentences),
            *_look(folded),
            n_sentences,
            len(parts.clauses),
        ]
    )


def squashed(valence: float) -> float:
    """Bring a sum of valences into -1 to 1, as VADER does."""
    return float(valence / np.sqrt(valence * valence + 15))


def _course(scores: NDArray[np.float64], n_sentences: int) -> list[float]:
    """Return how the scores of `Parts.all` run: ends, extremes, means and spread."""
    sentences, clauses, after_turn = scores[:n_sentences], scores[n_sentences:-1], scores[-1]
    ranked = np.sort(clauses)
    return [
        after_turn,
        *(sentences[0], sentences[-1], sentences.min(), sentences.max()),
        *(sentences.mean(), sentences.std()),
        *(clauses[0], clauses[-1], ranked[0], ranked[-1], clauses.mean(), clauses.std()),
        *(ranked[:2].mean(), ranked[-2:].mean()),
        *(np.tanh(clauses).mean(), np.tanh(2 * clauses).mean(), (clauses > 0).mean()),
        *((clauses > 0.5).sum(), (clauses < -0.5).sum()),
    ]


def _extremes(shares: NDArray[np.float64]) -> list[float]:
    """Return what speaks for and against, in all and in the five strongest runs."""
    ranked = np.sort(shares)
    against, for_it = ranked[ranked < 0], ranked[ranked > 0]
    return [
        *(for_it.sum(), against.sum(), for_it[-5:].sum(), against[:5].sum()),
        len(for_it) / max(1, len(ranked)),
    ]


def _look(folded: str) -> list[float]:
    length = max(1, len(folded))
    return [
        np.log(length),
        *(min(folded.count(mark), _MOST) for mark in ("!", "?", "..")),
        *(min(len(topic.findall(folded)), _MOST) for topic in _TOPICS),
        sum(map(str.isdigit, folded)) / length,
        sum("a" <= letter <= "z" for letter in folded) / length,
    ]


def _split(ends: re.Pattern[str], folded: str) -> list[str]:
    return [part for part in ends.split(folded) if len(part.strip()) > 1] or [folded]
