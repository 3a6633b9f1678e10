"""What the operator types, and the sentence or status that comes back."""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

import httpx

from bot.checks import check
from bot.database import open_database, sole_bot
from bot.settings import Settings
from bot.store import channels
from bot.store.channels import Channel
from tests.bot.real_process import Cable, environment, program
from tests.conftest import OWNER, TOKEN, Desk, running_bot


async def ended(*arguments: str, env: dict[str, str], cwd: Path) -> tuple[int, str]:
    async with program(*arguments, env=env, cwd=cwd) as ran:
        return await ran.ends(), ran.written


async def test_a_missing_setting_ends_the_start_with_its_sentence(tmp_path: Path) -> None:
    status, written = await ended("run", env={"OWNER_ID": "1000"}, cwd=tmp_path)

    assert status == 2
    assert written.startswith("TELEGRAM_BOT_TOKEN is missing: open @BotFather")
    assert written.count("\n") == 1


async def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nOWNER_ID=1000\nTIMEZONE=UTC\n")

    status, written = await ended("run", env={"TIMEZONE": "Nowhere"}, cwd=tmp_path)

    assert (status, written.startswith("TIMEZONE must be")) == (2, True)


async def test_a_file_that_is_no_database_ends_the_start_with_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    settings.database.write_text("Dear diary, today I opened a shop. " * 100)

    status, written = await ended("run", env=environment(settings), cwd=tmp_path)

    assert status == 2
    assert written.startswith(f"{settings.database} is not a Soloist database")
    assert written.count("\n") == 1


async def test_a_second_bot_on_the_same_file_ends_with_a_sentence(
    settings: Settings, tmp_path: Path
) -> None:
    with sole_bot(settings.database):
        status, written = await ended("run", env=environment(settings), cwd=tmp_path)

    assert status == 2
    assert "is in use by another Soloist" in written


async def test_a_wrong_token_is_told_and_never_repeated(settings: Settings, tmp_path: Path) -> None:
    wrong = "4242:BBBB-not-the-token-for-tests"
    env = environment(settings, TELEGRAM_BOT_TOKEN=wrong, PYTHONDEVMODE="1", PYTHONASYNCIODEBUG="1")

    status, written = await ended("run", env=env, cwd=tmp_path)

    assert status == 2
    assert "Telegram does not know this TELEGRAM_BOT_TOKEN" in written
    assert "BBBB" not in written


async def test_the_program_waits_for_telegram_and_takes_up_its_work(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    """Also: without arguments, a token in .env means the real bot."""
    cable = Cable(settings.telegram_api_url)
    env = environment(settings, TELEGRAM_API_URL=cable.address)
    async with program(env=env, cwd=tmp_path) as bot:
        await bot.says("Telegram cannot be reached")
        await cable.plug_in()
        await bot.says("Soloist is running")
        await desk.say(desk.customer, "When do you open?")
        await desk.wait_for(desk.customer, "9:00–18:00")
        await bot.stop(signal.SIGTERM)
    await cable.pull()

    assert TOKEN not in bot.written
    assert "Traceback" not in bot.written


async def test_without_a_token_the_playground_opens_with_the_bot_in_it(tmp_path: Path) -> None:
    async with program("playground", "--port", "0", env={}, cwd=tmp_path) as running:
        await running.says("The playground is open")
        address = running.written.split("The playground is open: ")[1].split()[0]
        async with httpx.AsyncClient(base_url=address) as client:
            world = (await client.get("/control/world")).json()
            desk = Desk(client, world)
            await desk.say(desk.customer, "When do you open?")
            await desk.wait_for(desk.customer, "9:00–18:00")
        await running.stop(signal.SIGINT)

    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_the_playground_stays_on_this_machine(tmp_path: Path) -> None:
    status, written = await ended("playground", "--host", "0.0.0.0", env={}, cwd=tmp_path)  # noqa: S104

    assert (status, written.count("\n")) == (2, 1)
    assert "only listens on 127.0.0.1" in written


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        status, written = await ended("playground", "--port", port, env={}, cwd=tmp_path)

    assert (status, written.count("\n")) == (2, 1)
    assert f"Port {port} cannot be used" in written


async def test_without_arguments_and_token_the_playground_is_meant(tmp_path: Path) -> None:
    with ExitStack() as held:
        with suppress(OSError):  # taken by somebody else is as good
            held.enter_context(socket.create_server(("127.0.0.1", 8081)))

        status, written = await ended(env={}, cwd=tmp_path)

    assert (status, written.count("\n")) == (2, 1)
    assert "Port 8081 cannot be used" in written


async def findings(settings: Settings) -> tuple[list[str], list[str]]:
    """What a check finds good, and what bad."""
    found = [finding async for finding in check(settings)]
    return (
        [finding.sentence for finding in found if finding.good],
        [finding.sentence for finding in found if not finding.good],
    )


async def test_a_check_that_finds_nothing_ends_with_status_zero(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    await desk.say(OWNER, "/start")
    env = environment(settings, CHANNEL_ID=str(desk.channel))

    status, written = await ended("check", env=env, cwd=tmp_path)

    assert status == 0
    assert [line[:3] for line in written.splitlines()] == ["ok "] * 8
    assert "Channel “My channel” can be posted to." in written


async def test_a_check_that_finds_something_ends_with_status_one(
    settings: Settings, tmp_path: Path
) -> None:
    status, written = await ended("check", env=environment(settings), cwd=tmp_path)

    assert status == 1
    assert "BAD I cannot write to the owner (1000)" in written
    assert "press Start" in written
    assert TOKEN not in written


async def test_a_check_names_the_rights_that_the_bot_lacks(desk: Desk, settings: Settings) -> None:
    await desk.say(OWNER, "/start")
    await desk.do("rights", chat=desk.channel, status="administrator", can_post_messages=False)

    _, bad = await findings(replace(settings, channel_id=desk.channel))

    assert bad == ["In channel “My channel” the bot lacks: can_post_messages."]


async def test_a_check_looks_at_the_channels_that_the_bot_knows(
    desk: Desk, settings: Settings
) -> None:
    await desk.say(OWNER, "/start")
    with closing(open_database(settings.database)) as db:
        channels.connect(db, Channel(-100987, "Gone", None, None, ()))

    _, bad = await findings(settings)

    assert bad == ["Channel -100987: Chat not found."]


async def test_a_check_works_beside_the_running_bot(desk: Desk, settings: Settings) -> None:
    async with running_bot(settings):
        await desk.say(OWNER, "/start")
        await desk.wait_for(OWNER, "My channel is connected")

        good, bad = await findings(settings)

    assert bad == []
    assert "Channel “My channel” can be posted to." in good


async def test_a_check_with_a_wrong_token_says_so(settings: Settings) -> None:
    wrong = "4242:BBBB-not-the-token-for-tests"

    _, bad = await findings(replace(settings, telegram_bot_token=wrong))

    assert bad == ["Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again from @BotFather."]


async def test_a_check_without_a_way_to_telegram_says_so(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"

    _, bad = await findings(replace(settings, telegram_api_url=address))

    assert len(bad) == 1
    assert bad[0].startswith(f"{address} cannot be reached")


async def test_a_check_with_a_wrong_model_says_so(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    await desk.say(OWNER, "/start")
    model = tmp_path / "model"
    model.mkdir()

    _, bad = await findings(replace(settings, sentiment_model=str(model)))

    assert len(bad) == 1
    assert bad[0].startswith(f"SENTIMENT_MODEL is wrong: {model} cannot be loaded")
    assert "\n" not in bad[0]
