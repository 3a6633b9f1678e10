"""Time in plain words, English or Chinese: a moment, a rule, the slots of a week."""

from bot.when.errors import (
    AmbiguousError,
    GapError,
    NoRuleError,
    NoTimeError,
    PastTimeError,
    RuleError,
    SlotsError,
)
from bot.when.plans import Plan, read_plan
from bot.when.recurring import Recurrence, read_rule
from bot.when.rule_words import rule_in_words
from bot.when.slots import read_slots, slots_in_words

__all__ = [
    "AmbiguousError",
    "GapError",
    "NoRuleError",
    "NoTimeError",
    "PastTimeError",
    "Plan",
    "Recurrence",
    "RuleError",
    "SlotsError",
    "read_plan",
    "read_rule",
    "read_slots",
    "rule_in_words",
    "slots_in_words",
]
