"""Polls and quizzes."""

from typing import Any

from bot.playground import keyboards
from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.formatting import units
from bot.playground.messages import change
from bot.playground.methods.editing import editable
from bot.playground.methods.sending import MAX_CAPTION, destination, send, text_of
from bot.playground.people import set_poll
from bot.playground.world import World

MAX_OPTIONS = 12


def send_poll(world: World, arguments: Arguments) -> Json:
    """`sendPoll`."""
    chat = destination(world, arguments)
    if chat.kind == "channel" and arguments.get("is_anonymous") is False:
        raise bad_request("non-anonymous polls can't be sent to channel chats")
    return send(world, chat, arguments, {"poll": new_poll(world, arguments)})


def new_poll(world: World, arguments: Arguments) -> Json:
    """Read a poll out of the parameters and check it."""
    question, entities = text_of(arguments, "question", entities="question_entities")
    if not question:
        raise bad_request("poll question must be non-empty")
    if units(question) > 300:
        raise bad_request("poll question length must not exceed 300")
    given = arguments.get("options") or []
    if not isinstance(given, list):
        raise bad_request("can't parse options JSON object")
    options = [option(world, one) for one in given]
    if len(options) < 2:
        raise bad_request("poll must have at least 2 option")
    if len(options) > MAX_OPTIONS:
        raise bad_request(f"poll can't have more than {MAX_OPTIONS} options")
    kind = arguments.get("type") or "regular"
    if kind not in {"regular", "quiz"}:
        raise bad_request("unsupported poll type specified")
    poll: Json = {
        "id": world.next_id(),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": bool(arguments.get("is_closed")),
        "is_anonymous": arguments.get("is_anonymous") is not False,
        "type": kind,
        "allows_multiple_answers": bool(arguments.get("allows_multiple_answers")),
        "allows_revoting": arguments.get("allows_revoting", kind == "regular"),
        "members_only": bool(arguments.get("members_only")),
    }
    if entities:
        poll["question_entities"] = entities
    description, marked = text_of(arguments, "description", entities="description_entities")
    if units(description) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    if description:
        poll["description"] = description
    if marked:
        poll["description_entities"] = marked
    for name in ("open_period", "close_date"):
        if arguments.get(name):
            poll[name] = arguments[name]
    return poll | _quiz(arguments, len(options)) if kind == "quiz" else poll


def option(world: World, given: Any) -> Json:
    """Read one answer option; a plain text is one, too."""
    if isinstance(given, str):
        given = {"text": given}
    if not isinstance(given, dict):
        raise bad_request("can't parse options JSON object")
    text, entities = text_of(
        given | {"parse_mode": given.get("text_parse_mode")}, entities="text_entities"
    )
    if not text:
        raise bad_request("poll options must be non-empty")
    if units(text) > 100:
        raise bad_request("poll options length must not exceed 100")
    described: Json = {"persistent_id": world.next_id(), "text": text, "voter_count": 0}
    return described | {"text_entities": entities} if entities else described


def _quiz(arguments: Arguments, n_options: int) -> Json:
    correct = arguments.get("correct_option_ids")
    if correct is None and arguments.get("correct_option_id") is not None:
        correct = [arguments["correct_option_id"]]
    if not correct or not all(0 <= number < n_options for number in correct):
        raise bad_request("wrong correct option ID specified")
    explanation, entities = text_of(arguments, "explanation", entities="explanation_entities")
    if units(explanation) > 200 or explanation.count("\n") > 2:
        raise bad_request("poll explanation is too long")
    quiz: Json = {"correct_option_ids": correct}
    if explanation:
        quiz["explanation"] = explanation
    return quiz | {"explanation_entities": entities} if entities else quiz


def stop_poll(world: World, arguments: Arguments) -> Json:
    """`stopPoll`."""
    chat, entry = editable(world, arguments, "stop poll")
    poll = entry.message.get("poll")
    if poll is None:
        raise bad_request("message with poll to stop not found")
    if poll["is_closed"]:
        raise bad_request("poll has already been closed")
    closed: Json = poll | {"is_closed": True}
    markup = keyboards.checked(arguments.get("reply_markup"), inline_only=True)
    entry.reply_markup = markup
    changes = {"reply_markup": markup} if markup else {}
    change(world, chat, entry, changes, by_bot=True, drop=("reply_markup",))
    set_poll(world, closed)
    return closed
