"""Files, photos, albums and polls."""

import hashlib

import pytest
from telegram import (
    Bot,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputPollOption,
)
from telegram.error import BadRequest

from bot.playground.samples import picture
from tests.playground.conftest import CHANNEL, CUSTOMER, GROUP, OWNER, SECOND, Api, People

PHOTO = picture(40, 30)


async def test_a_photo_is_kept_and_can_be_sent_again_and_downloaded(bot: Bot) -> None:
    sent = await bot.send_photo(OWNER, PHOTO, caption="<i>Look</i>", parse_mode="HTML")
    again = await bot.send_photo(OWNER, sent.photo[-1].file_id)

    (size,) = sent.photo
    assert (size.width, size.height, size.file_size) == (40, 30, len(PHOTO))
    assert sent.caption_html == "<i>Look</i>"
    assert again.photo == sent.photo
    file = await bot.get_file(size.file_id)
    assert bytes(await file.download_as_bytearray()) == PHOTO


async def test_the_same_content_keeps_its_unique_id(bot: Bot) -> None:
    first, second = [await bot.send_document(OWNER, PHOTO, filename="a.png") for _ in range(2)]

    assert first.document
    assert second.document
    assert first.document.file_unique_id == second.document.file_unique_id
    assert first.document.file_id != second.document.file_id


@pytest.mark.parametrize("kind", ["video", "animation", "audio", "voice", "video_note", "document"])
async def test_every_kind_of_file_is_a_message(bot: Bot, kind: str) -> None:
    content = hashlib.sha256(kind.encode()).digest()

    sent = await getattr(bot, f"send_{kind}")(OWNER, content)

    file = await bot.get_file(sent.effective_attachment.file_id)
    assert bytes(await file.download_as_bytearray()) == content


async def test_bad_files_are_refused(bot: Bot) -> None:
    document = (await bot.send_document(OWNER, b"text")).document
    assert document

    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(OWNER, b"no picture")
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_photo(OWNER, "AgACunknown")
    with pytest.raises(BadRequest, match="Can't use file of type document as photo"):
        await bot.send_photo(OWNER, document.file_id)
    with pytest.raises(BadRequest, match="Failed to get http url content"):
        await bot.send_photo(OWNER, "https://example.com/a.png")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(OWNER, PHOTO, caption="a" * 1025)
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("unknown")


async def test_an_album_shares_one_group(bot: Bot, people: People) -> None:
    album = (InputMediaPhoto(PHOTO, caption="first"), InputMediaVideo(b"video"))

    sent = await bot.send_media_group(CHANNEL, album)

    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].caption == "first"
    assert sent[1].video
    forwarded = await people.see(f"chats/{GROUP}/messages")
    assert [row["is_automatic_forward"] for row in forwarded] == [True, True]


async def test_an_album_that_is_passed_on_stays_together(bot: Bot) -> None:
    sent = await bot.send_media_group(CHANNEL, (InputMediaPhoto(PHOTO), InputMediaPhoto(PHOTO)))
    ids = [message.id for message in sent]

    copies = await bot.copy_messages(OWNER, CHANNEL, ids, remove_caption=True)
    again = [await bot.forward_message(CUSTOMER, OWNER, copy.message_id) for copy in copies]

    assert len(copies) == 2
    assert [message.media_group_id for message in again] == [None, None]


async def test_a_bad_album_sends_nothing(bot: Bot, api: Api, people: People) -> None:
    mixed = (InputMediaPhoto(PHOTO), InputMediaDocument(b"text"))
    with pytest.raises(BadRequest, match="can't be mixed with other media types"):
        await bot.send_media_group(CHANNEL, mixed)
    broken = [InputMediaPhoto(PHOTO), InputMediaPhoto(b"no picture")]
    with pytest.raises(
        BadRequest, match='message #2 with the error message "image_process_failed"'
    ):
        await bot.send_media_group(CHANNEL, broken)
    refusal = await api.refusal("sendMediaGroup", chat_id=CHANNEL, media=[])

    assert refusal == "Bad Request: there are no messages to send"
    assert await people.see(f"chats/{CHANNEL}/messages") == []
    await people.client.delete("/control/violations")


async def test_media_and_caption_can_be_edited(bot: Bot) -> None:
    sent = await bot.send_photo(OWNER, PHOTO, caption="a")

    recaptioned = await bot.edit_message_caption(OWNER, sent.id, caption="b")
    replaced = await bot.edit_message_media(InputMediaVideo(b"video"), OWNER, sent.id)

    assert not isinstance(recaptioned, bool)
    assert not isinstance(replaced, bool)
    assert recaptioned.caption == "b"
    assert replaced.video
    assert (replaced.photo, replaced.caption) == ((), None)


async def test_a_poll_counts_votes_and_is_stopped(bot: Bot, api: Api, people: People) -> None:
    sent = await bot.send_poll(GROUP, "Which?", ["a", InputPollOption("b")], is_anonymous=False)
    vote = {"chat": GROUP, "message": sent.id}
    await people.do("votes", **{"from": CUSTOMER}, options=[0], **vote)
    await people.do("votes", **{"from": SECOND}, options=[0], **vote)
    await people.do("votes", **{"from": SECOND}, options=[1], **vote)

    stopped = await bot.stop_poll(GROUP, sent.id)

    assert [option.voter_count for option in stopped.options] == [1, 1]
    assert stopped.is_closed
    answers = await api.updates("poll_answer")
    assert [answer["option_ids"] for answer in answers] == [[0], [0], [1]]
    assert "no open poll" in await people.refused("votes", **{"from": SECOND}, options=[], **vote)
    with pytest.raises(BadRequest, match="Poll has already been closed"):
        await bot.stop_poll(GROUP, sent.id)


async def test_votes_in_a_channel_are_anonymous_and_shown_in_both_places(
    bot: Bot, api: Api, people: People
) -> None:
    sent = await bot.send_poll(CHANNEL, "Which?", ["a", "b"])

    vote = {"from": CUSTOMER, "chat": CHANNEL, "message": sent.id, "options": [1]}
    await people.do("votes", **vote)

    (told,) = await api.updates("poll", "poll_answer")
    assert told["total_voter_count"] == 1
    (copy,) = await people.see(f"chats/{GROUP}/messages")
    assert copy["poll"]["options"][1]["voter_count"] == 1


@pytest.mark.parametrize(
    ("question", "options", "more", "sentence"),
    [
        ("", ["a", "b"], {}, "poll question must be non-empty"),
        ("a", ["a"], {}, "poll must have at least 2 option"),
        ("a", [str(n) for n in range(13)], {}, "poll can't have more than 12 options"),
        ("a", ["a", "b" * 101], {}, "poll options length must not exceed 100"),
        ("a", ["a", "b"], {"type": "quiz"}, "wrong correct option ID specified"),
    ],
)
async def test_a_bad_poll_is_refused(
    api: Api, question: str, options: list[str], more: dict[str, str], sentence: str
) -> None:
    refusal = await api.refusal(
        "sendPoll", chat_id=OWNER, question=question, options=options, **more
    )

    assert refusal == f"Bad Request: {sentence}"


async def test_a_poll_shows_its_description(bot: Bot) -> None:
    sent = await bot.send_poll(OWNER, "Which?", ["a", "b"], description="*About us*")

    assert sent.poll
    assert sent.poll.description == "*About us*"
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_poll(OWNER, "Which?", ["a", "b"], description="a" * 1025)


async def test_the_answer_of_a_quiz_goes_to_whom_it_is_sent_and_not_along_with_it(
    bot: Bot, api: Api, people: People
) -> None:
    quiz = {"question": "Which?", "options": ["a", "b"], "type": "quiz", "correct_option_ids": [1]}
    written = {"from": OWNER, "chat": OWNER, "poll": quiz | {"explanation": "Because."}}

    number = (await people.do("messages", **written))["message_id"]
    passing = {"from": OWNER, "chat": OWNER, "from_chat": OWNER, "message": number}
    await people.do("forwards", **passing)
    copy = await bot.forward_message(CUSTOMER, OWNER, number)

    first, second = await api.updates("message")
    assert first["poll"]["correct_option_ids"] == [1]
    assert first["poll"]["explanation"] == "Because."
    for passed_on in (second["poll"], copy.to_dict()["poll"]):
        assert not passed_on.get("correct_option_ids")
        assert "explanation" not in passed_on


async def test_what_is_protected_cannot_be_forwarded_or_copied(bot: Bot) -> None:
    sent = await bot.send_photo(CHANNEL, PHOTO, protect_content=True)

    with pytest.raises(BadRequest, match="can't be forwarded"):
        await bot.forward_message(OWNER, CHANNEL, sent.id)
    with pytest.raises(BadRequest, match="can't be copied"):
        await bot.copy_message(OWNER, CHANNEL, sent.id)
