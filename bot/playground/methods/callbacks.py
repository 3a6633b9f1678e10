"""Answers to taps on inline buttons."""

from bot.playground.arguments import Arguments
from bot.playground.errors import bad_request
from bot.playground.world import World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, arguments: Arguments) -> bool:
    """`answerCallbackQuery`; each query is answered once."""
    if len(arguments.get("text") or "") > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    waiting = world.queries.pop(arguments.get("callback_query_id") or "", None)
    if waiting is None:
        raise bad_request(TOO_OLD)
    answer = {"answered": True, "show_alert": bool(arguments.get("show_alert"))}
    for name in ("text", "url"):
        if arguments.get(name):
            answer[name] = arguments[name]
    if not waiting.done():
        waiting.set_result(answer)
    world.events.send({"type": "callback", **answer})
    return True
