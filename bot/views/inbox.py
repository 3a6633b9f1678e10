"""What the owner sees of customers who wait."""

from __future__ import annotations

from babel import Locale
from markupsafe import Markup

from bot.store.handoffs import Handoff
from bot.views.say import LOCALES, Say, View, lines

# A card holds one quote and one suggestion and must stay below Telegram's 4096 UTF-16 units,
# of which an emoji takes two.
LONGEST_QUOTE = 1200
LONGEST_SUGGESTION = 500


def card(say: Say, handoff: Handoff, *, uncertain: bool = False) -> View:
    """Show a waiting customer: what they wrote, how they feel, what could be answered."""
    head = say("<b>{name}</b> is waiting for you", name=handoff.customer_name)
    if uncertain:
        head = say(
            "I cannot tell whether my reply reached <b>{name}</b>", name=handoff.customer_name
        )
    return View(
        lines(
            head,
            Markup("<blockquote>%s</blockquote>") % written(say, handoff),
            _foreign(say, handoff.detected),
            _why(say, handoff),
            say("Suggested: <i>{reply}</i>", reply=shorten(handoff.suggestion, LONGEST_SUGGESTION))
            if handoff.suggestion
            else "",
            say("Reply to this message, or tap:"),
        ),
        _buttons(say, handoff),
    )


def closed(
    say: Say, handoff: Handoff, outcome: Markup, buttons: tuple[tuple[str, str], ...] = ()
) -> View:
    """Show the card of a customer who no longer waits, and what can still be done."""
    return View(
        lines(
            Markup("<b>%s</b>") % handoff.customer_name,
            Markup("<blockquote>%s</blockquote>") % written(say, handoff),
            outcome,
        ),
        tuple((button,) for button in buttons),
    )


def teach_this(say: Say, lesson: int) -> tuple[str, str]:
    """Offer to learn how the owner has answered."""
    return str(say("Teach this")), f"lesson:teach:{lesson}"


def _foreign(say: Say, language: str) -> Markup:
    """Name the language of a message that I could not read."""
    name = Locale.parse(LOCALES[say.language]).languages.get(language)
    if name is None or language in LOCALES:
        return Markup()
    return say("It is written in {language}, which I do not speak.", language=name)


def _why(say: Say, handoff: Handoff) -> Markup:
    """Say how they feel, and why they wait where that is not the same."""
    felt = mood(say, handoff.sentiment)
    if handoff.because == "unhappy":
        return say("Mood: {mood}", mood=felt)
    return say("Mood: {mood} · {because}", mood=felt, because=because(say, handoff.because))


def _buttons(say: Say, handoff: Handoff) -> tuple[tuple[tuple[str, str], ...], ...]:
    write = (str(say("Write a reply")), f"write:{handoff.id}")
    leave = (str(say("Leave it")), f"leave:{handoff.id}")
    if not handoff.suggestion:
        return ((write, leave),)
    return (((str(say("Send it")), f"send:{handoff.id}"),), (write, leave))


def written(say: Say, handoff: Handoff) -> Markup:
    """Quote what the customer wrote, or say what they sent instead of text."""
    kinds = {
        "photo": say("a photo"),
        "video": say("a video"),
        "voice": say("a voice message"),
        "audio": say("a sound file"),
        "sticker": say("a sticker"),
        "document": say("a file"),
        "location": say("a location"),
        "contact": say("a contact"),
    }
    quoted = Markup.escape(shorten(handoff.text))
    if handoff.is_text:
        return quoted or say("(deleted)")
    kind = Markup("[%s]") % kinds.get(handoff.kind, say("something that is not text"))
    return Markup("%s %s") % (kind, quoted) if quoted else kind


def mood(say: Say, sentiment: str) -> Markup:
    """Name a sentiment for a person."""
    names = {
        "negative": say("unhappy 🙁"),
        "neutral": say("neutral 😐"),
        "positive": say("happy 🙂"),
    }
    return names.get(sentiment, say("not sure"))


def because(say: Say, reason: str) -> Markup:
    """Say why a message came to the owner."""
    reasons = {
        "unhappy": say("they are unhappy"),
        "no_match": say("I have no answer to this"),
        "no_text": say("I can only read text"),
        "asked_for_human": say("they asked for a person"),
        "rule": say("a rule sends this to you"),
        "too_many": say("I have answered this chat too often within an hour"),
        "owner_talking": say("you wrote to them last"),
        "comment": say("they commented under a post"),
        "not_helped": say("my answer did not help them"),
        "not_told": say("you have not told me this yet (see .env)"),
        "answer_unsure": say("I am not sure that what you taught me fits"),
        "abusive": say("they insult"),
    }
    return reasons.get(reason, say("I was not sure"))


def ask_for_text(say: Say, handoff: Handoff) -> View:
    """Ask the owner for the words of an answer."""
    return View(say("Write your reply to <b>{name}</b> and send it:", name=handoff.customer_name))


def answered(say: Say, text: str) -> Markup:
    """Say that an answer is on its way."""
    return say("✅ You answered: <i>{text}</i>", text=shorten(text, LONGEST_SUGGESTION))


def left(say: Say) -> Markup:
    """Say that a customer was left without an answer."""
    return say("☑️ Left without an answer")


def already(say: Say) -> Markup:
    """Say that a card was dealt with before."""
    return say("This one is settled already.")


def undeliverable(say: Say, handoff: Handoff, reason: str) -> View:
    """Say that an answer, of the owner or the bot, could not be delivered."""
    return View(
        say(
            "An answer to <b>{name}</b> could not be delivered. Telegram says: {reason}",
            name=handoff.customer_name,
            reason=reason,
        )
    )


def only_text(say: Say) -> View:
    """Say what can be sent to a customer."""
    return View(say("I can pass on text only. Please write your reply as text."))


def nobody(say: Say) -> View:
    """Say that the inbox is empty."""
    return View(say("Nobody is waiting for you. 🎉"))


def more(say: Say, n: int) -> View:
    """Say how many more customers wait than are shown."""
    return View(say.counted("{n} more is waiting: /inbox", "{n} more are waiting: /inbox", n))


def shorten(text: str, limit: int = LONGEST_QUOTE) -> str:
    """Cut a long text so that a card stays within Telegram's limit."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
