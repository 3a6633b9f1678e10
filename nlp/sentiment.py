"""How a customer feels, as three probabilities and a verdict that may be "unsure"."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

Label = Literal["negative", "neutral", "positive", "unsure"]

SURE_FROM = 0.5
"""Probability of the best label from which it is the verdict: likelier than the rest together."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A verdict and the probabilities behind it.

    `negative`, `neutral` and `positive` sum to 1. `offensive` is a probability
    of its own; `abusive` says that it is high enough to act on.
    """

    label: Label
    negative: float
    neutral: float
    positive: float
    offensive: float = 0.0
    abusive: bool = False

    @property
    def best(self) -> Label:
        """The most probable label, however unsure that is."""
        shares: Mapping[Label, float] = {
            "negative": self.negative,
            "neutral": self.neutral,
            "positive": self.positive,
        }
        return max(shares, key=lambda label: shares[label])


class SentimentModel(Protocol):
    """Anything that can tell how a message in a language feels."""

    def __call__(self, message: str, language: str) -> Sentiment:
        """Judge a message; `language` is one of `nlp.language.LANGUAGES`."""
        ...

    def many(self, messages: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge messages with their languages, in order; quicker than one by one."""
        ...


def verdict(
    negative: float,
    neutral: float,
    positive: float,
    sure_from: float = SURE_FROM,
    *,
    offensive: float = 0.0,
    abusive_from: float = math.inf,
) -> Sentiment:
    """Name the most probable label, or "unsure" where it is under `sure_from`."""
    abusive = offensive >= abusive_from
    felt = Sentiment("unsure", negative, neutral, positive, offensive, abusive)
    sure = max(negative, neutral, positive) >= sure_from
    return replace(felt, label=felt.best) if sure else felt


@dataclass(frozen=True, slots=True)
class Squash:
    """Turns a valence on the whole line into three probabilities.

    The ordered logit: P(negative) = 1 / (1 + exp(slope (valence - negative_to))),
    P(positive) = 1 / (1 + exp(slope (positive_from - valence))), the rest is neutral.

    References
    ----------
    P. McCullagh (1980), Regression Models for Ordinal Data, JRSS B 42, section 2.
    """

    slope: float
    negative_to: float
    positive_from: float

    def __call__(self, valence: float) -> Sentiment:
        """Return the verdict on a valence."""
        negative = 1 / (1 + math.exp(self.slope * (valence - self.negative_to)))
        positive = 1 / (1 + math.exp(self.slope * (self.positive_from - valence)))
        return verdict(negative, max(0.0, 1 - negative - positive), positive)


# By hand: one clear word is a verdict, one weak word is not. Likelihood on tweets asks for
# more (0.43, -1.6, 2.5), but customers write to a shop about the shop.
SQUASH = Squash(slope=1.2, negative_to=-1.2, positive_from=1.2)
