"""What to do about a group of customers, as a code that the views put into words."""

from collections.abc import Iterable
from typing import Literal

Action = Literal["care", "win_back", "remind", "reward", "welcome", "invite", "tailor", "none"]

LOW_HIGH = {  # what it means that a known measure is low or high
    "recency_days": ("recent", "lapsed"),
    "tenure_days": ("new", "long_known"),
    "n_messages": ("quiet", "frequent"),
    "n_purchases": ("quiet", "frequent"),
    "value": ("small", "big"),
    "mean_value": ("small_purchases", "big_purchases"),
    "handoff_share": ("self_served", "needs_help"),
    "returned_share": ("keeps", "returns"),
    "mean_sentiment": ("unhappy", "happy"),
}


def choose_action(signals: Iterable[str]) -> Action:
    """Choose the one action that the most pressing of `signals` asks for.

    Trouble comes before money, and money before habit: who is unhappy is not
    to be sent an offer, and who was worth much is worth winning back.
    """
    known = set(signals)
    if known & {"unhappy", "needs_help", "returns"}:
        return "care"
    if "lapsed" in known:
        return "win_back" if known & {"frequent", "big"} else "remind"
    if known & {"frequent", "big"}:
        return "reward"
    if "new" in known:
        return "welcome"
    if known & {"quiet", "small"}:
        return "invite"
    return "tailor" if known else "none"
