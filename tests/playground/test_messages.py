"""Sending, editing, deleting, forwarding and copying, by the real library."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageOriginChannel,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from tests.playground.conftest import CHANNEL, CUSTOMER, GROUP, OWNER, SECOND, Api, People

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def test_a_message_is_sent_with_all_that_belongs_to_it(bot: Bot, people: People) -> None:
    sent = await bot.send_message(
        OWNER,
        "<b>Hello</b> https://example.com",
        parse_mode=ParseMode.HTML,
        reply_markup=BUTTON,
        reply_parameters=ReplyParameters(1),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        protect_content=True,
    )

    assert sent.text_html == "<b>Hello</b> https://example.com"
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "/start"
    assert sent.reply_markup == BUTTON
    assert sent.has_protected_content
    assert sent.link_preview_options == LinkPreviewOptions(is_disabled=True)
    (_, stored) = await people.see(f"chats/{OWNER}/messages")
    assert stored["text"] == "Hello https://example.com"


async def test_private_chats_share_one_counter_and_groups_have_their_own(bot: Bot) -> None:
    ids = [(await bot.send_message(chat, "a")).id for chat in (OWNER, CUSTOMER, GROUP, CHANNEL)]

    assert ids == [3, 4, 1, 1]


async def test_a_reply_keyboard_is_seen_by_people_only(bot: Bot, people: People) -> None:
    sent = await bot.send_message(OWNER, "a", reply_markup=ReplyKeyboardMarkup([["b"]]))

    assert sent.reply_markup is None
    stored = (await people.see(f"chats/{OWNER}/messages"))[-1]
    assert stored["reply_markup"]["keyboard"] == [[{"text": "b"}]]


@pytest.mark.parametrize(
    ("text", "parse_mode", "sentence"),
    [
        ("", None, "Message text is empty"),
        (" \n\0", None, "Message text is empty"),
        ("<b> </b>", "HTML", "Message text is empty"),
        ("😀" * 2049, None, "Message is too long"),
        ("<x>", "HTML", 'Can\'t parse entities: unsupported start tag "x" at byte offset 0'),
        ("a", "BBCode", "Unsupported parse_mode"),
    ],
)
async def test_a_bad_text_is_refused(
    bot: Bot, text: str, parse_mode: str | None, sentence: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(OWNER, text, parse_mode=parse_mode)

    assert str(refused.value).lower() == sentence.lower()


async def test_length_counts_after_parsing(bot: Bot) -> None:
    sent = await bot.send_message(OWNER, f"<b>{'a' * 4096}</b>", parse_mode=ParseMode.HTML)

    assert sent.text == "a" * 4096


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        ({"text": "a", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "can't parse inline keyboard button: Text buttons are unallowed"),
        ({"callback_data": "a"}, "can't parse inline keyboard button"),
        ({"text": "a", "url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid"),
    ],
)
async def test_a_bad_button_is_refused(api: Api, button: dict[str, str], sentence: str) -> None:
    keyboard = {"inline_keyboard": [[button]]}

    refusal = await api.refusal("sendMessage", chat_id=OWNER, text="a", reply_markup=keyboard)

    assert refusal.startswith(f"Bad Request: {sentence}")


async def test_a_bot_may_not_write_first_nor_to_those_who_block_it(
    bot: Bot, people: People
) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(SECOND, "a")
    await people.do("blocks", user=CUSTOMER, blocked=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(CUSTOMER, "a")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(4711, "a")


@pytest.mark.parametrize(
    ("rights", "sentence"),
    [
        ({"status": "left"}, "Forbidden: bot is not a member of the channel chat"),
        ({"status": "kicked"}, "Forbidden: bot was kicked from the channel chat"),
        ({"status": "member"}, "Bad Request: need administrator rights in the channel chat"),
        (
            {"status": "administrator", "can_post_messages": False},
            "Bad Request: need administrator rights in the channel chat",
        ),
    ],
)
async def test_without_rights_nothing_is_posted(
    api: Api, people: People, rights: dict[str, object], sentence: str
) -> None:
    await people.do("rights", chat=CHANNEL, **rights)

    assert await api.refusal("sendMessage", chat_id=CHANNEL, text="a") == sentence
    (told,) = await api.updates("my_chat_member")
    assert told["new_chat_member"]["status"] == rights["status"]


async def test_editing_changes_text_and_keyboard(bot: Bot) -> None:
    sent = await bot.send_message(OWNER, "a", reply_markup=BUTTON)

    edited = await bot.edit_message_text("b", OWNER, sent.id)

    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("b", None)
    assert edited.edit_date
    again = await bot.edit_message_reply_markup(OWNER, sent.id, reply_markup=BUTTON)
    assert not isinstance(again, bool)
    assert (again.text, again.reply_markup) == ("b", BUTTON)


async def test_what_cannot_be_edited_is_refused(bot: Bot, people: People) -> None:
    sent = await bot.send_message(OWNER, "a", reply_markup=BUTTON)

    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await bot.edit_message_text("a", OWNER, sent.id, reply_markup=BUTTON)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("b", OWNER, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("b", OWNER, 1)
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(OWNER, sent.id, caption="b")


async def test_deleting(bot: Bot, people: People) -> None:
    sent = await bot.send_message(OWNER, "a")

    assert await bot.delete_message(OWNER, sent.id)
    assert await bot.delete_messages(OWNER, [1, sent.id])

    assert await people.see(f"chats/{OWNER}/messages") == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(OWNER, sent.id)


async def test_in_a_group_deleting_takes_a_right(bot: Bot, people: People) -> None:
    written = await people.write("a", chat=GROUP)
    await people.do("rights", chat=GROUP, status="administrator", can_delete_messages=False)

    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(GROUP, written["message_id"])


async def test_a_post_is_forwarded_with_its_origin(bot: Bot) -> None:
    post = await bot.send_message(CHANNEL, "post")

    forwarded = await bot.forward_message(OWNER, CHANNEL, post.id)

    assert isinstance(forwarded.forward_origin, MessageOriginChannel)
    assert (forwarded.forward_origin.chat.id, forwarded.forward_origin.message_id) == (CHANNEL, 1)
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(OWNER, CHANNEL, post.id + 1)


async def test_a_copy_has_no_origin_and_may_have_its_own_keyboard(bot: Bot) -> None:
    copy = await bot.copy_message(CUSTOMER, OWNER, 1, reply_markup=BUTTON)
    forwarded = await bot.forward_message(OWNER, CUSTOMER, copy.message_id)

    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert forwarded.forward_origin.sender_user.id == bot.id
    assert forwarded.text == "/start"
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(CUSTOMER, OWNER, 99)


async def test_protected_and_service_messages_are_not_passed_on(bot: Bot, people: People) -> None:
    secret = await bot.send_message(CHANNEL, "a", protect_content=True)
    await people.do("protection", chat=CHANNEL, protected=True)
    later = await bot.send_message(CHANNEL, "b")
    await people.do("members", user=CUSTOMER, chat=GROUP, action="leave")
    left = (await people.see(f"chats/{GROUP}/messages"))[-1]

    for chat, number in ((CHANNEL, secret.id), (CHANNEL, later.id), (GROUP, left["message_id"])):
        with pytest.raises(BadRequest, match="The message can't be forwarded"):
            await bot.forward_message(OWNER, chat, number)
        with pytest.raises(BadRequest, match="The message can't be copied"):
            await bot.copy_message(OWNER, chat, number)


async def test_replying_to_nothing_is_refused_unless_it_is_allowed(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(OWNER, "a", reply_parameters=ReplyParameters(99))
    tolerant = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(OWNER, "a", reply_parameters=tolerant)).reply_to_message is None


async def test_mentions_by_id_name_the_person_and_strangers_are_dropped(bot: Bot) -> None:
    text = f'<a href="tg://user?id={CUSTOMER}">You</a> <a href="tg://user?id=4711">they</a>'

    sent = await bot.send_message(OWNER, text, parse_mode=ParseMode.HTML)

    (mention,) = sent.entities
    assert mention.user
    assert mention.user.first_name == "Customer 1"


async def test_locations_contacts_and_dice_are_messages(bot: Bot) -> None:
    place = await bot.send_location(OWNER, 52.5, 13.4)
    venue = await bot.send_venue(OWNER, 52.5, 13.4, "Shop", "Street 1")
    contact = await bot.send_contact(OWNER, "+1", "Owner")
    dice = await bot.send_dice(OWNER)

    assert place.location
    assert venue.venue
    assert contact.contact
    assert dice.dice
    assert (place.location.latitude, venue.venue.title, contact.contact.first_name) == (
        52.5,
        "Shop",
        "Owner",
    )
    assert 1 <= dice.dice.value <= 6
