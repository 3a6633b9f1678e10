"""Tells a question from a statement, so that "it was delivered" is not answered with delivery."""

import re

_BEGINS = (
    "what|when|where|which|who|why|how|until|is|are|do|does|did|can|could|may|will|would|"
    "should|have|has|any"
)
_WANTS = "want|wanna|need|have|got|like|wish|trying|help|assistance|please|call|me|i"
_KNOWS = "know|check|checking|see|seeing|find|finding|list|listing|ask|learn|view|hear|get"
_ASKS = re.compile(
    rf"""
    \?
    | (?: ^ | [.!,;:\n]\s* | \b(?:and|but|so|hi|hello|hey|ok|okay|please)\s+ ) (?:{_BEGINS})\b
    | \b (?:tell|show|give|send)\s+(?:me|us)\b
    | (?: ^ | [.!,;:\n]\s* ) see\b
    | \b (?:{_WANTS})\s+ (?:to\s+)? (?:{_KNOWS})\b
    | \b (?:wonder|wondering|looking\s+for|curious|question|enquir\w+|inquir\w+|information|info)\b
    | \b (?:know|understand)\s+(?:if|what|when|where|which|how|whether)\b
    | [吗嘛呢么] | 什么 | 怎 | 哪 | 几 | 多少 | 多久 | 多远 | 多大 | 能不能 | 可不可以 | 是不是
    | 有没有 | 是否 | 如何 | 请问 | 想问 | 想知道 | 告诉 | 边度 | 咩 | 点样
    """,
    re.VERBOSE,
)
_WORD_OR_HAN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")

SHORT_WORDS, SHORT_HAN = 3, 6  # "opening hours", "营业时间": a search, and so a question


def is_question(folded: str) -> bool:
    """Tell whether a folded message asks for something; a few bare words do too."""
    if _ASKS.search(folded):
        return True
    found: list[str] = _WORD_OR_HAN.findall(folded)
    n_han = sum("\u3400" <= word <= "\u9fff" for word in found)
    return n_han <= SHORT_HAN and len(found) - n_han <= SHORT_WORDS
