"""The page as a person sees it, in a real browser against a real playground."""

import random
import re
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from bot.playground import Playground

CHROMIUM = Path("/usr/bin/chromium")
OWNER, TOKEN = 7, "42:playground"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}"),
]


@dataclass(frozen=True, slots=True)
class Robot:
    """The bot's side, by hand: calls methods and reads updates."""

    http: httpx.AsyncClient

    async def call(self, method: str, **params: Any) -> Any:
        answer = await self.http.post(f"/bot{TOKEN}/{method}", json=params)
        content = answer.json()
        assert content["ok"], content
        return content["result"]

    async def say(self, chat_id: int, text: str, **params: Any) -> int:
        message = await self.call("sendMessage", chat_id=chat_id, text=text, **params)
        return int(message["message_id"])

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        kinds = ["message", "channel_post", "callback_query", "message_reaction_count"]
        found: list[dict[str, Any]] = await self.call("getUpdates", allowed_updates=kinds, **params)
        return found

    async def hear(self, kind: str) -> Any:
        """Wait for the next update of this kind, passing over all others."""
        while updates := await self.updates(timeout=5, limit=1):
            await self.updates(offset=updates[0]["update_id"] + 1, limit=1)
            if kind in updates[0]:
                return updates[0][kind]
        raise AssertionError(f"no {kind} came")


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a test needs: the page, the bot's side, and the people."""

    page: Page
    robot: Robot
    running: list[Playground]
    world: dict[str, Any]
    wrong: list[str]

    @property
    def customer(self) -> int:
        return next(int(one["id"]) for one in self.world["people"] if one["id"] != OWNER)

    @property
    def channel(self) -> int:
        return next(int(chat["id"]) for chat in self.world["chats"] if chat["type"] == "channel")

    async def act(self, path: str, **what: Any) -> Any:
        answer = await self.robot.http.post(f"/control/{path}", json=what)
        assert answer.is_success, answer.text
        return answer.json()

    def messages(self, pane: str) -> Locator:
        return self.page.get_by_test_id(f"{pane}-messages").get_by_test_id("message")

    async def start(self, person: int) -> None:
        await self.act("messages", **{"from": person, "chat": person, "text": "/start"})


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A page on a fresh playground; afterwards nothing may have gone wrong behind its back."""
    playground = Playground(owner_id=OWNER, token=TOKEN)
    await playground.start()
    running = [playground]
    context = await browser.new_context(viewport=getattr(request, "param", PHONE))
    page = await context.new_page()
    wrong: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda call: asked.add(httpx.URL(call.url).host))
    async with httpx.AsyncClient(base_url=playground.address, timeout=15) as http:
        world = (await http.get("/control/world")).json()
        await page.goto(playground.address)
        await expect(page.get_by_test_id("pane-owner")).to_be_attached()
        robot = Robot(http)
        await robot.updates()
        yield Stage(page, robot, running, world, wrong)
        await context.close()
        violations = (await http.get("/control/violations")).json()
    await running.pop().stop()
    assert (wrong, violations, asked) == ([], [], {"127.0.0.1"})


def png(width: int, height: int) -> bytes:
    """Draw a plain picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"\x30\x90\xd0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


async def test_what_a_customer_writes_reaches_the_bot_in_order(stage: Stage) -> None:
    page = stage.page
    await page.get_by_test_id("tab-customers").click()

    await page.get_by_test_id("customer-start").click()
    field = page.get_by_test_id("customer-field")
    await field.fill("one\ntwo")
    await field.press("Enter")
    await field.fill("three")
    await page.get_by_test_id("customer-send").click()

    texts = [(await stage.robot.hear("message"))["text"] for _ in range(3)]
    assert texts == ["/start", "one\ntwo", "three"]
    await expect(stage.messages("customer")).to_have_count(3)
    await expect(field).to_have_value("")


async def test_a_tap_spins_until_the_bot_answers_and_shows_what_it_says(stage: Stage) -> None:
    await stage.start(OWNER)
    rows = [
        [{"text": "Send it", "callback_data": "send"}, {"text": "Leave it", "callback_data": "x"}]
    ]
    card = await stage.robot.say(OWNER, "Waiting", reply_markup={"inline_keyboard": rows})
    button = stage.page.get_by_role("button", name="Send it")

    await button.click()
    query = await stage.robot.hear("callback_query")
    await expect(button).to_have_attribute("aria-busy", "true")
    await stage.robot.call("answerCallbackQuery", callback_query_id=query["id"], text="Sent.")
    await stage.robot.call("editMessageText", chat_id=OWNER, message_id=card, text="Done")

    assert (query["data"], query["message"]["message_id"]) == ("send", card)
    await expect(stage.page.get_by_test_id("toast")).to_contain_text("Sent.")
    await expect(stage.messages("owner").last).to_contain_text("Done")
    await expect(stage.page.get_by_test_id("edited")).to_be_visible()
    await expect(button).to_have_count(0)


async def test_an_answer_that_insists_is_an_alert(stage: Stage) -> None:
    await stage.start(OWNER)
    rows = [[{"text": "Go", "callback_data": "go"}]]
    await stage.robot.say(OWNER, "Ready?", reply_markup={"inline_keyboard": rows})

    await stage.page.get_by_role("button", name="Go").click()
    query = await stage.robot.hear("callback_query")
    await stage.robot.call(
        "answerCallbackQuery", callback_query_id=query["id"], text="Really?", show_alert=True
    )

    await expect(stage.page.get_by_test_id("alert")).to_contain_text("Really?")
    await stage.page.keyboard.press("Escape")
    await expect(stage.page.get_by_test_id("alert")).to_be_hidden()


async def test_formatting_is_rendered_and_markup_in_a_text_is_only_text(stage: Stage) -> None:
    await stage.start(OWNER)
    evil = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    await stage.act("messages", **{"from": OWNER, "chat": OWNER, "text": evil})
    text = "👋 bold both italic"
    entities = [
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "italic", "offset": 8, "length": 11},
        {"type": "text_link", "offset": 0, "length": 2, "url": "http://example.com/"},
    ]
    await stage.robot.say(OWNER, text, entities=entities)
    await stage.robot.say(
        OWNER, "<blockquote>quoted <b>b</b></blockquote>\n<pre>x = 1</pre>", parse_mode="HTML"
    )

    shown = stage.messages("owner")
    await expect(shown).to_have_count(4)
    assert await shown.nth(1).get_by_test_id("text").evaluate("e => e.firstChild.data") == evil
    assert await stage.page.evaluate("window.ran") is None
    markup = await shown.nth(2).get_by_test_id("text").inner_html()
    assert "<strong>bold <em>both</em></strong><em> italic</em>" in markup
    await expect(shown.nth(2).get_by_role("link", name="👋")).to_have_attribute(
        "href", "http://example.com/"
    )
    await expect(shown.nth(3).locator("blockquote strong")).to_have_text("b")
    await expect(shown.nth(3).locator("pre")).to_have_text("x = 1")


async def test_no_entities_can_lose_or_add_a_character(stage: Stage) -> None:
    dice = random.Random(1)  # noqa: S311
    kinds = ["bold", "italic", "code", "pre", "blockquote", "spoiler", "text_link", "url"]
    text = "ab 👋🏽 cd 中文 עברית <b>x</b> ef"
    cases = [
        [
            {"type": dice.choice(kinds), "offset": dice.randrange(-2, 40),
             "length": dice.randrange(50), "url": "javascript:alert(1)"}
            for _ in range(dice.randrange(9))
        ]
        for _ in range(400)
    ]  # fmt: skip

    shown = await stage.page.evaluate(
        """async ([text, cases]) => {
            const { formatted } = await import("/page/entities.js");
            return cases.map((entities) => {
                const box = document.createElement("div");
                box.append(...formatted(text, entities));
                return [box.textContent, box.querySelectorAll("[href^=javascript]").length];
            });
        }""",
        [text, cases],
    )

    assert shown == [[text, 0]] * len(cases)


async def test_a_photo_and_an_album_are_shown_and_enlarge(stage: Stage) -> None:
    await stage.start(OWNER)
    photo = {"photo": ("a.png", png(320, 200), "image/png")}
    form = {"chat_id": OWNER, "caption": "Chart"}
    sent = await stage.robot.http.post(f"/bot{TOKEN}/sendPhoto", data=form, files=photo)
    file_id = sent.json()["result"]["photo"][-1]["file_id"]
    album = [{"type": "photo", "media": file_id} for _ in range(3)]
    await stage.robot.call("sendMediaGroup", chat_id=OWNER, media=album)

    pictures = stage.page.get_by_test_id("photo")
    await expect(pictures).to_have_count(4)
    await expect(stage.page.get_by_test_id("album").get_by_test_id("photo")).to_have_count(3)
    assert await pictures.first.evaluate("async e => (await e.decode(), e.naturalWidth)") == 320
    await pictures.first.click()
    await expect(stage.page.get_by_test_id("lightbox")).to_be_visible()
    await stage.page.keyboard.press("Escape")
    await expect(stage.page.get_by_test_id("lightbox")).to_be_hidden()


async def test_a_post_gets_a_reaction_and_a_comment(stage: Stage) -> None:
    page = stage.page
    post = await stage.robot.say(stage.channel, "Fresh bread")
    await page.get_by_test_id("tab-channel").click()
    shown = stage.messages("channel").first

    await shown.hover()
    await shown.get_by_test_id("message-menu").click()
    await page.get_by_role("menuitemcheckbox", name="React 🔥").click()
    counted = await stage.robot.hear("message_reaction_count")
    await expect(shown.get_by_test_id("reaction")).to_have_text("🔥1")
    await shown.get_by_test_id("open-comments").click()
    await page.get_by_test_id("comments-field").fill("For me, too")
    await page.get_by_test_id("comments-field").press("Enter")
    comment = await stage.robot.hear("message")
    while comment.get("text") != "For me, too":
        comment = await stage.robot.hear("message")

    assert (counted["message_id"], counted["reactions"][0]["total_count"]) == (post, 1)
    assert comment["reply_to_message"]["forward_origin"]["message_id"] == post
    assert comment["from"]["id"] == stage.customer
    await expect(stage.messages("comments").last).to_contain_text("For me, too")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread")).to_be_hidden()
    await expect(shown.get_by_test_id("open-comments")).to_contain_text("1 comment")


async def test_joining_and_leaving_moves_the_member_count(stage: Stage) -> None:
    page = stage.page
    await page.get_by_test_id("tab-channel").click()
    count = page.get_by_test_id("member-count")
    before = int((await count.inner_text()).split()[0])

    await page.get_by_test_id("membership").click()
    await expect(count).to_have_text(f"{before - 1} subscribers")
    await page.get_by_test_id("membership").click()

    await expect(count).to_have_text(f"{before} subscribers")


async def test_a_caption_above_and_the_description_of_a_poll_come_first(stage: Stage) -> None:
    sample = {"from": OWNER, "chat": OWNER, "photo": {"sample": True}}
    file_id = (await stage.act("messages", **sample))["photo"][0]["file_id"]
    above = {"caption": "Look below", "show_caption_above_media": True}
    await stage.robot.call("sendPhoto", chat_id=OWNER, photo=file_id, **above)
    poll = {"question": "Which?", "options": [{"text": "A"}, {"text": "B"}]}
    await stage.robot.call("sendPoll", chat_id=OWNER, description="About us", **poll)

    photo, asked = stage.messages("owner").nth(1), stage.messages("owner").nth(2)

    await expect(photo.locator(".text + .picture")).to_be_visible()
    await expect(asked.locator(".text + .poll")).to_be_visible()


async def test_a_poll_is_voted_on_and_counted(stage: Stage) -> None:
    await stage.robot.call(
        "sendPoll", chat_id=stage.channel, question="Next?", options=[{"text": "A"}, {"text": "B"}]
    )
    await stage.page.get_by_test_id("tab-channel").click()

    await stage.page.get_by_test_id("poll").get_by_role("button", name="B").click()

    await expect(stage.page.get_by_test_id("poll")).to_contain_text("100%")
    await expect(stage.page.get_by_test_id("poll")).to_contain_text("your vote")


async def test_the_keyboard_alone_is_enough(stage: Stage) -> None:
    page, keys = stage.page, stage.page.keyboard
    await stage.robot.call("setMyCommands", commands=[{"command": "queue", "description": "Posts"}])

    await page.get_by_test_id("tab-owner").focus()
    await keys.press("ArrowRight")
    await keys.press("ArrowLeft")
    await keys.press("Enter")
    await page.get_by_test_id("owner-start").focus()
    await keys.press("Enter")
    await expect(page.get_by_test_id("owner-field")).to_be_visible()
    rows = [[{"text": "Yes", "callback_data": "yes"}]]
    await stage.robot.say(OWNER, "Sure?", reply_markup={"inline_keyboard": rows})
    await expect(page.get_by_role("button", name="Yes")).to_be_visible()
    await page.get_by_test_id("owner-field").focus()
    await expect(page.get_by_test_id("owner-commands")).to_be_visible()
    await keys.press("Shift+Tab")
    await keys.press("Shift+Tab")
    await keys.press("Enter")
    query = await stage.robot.hear("callback_query")
    await stage.robot.call("answerCallbackQuery", callback_query_id=query["id"])
    await page.get_by_test_id("owner-field").focus()
    await keys.type("/q")
    await expect(page.get_by_test_id("completion").last).to_be_hidden()
    await expect(page.get_by_role("option", name="/queue")).to_be_visible()
    await keys.press("Enter")

    assert query["data"] == "yes"
    assert (await stage.robot.hear("message"))["text"] == "/queue"


async def test_what_is_written_after_a_question_that_forces_a_reply_is_the_reply(
    stage: Stage,
) -> None:
    await stage.start(OWNER)
    await expect(stage.page.get_by_test_id("owner-field")).to_be_visible()
    asked = await stage.robot.say(OWNER, "When?", reply_markup={"force_reply": True})
    await expect(stage.page.get_by_test_id("owner-field")).to_be_focused()
    await stage.page.get_by_test_id("owner-field").fill("tomorrow")
    await stage.page.get_by_test_id("owner-send").click()

    await stage.robot.hear("message")
    assert (await stage.robot.hear("message"))["reply_to_message"]["message_id"] == asked


async def test_a_list_that_grows_while_it_is_read_at_its_end_stays_at_its_end(
    stage: Stage,
) -> None:
    await stage.start(OWNER)
    await stage.robot.say(OWNER, "Line\n" * 60)
    await expect(stage.messages("owner")).to_have_count(2)
    away = await stage.page.get_by_test_id("owner-messages").evaluate(
        """async list => {
          list.scrollTop = list.scrollHeight;
          await new Promise(next => setTimeout(next, 100));
          list.lastChild.style.paddingBottom = "300px";
          list.dispatchEvent(new Event("scroll"));
          return list.scrollHeight - list.scrollTop - list.clientHeight;
        }"""
    )

    assert away < 2


async def test_a_reply_keyboard_sends_its_text_until_it_is_removed(stage: Stage) -> None:
    await stage.start(OWNER)
    keys = {
        "keyboard": [[{"text": "Opening hours"}, {"text": "A human"}]],
        "input_field_placeholder": "Ask",
    }
    await stage.robot.say(OWNER, "How can I help?", reply_markup=keys)
    await expect(stage.page.get_by_test_id("owner-field")).to_have_attribute("placeholder", "Ask")

    await stage.page.get_by_role("button", name="Opening hours").click()
    await stage.robot.say(OWNER, "At nine", reply_markup={"remove_keyboard": True})

    await expect(stage.page.get_by_test_id("owner-reply-keyboard")).to_be_hidden()
    assert (await stage.robot.hear("message"))["text"] == "/start"
    assert (await stage.robot.hear("message"))["text"] == "Opening hours"


async def test_a_message_is_answered_edited_and_deleted_by_its_menu(stage: Stage) -> None:
    await stage.start(OWNER)
    asked = await stage.robot.say(OWNER, "Which colour?")
    page, field = stage.page, stage.page.get_by_test_id("owner-field")

    async def choose(action: str) -> None:
        await stage.messages("owner").last.click(button="right")
        await page.get_by_role("menuitem", name=action).click()

    await choose("Reply")
    await field.fill("Red")
    await field.press("Enter")
    await expect(stage.messages("owner").last.get_by_test_id("quote")).to_contain_text(
        "Which colour?"
    )
    await choose("Edit")
    await field.fill("Blue")
    await field.press("Enter")
    await expect(stage.messages("owner").last.get_by_test_id("text")).to_contain_text("Blue")
    await expect(stage.messages("owner").last.get_by_test_id("edited")).to_be_visible()
    await choose("Delete")

    await expect(stage.messages("owner")).to_have_count(2)
    await stage.robot.hear("message")
    assert (await stage.robot.hear("message"))["reply_to_message"]["message_id"] == asked


async def test_what_the_server_refuses_is_said_and_the_text_is_kept(stage: Stage) -> None:
    await stage.start(OWNER)
    page = stage.page
    await expect(page.get_by_test_id("owner-field")).to_be_visible()
    await stage.act("blocks", user=OWNER, blocked=True)

    await page.get_by_test_id("owner-field").evaluate("field => (field.value = 'hello')")
    await page.get_by_test_id("owner-send").evaluate(
        "button => (button.disabled = false, button.click())"
    )

    await expect(page.get_by_test_id("toast")).to_contain_text("blocked")
    await expect(page.get_by_test_id("owner-field")).to_have_value("hello")
    stage.wrong.clear()  # the browser tells of the refusal, too


async def test_faults_are_ordered_in_the_drawer(stage: Stage) -> None:
    page = stage.page

    await page.get_by_test_id("faults").click()
    await page.get_by_test_id("fault-kind").select_option("500")
    await page.get_by_test_id("fault-method").select_option("getMe")
    await page.get_by_test_id("fault-add").click()
    await expect(page.get_by_test_id("toast")).to_contain_text("getMe")
    answers = [await stage.robot.http.get(f"/bot{TOKEN}/getMe") for _ in range(2)]
    await page.keyboard.press("Escape")

    assert [answer.status_code for answer in answers] == [500, 200]
    await expect(page.get_by_test_id("faults-drawer")).to_be_hidden()


async def test_a_message_in_another_tab_is_counted_and_can_be_followed(stage: Stage) -> None:
    await stage.start(OWNER)
    page = stage.page
    await page.get_by_test_id("tab-customers").click()

    await stage.robot.say(OWNER, "Customer 1 is waiting")

    await expect(page.get_by_test_id("tab-owner")).to_have_accessible_name("Owner, 1 unread")
    await page.get_by_test_id("toast").click()
    await expect(page.get_by_test_id("pane-owner")).to_be_visible()
    await expect(page.get_by_test_id("tab-owner")).to_have_accessible_name("Owner")


async def test_the_hints_lead_through_the_first_steps(stage: Stage) -> None:
    page = stage.page

    await page.get_by_test_id("hint").filter(has_text="Start").click()
    await expect(stage.messages("owner").first).to_contain_text("/start")
    await page.get_by_test_id("hint").filter(has_text="When do you open?").click()
    await expect(page.get_by_test_id("customer-field")).to_have_value("When do you open?")
    await expect(page.get_by_test_id("customer-field")).to_be_focused()
    await page.get_by_test_id("hints-close").click()
    await page.reload()

    await expect(page.get_by_test_id("pane-owner")).to_be_visible()
    await expect(page.get_by_test_id("hints")).to_be_hidden()


@pytest.mark.parametrize("stage", [PHONE, DESK], indirect=True, ids=["phone", "desk"])
async def test_nothing_is_ever_wider_than_the_window(stage: Stage) -> None:
    await stage.start(OWNER)
    await stage.start(stage.customer)
    rows = [[{"text": "W" * 60, "callback_data": "w"}, {"text": "short", "callback_data": "s"}]]
    for chat in (OWNER, stage.customer, stage.channel):
        await stage.robot.say(chat, "W" * 4096, reply_markup={"inline_keyboard": rows})
        await stage.robot.say(chat, f"<pre>{'x' * 900}</pre>", parse_mode="HTML")

    for tab, pane in (("owner", "owner"), ("customers", "customer"), ("channel", "channel")):
        if stage.page.viewport_size == PHONE:
            await stage.page.get_by_test_id(f"tab-{tab}").click()
        await expect(stage.messages(pane).last).to_be_visible()
        too_wide = await stage.page.evaluate(
            """() => [...document.querySelectorAll("html, .pane, .messages, .bubble, .composer")]
                .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"""
        )
        assert too_wide == []


@pytest.mark.parametrize("stage", [DESK], indirect=True, ids=["desk"])
async def test_a_wide_window_shows_all_three_chats_live(stage: Stage) -> None:
    await stage.start(OWNER)
    await stage.start(stage.customer)

    await stage.robot.say(OWNER, "to the owner")
    await stage.robot.say(stage.customer, "to the customer")
    await stage.robot.say(stage.channel, "to the channel")

    for pane, text in (("owner", "owner"), ("customer", "customer"), ("channel", "channel")):
        await expect(stage.messages(pane).last).to_contain_text(f"to the {text}")
        await expect(stage.messages(pane).last).to_be_in_viewport()
    await expect(stage.page.get_by_test_id("toast")).to_have_count(0)
    assert await stage.page.title() == "Soloist playground"


@pytest.mark.parametrize("stage", [DESK], indirect=True, ids=["desk"])
async def test_a_stranger_who_is_answered_at_once_is_counted(stage: Stage) -> None:
    stranger = (await stage.act("people"))["id"]
    await stage.start(stranger)
    await stage.robot.say(stranger, "Welcome")

    tab = stage.page.get_by_test_id("customer").filter(has_text="C3")
    await expect(tab).to_have_accessible_name("Customer 3, English, 1 unread")
    await tab.click()

    await expect(stage.messages("customer").last).to_contain_text("Welcome")
    await expect(stage.page.get_by_test_id("customer-field")).to_be_visible()


async def test_a_blocked_bot_can_be_unblocked(stage: Stage) -> None:
    await stage.start(stage.customer)
    page = stage.page
    await page.get_by_test_id("tab-customers").click()

    await page.get_by_test_id("customer-menu").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await expect(page.get_by_test_id("customer-start")).to_have_text("Unblock the bot")
    await page.get_by_test_id("customer-start").click()

    await expect(page.get_by_test_id("customer-field")).to_be_visible()


async def test_a_new_customer_speaks_their_language(stage: Stage) -> None:
    page = stage.page
    await page.get_by_test_id("tab-customers").click()

    await page.get_by_test_id("new-customer").click()
    await page.get_by_role("menuitem", name="繁體中文").click()
    await page.get_by_test_id("customer-start").click()

    heard = await stage.robot.hear("message")
    assert heard["from"]["language_code"] == "zh-hant"
    await expect(
        page.get_by_role("tab", selected=True, name=re.compile("Customer 3"))
    ).to_be_visible()


async def test_a_playground_that_was_started_anew_is_followed(stage: Stage) -> None:
    page = stage.page
    await stage.start(OWNER)
    await stage.robot.say(OWNER, "before")
    await expect(stage.messages("owner")).to_have_count(2)

    old = stage.running.pop()
    await old.stop()
    await expect(page.get_by_test_id("connection")).to_be_visible()
    anew = Playground(owner_id=OWNER, token=TOKEN)
    await anew.start(port=httpx.URL(old.address).port or 0)
    stage.running.append(anew)
    await expect(page.get_by_test_id("owner-start")).to_be_visible()
    await stage.start(OWNER)
    await stage.robot.say(OWNER, "after")

    await expect(page.get_by_test_id("connection")).to_be_hidden()
    await expect(stage.messages("owner")).to_have_count(2)
    await expect(stage.messages("owner").last).to_contain_text("after")
    stage.wrong.clear()  # what the browser says of the time without a server
