"""What can be wrong with opening hours."""

from typing import Literal

Problem = Literal[
    "empty", "too_long", "unknown", "no_times", "no_days", "no_end", "no_time", "no_date",
    "which_half", "never", "country", "subdivision",
]  # fmt: skip

_SENTENCES: dict[Problem, str] = {
    "empty": "there are no days and times in it",
    "too_long": "this is too long; days and times are enough",
    "unknown": "“{part}” is not understood",
    "no_times": "when is it open on “{part}”?",
    "no_days": "on which days is it closed?",
    "no_end": "until when is it open after “{part}”?",
    "no_time": "“{part}” is not a time of day",
    "no_date": "“{part}” is not a date",
    "which_half": "“{part}” may be morning or evening; write 02:00 or 14:00, or am and pm",
    "never": "with this it would never be open",
    "country": "“{part}” is not a country; write its two letters, such as DE, GB or CN",
    "subdivision": "“{part}” is not a region of this country; known are {known}",
}


class HoursError(Exception):
    """Opening hours cannot be used.

    Attributes
    ----------
    problem : Problem
        What kind of thing is wrong, for a sentence in another language.
    part : str
        The part of the text that it is about.
    known : str
        The regions there are, where none of them was named.
    """

    def __init__(self, problem: Problem, part: str = "", known: str = "") -> None:
        super().__init__(_SENTENCES[problem].format(part=part, known=known))
        self.problem: Problem = problem
        self.part, self.known = part, known
