"""Names an answer after its question, until the owner finds a better name."""

import re

from nlp.folding import clean

LONGEST = 40
"""Characters of a proposed name: about what a button shows on a phone."""

_GREETING = re.compile(
    r"^(?:(?:hi|hiya|hello|hey|dear|good\s+(?:morning|afternoon|evening|day)|excuse\s+me|"
    r"sorry|please|there|all|everyone|你好|您好|嗨|哈喽|哈囉|亲|老板|请问一下|请问|請問|想问一下|"
    r"早上好|下午好|晚上好)(?![a-z])[\s,.!:;~，。！：；～]*)+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_ENDS = " \t,.!?:;~…，。！？：；～"


def proposed_name(question: str) -> str:
    """Give a short name: what is asked, without greeting and punctuation.

    Returns
    -------
    str
        1 to `LONGEST` characters.
    """
    text = clean(question).strip()
    sentences = _SENTENCE.findall(_GREETING.sub("", text)) or [text]
    asked = next((each for each in sentences if re.search(r"[?？]", each)), sentences[0])
    name = " ".join(_GREETING.sub("", asked.strip()).split()).strip(_ENDS)
    name = name or " ".join(text.split())
    if len(name) > LONGEST:
        cut = name[: LONGEST - 1]
        words, space, _ = cut.rpartition(" ")
        name = f"{words if space and len(words) > LONGEST // 2 else cut}…"
    return (name[:1].upper() + name[1:])[:LONGEST]  # “ß” has two capitals
