"""The owner sees and changes the rules from the phone, or in a file."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from bot.settings import Settings
from tests.bot.real_process import environment, program
from tests.conftest import OWNER, Desk, running_bot, until


async def opened(desk: Desk, name: str) -> dict[str, Any]:
    """Open the rule of this name, leafing through the list."""
    await desk.say(OWNER, "/rules")
    page = await desk.wait_for(OWNER, "tried from the top")
    while f" {name} · " not in page["text"]:
        before = page["text"]
        await desk.tap(page, "More ▶")
        await without(desk, page, before)
        page = await desk.wait_for(OWNER, "tried from the top")
    line = next(line for line in page["text"].splitlines() if f" {name} · " in line)
    await desk.tap(page, line.split()[0])
    return await desk.wait_for(OWNER, "decided")


async def without(desk: Desk, message: dict[str, Any], words: str) -> None:
    """Wait until a message of the bot no longer says this."""

    async def gone() -> bool:
        now = {each["message_id"]: each for each in await desk.chat(OWNER)}
        return words not in now[message["message_id"]]["text"]

    await until(gone, f"no “{words}”")


async def test_a_rule_that_is_switched_off_decides_nothing_until_it_is_on(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    rule = await opened(desk, "invoice")
    await desk.tap(rule, "Switch off")
    rule = await desk.wait_for(OWNER, "It is switched off")
    await desk.say(desk.customer, "An invoice please")
    await desk.wait_for(OWNER, "I have no answer to this")

    await desk.tap(rule, "Switch on")
    await without(desk, rule, "It is switched off")
    await desk.say(desk.other, "An invoice please")

    await desk.wait_for(OWNER, "a rule sends this to you")
    assert "# The starter rules" in (settings.playbook / "rules.toml").read_text()


async def test_a_new_text_is_what_customers_get_and_the_file_keeps_its_comments(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    rule = await opened(desk, "hours")
    await desk.tap(rule, "Change the text")
    question = await desk.wait_for(OWNER, "Send the new text")

    await desk.say(OWNER, "Welcome to {{ shop }} at nine!", reply_to=question["message_id"])
    await desk.wait_for(OWNER, "Welcome to {{ shop }} at nine!")
    await desk.say(desk.customer, "When do you open?")

    await desk.wait_for(desk.customer, "Welcome to The shop at nine!")
    kept = (settings.playbook / "templates.toml").read_text()
    assert "# ---- sent at once" in kept
    assert "我们的营业时间" in kept


async def test_a_text_that_cannot_be_filled_in_changes_nothing(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    rule = await opened(desk, "hours")
    await desk.tap(rule, "Change the text")
    question = await desk.wait_for(OWNER, "Send the new text")

    await desk.say(OWNER, "Come {{ tomorow }}!", reply_to=question["message_id"])

    refused = await desk.wait_for(OWNER, "I cannot use this")
    assert "unknown variable tomorow" in refused["text"]
    assert not settings.playbook.exists()


async def test_new_keywords_are_looked_for(desk: Desk, bot: Database) -> None:
    rule = await opened(desk, "invoice")
    await desk.tap(rule, "Change the keywords")
    question = await desk.wait_for(OWNER, "Send the new keywords")

    await desk.say(OWNER, "quittung, 小票", reply_to=question["message_id"])
    await desk.wait_for(OWNER, "with “quittung” or “小票”")
    await desk.say(desk.customer, "Quittung?")
    await desk.say(desk.other, "小票呢")

    await desk.wait_for(OWNER, "a rule sends this to you", n=2)


async def test_a_raised_rule_comes_earlier(desk: Desk, bot: Database) -> None:
    rule = await opened(desk, "invoice")
    place = rule["text"].split("Number ")[1].split()[0]

    await desk.tap(rule, "Raise")

    await desk.wait_for(OWNER, f"Number {int(place) - 1} of")


async def test_a_rule_is_deleted_after_one_question(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    rule = await opened(desk, "invoice")
    await desk.tap(rule, "Delete")
    sure = await desk.wait_for(OWNER, "for good?")

    await desk.tap(sure, "Delete")
    await without(desk, sure, "for good?")

    kept = (settings.playbook / "rules.toml").read_text()
    assert 'name = "refund"' in kept
    assert 'name = "invoice"' not in kept


async def test_a_new_rule_is_shown_at_work_before_it_is_on(desk: Desk, bot: Database) -> None:
    await desk.say(desk.customer, "Do you do wheelchair ramps?")
    await desk.wait_for(OWNER, "wheelchair")
    await desk.say(OWNER, "/rules")
    await desk.tap(await desk.wait_for(OWNER, "tried from the top"), "➕ New rule")
    asked = await desk.wait_for(OWNER, "Which words")
    await desk.say(OWNER, "wheelchair*, 轮椅", reply_to=asked["message_id"])
    await desk.tap(await desk.wait_for(OWNER, "What shall I do"), "Answer with a text")
    asked = await desk.wait_for(OWNER, "Write the answer")

    await desk.say(OWNER, "Yes, there is a ramp.", reply_to=asked["message_id"])
    preview = await desk.wait_for(OWNER, "would get something else")
    await desk.say(desk.other, "Is it okay with a wheelchair?")
    await desk.wait_for(OWNER, "Is it okay with a wheelchair?")
    await desk.tap(preview, "Switch on")
    await desk.wait_for(OWNER, "is switched on")
    await desk.say(desk.other, "And with two wheelchairs?")

    assert "Messages with “wheelchair*” or “轮椅” → I answer" in preview["text"]
    await desk.wait_for(desk.other, "Yes, there is a ramp.")
    assert (await desk.texts(desk.other)).count("Yes, there is a ramp.") == 1


async def test_only_the_rule_that_was_shown_is_switched_on(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/rules")
    await desk.tap(await desk.wait_for(OWNER, "tried from the top"), "➕ New rule")
    asked = await desk.wait_for(OWNER, "Which words")
    await desk.say(OWNER, "ramp", reply_to=asked["message_id"])
    choice = await desk.wait_for(OWNER, "What shall I do")
    await desk.tap(choice, "Keep silent")
    silent = await desk.wait_for(OWNER, "I keep silent")

    await desk.tap(choice, "Hand them to me")
    await desk.wait_for(OWNER, "you get them")
    tapped = await desk.tap(silent, "Switch on")

    assert tapped["text"].startswith("There is no new rule waiting.")


async def test_a_half_made_rule_outlives_a_restart(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/rules")
        await desk.tap(await desk.wait_for(OWNER, "tried from the top"), "➕ New rule")
        asked = await desk.wait_for(OWNER, "Which words")
        await desk.say(OWNER, "ramp", reply_to=asked["message_id"])
        question = await desk.wait_for(OWNER, "What shall I do")

    async with running_bot(settings):
        await desk.tap(question, "Keep silent")
        preview = await desk.wait_for(OWNER, "I keep silent")
        await desk.tap(preview, "Switch on")
        await desk.wait_for(OWNER, "is switched on")


async def test_a_changed_file_is_taken_over_and_a_bad_one_refused_once(
    desk: Desk, bot: Database, settings: Settings
) -> None:
    settings.playbook.mkdir()
    file = settings.playbook / "rules.toml"
    rule = '[[rule]]\nname = "all"\naction = "{}"\nkeywords.en = ["ramp"]\n'
    file.write_text(rule.format("silent"))
    await desk.say(OWNER, "/rules")
    await desk.wait_for(OWNER, "Your changed files are in force: 1 rule")

    file.write_text(rule.format("shout"))
    await desk.say(OWNER, "/rules")
    refused = await desk.wait_for(OWNER, "everything stays as it was")
    await desk.say(OWNER, "/rules")
    listed = await desk.wait_for(OWNER, "tried from the top", n=3)

    assert "rules.toml, line 3: rule 'all': action must be one of" in refused["text"]
    assert "I keep silent" in listed["text"]
    assert len([text for text in await desk.texts(OWNER) if "stays as it was" in text]) == 1


async def test_the_rules_come_as_files(desk: Desk, bot: Database) -> None:
    await desk.say(OWNER, "/rules export")

    await desk.wait_for(OWNER, "rules.toml: change it and send it back")
    await desk.wait_for(OWNER, "templates.toml: change it and send it back")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rules.toml", "[[rule]]\nname = 3\naction = 'silent'\n", "rules.toml, line 2: "),
        ("templates.toml", "[hours]\nen = '{{ x }}'\n", "templates.toml, line 1: [hours] "),
        ("rules.toml", "\ud800", "is not UTF-8"),
    ],
)
async def test_a_bad_file_ends_the_start_with_its_sentence(
    settings: Settings, name: str, content: str, told: str
) -> None:
    settings.playbook.mkdir()
    (settings.playbook / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    env = environment(settings, PLAYBOOK=str(settings.playbook))

    async with program("run", env=env, cwd=settings.playbook) as ran:
        status = await ran.ends()

    assert status == 2
    assert told in ran.written
    assert ran.written.count("\n") == 1
