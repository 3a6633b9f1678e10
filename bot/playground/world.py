"""The world of the playground: people, chats, and the messages in them."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.playground import members
from bot.playground.contract import Json, contract
from bot.playground.errors import ControlError, bad_request
from bot.playground.events import Events
from bot.playground.files import Files
from bot.playground.members import usual_permissions
from bot.playground.updates import Updates

FIRST_CHANNEL_ID = -1001000000001  # its group and later channels count down from there
FIRST_CUSTOMER_ID = 200000001
LANGUAGES = ("en", "zh-hans")


class ContractViolationError(Exception):
    """The playground itself was about to send something that the Bot API does not know."""


@dataclass(slots=True)
class Person:
    """Someone with an account; `user` is a Bot API User."""

    user: Json
    started: bool = False
    blocked: bool = False

    @property
    def id(self) -> int:
        """The id of the user, which is also that of their private chat."""
        identifier: int = self.user["id"]
        return identifier


@dataclass(slots=True)
class Entry:
    """A message as it is stored, and what the Bot API does not tell with it."""

    message: Json
    author: int  # a person, the bot, or a channel
    reply_markup: Json | None = None  # as sent, reply keyboards too
    reactions: dict[int, list[Json]] = field(default_factory=dict)  # by who reacted
    forwarded_as: int | None = None  # id in the discussion group of a channel post
    thread: int | None = None  # id of the message that the thread hangs on

    @property
    def id(self) -> int:
        """The message id."""
        identifier: int = self.message["message_id"]
        return identifier


@dataclass(slots=True)
class Chat:
    """A chat and everything in it."""

    chat: Json  # a Bot API Chat
    ids: Iterator[int]
    members: dict[int, Json] = field(default_factory=dict)  # ChatMember by user id
    entries: dict[int, Entry] = field(default_factory=dict)
    linked_id: int | None = None
    pinned: list[int] = field(default_factory=list)
    description: str = ""
    permissions: Json = field(default_factory=usual_permissions)  # of plain members
    invite_links: dict[str, Json] = field(default_factory=dict)
    menu_button: Json | None = None
    business: bool = False
    protected: bool = False  # nothing in it may be forwarded

    @property
    def id(self) -> int:
        """The chat id."""
        identifier: int = self.chat["id"]
        return identifier

    @property
    def kind(self) -> str:
        """`private`, `channel` or `supergroup`."""
        kind: str = self.chat["type"]
        return kind

    def member(self, user: Json) -> Json:
        """Membership of a user, `left` for a stranger."""
        return self.members.get(user["id"]) or members.left(user)

    def n_members(self) -> int:
        """Count those who are in the chat."""
        return sum(members.is_in(member) for member in self.members.values())


class World:
    """Everything there is; methods of the Bot API and acts of people change it.

    Parameters
    ----------
    owner_id : int
        The person who owns channel, group and bot.
    token : str
        The bot's token; the number in it is the bot's id.
    clock : function
        Seconds since 1970.
    """

    def __init__(
        self, *, owner_id: int, token: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.token = token
        self.clock = clock
        self.bot: Json = {
            "id": int(token.split(":", 1)[0]),
            "is_bot": True,
            "first_name": "Soloist",
            "username": "playground_bot",
        }
        self.owner_id = owner_id
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.business_chats: dict[int, Chat] = {}
        self.business: Json | None = None  # a Bot API BusinessConnection
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.menu_button: Json = {"type": "commands"}
        self.polls: dict[str, list[tuple[Chat, int]]] = {}  # where each is shown
        self.votes: dict[str, dict[int, list[int]]] = {}
        self.queries: dict[str, asyncio.Future[Json]] = {}
        self.violations: deque[Json] = deque(maxlen=10_000)
        self.files = Files()
        self.updates = Updates(first_id=int(clock() * 1000) % 900_000_000 + 1)
        self.events = Events()
        self._private_ids = itertools.count(1)
        self._business_ids = itertools.count(1)
        self.numbers = itertools.count(int(clock() * 1000) * 1000)  # for ids of any other kind
        self._furnish()

    def _furnish(self) -> None:
        self._add_person(self.owner_id, "Owner", "en")
        self.add_channel("My channel")
        for number, language in enumerate(LANGUAGES, start=1):
            self.add_customer(f"Customer {number}", language)

    def add_channel(self, title: str, *, username: str = "", discussion: bool = True) -> Chat:
        """Let the owner make a channel, with a discussion group or not, and add the bot."""
        number = FIRST_CHANNEL_ID - sum(chat.kind != "private" for chat in self.chats.values())
        channel: Json = {"id": number, "type": "channel", "title": title}
        group: Json = {"id": number - 1, "type": "supergroup", "title": f"{title} chat"}
        if username:
            channel["username"] = username
        made = [Chat(about, itertools.count(1)) for about in (channel, group)][: 1 + discussion]
        if discussion:
            made[0].linked_id, made[1].linked_id = made[1].id, made[0].id
        for chat in made:
            self.chats[chat.id] = chat
            for person in self.people.values():
                owns = person.id == self.owner_id
                chat.members[person.id] = (
                    members.creator(person.user) if owns else members.member(person.user)
                )
            self.change_bot_rights(chat, members.administrator(self.bot, chat.kind))
        self.events.send({"type": "people", "chat": channel})
        return made[0]

    def now(self) -> int:
        """Seconds since 1970, as the Bot API writes dates."""
        return int(self.clock())

    def add_customer(
        self, first_name: str | None = None, language_code: str = "en", *, is_bot: bool = False
    ) -> Person:
        """Bring a new customer into the world, its channels and groups."""
        number = len(self.people)  # the owner is the one who is not counted
        person = self._add_person(
            FIRST_CUSTOMER_ID + number - 1,
            first_name or f"Customer {number}",
            language_code,
            is_bot=is_bot,
        )
        for chat in self.chats.values():
            if chat.kind != "private":
                self.change_member(chat, person, members.member(person.user))
        self.events.send({"type": "people", "user": person.user})
        return person

    def _add_person(
        self, identifier: int, first_name: str, language_code: str, *, is_bot: bool = False
    ) -> Person:
        user: Json = {
            "id": identifier,
            "is_bot": is_bot,
            "first_name": first_name,
            "language_code": language_code,
        }
        person = self.people[identifier] = Person(user)
        private: Json = {"id": identifier, "type": "private", "first_name": first_name}
        self.chats[identifier] = Chat(private, self._private_ids)
        self.business_chats[identifier] = Chat(private, self._business_ids, business=True)
        return person

    def change_member(
        self,
        chat: Chat,
        person: Person,
        member: Json,
        invite_link: Json | None = None,
        by: Json | None = None,
    ) -> None:
        """Give a person another membership, and tell the bot where it is an administrator."""
        changed: Json = {
            "chat": chat.chat,
            "from": by or person.user,
            "date": self.now(),
            "old_chat_member": chat.member(person.user),
            "new_chat_member": member,
        }
        if invite_link:
            changed["invite_link"] = invite_link
        chat.members[person.id] = member
        if chat.member(self.bot)["status"] == "administrator":
            self.emit("chat_member", changed)
        self.events.send(
            {
                "type": "members",
                "chat_id": chat.id,
                "user_id": person.id,
                "status": member["status"],
                "member_count": chat.n_members(),
            }
        )

    def change_bot_rights(self, chat: Chat, member: Json, by: Json | None = None) -> None:
        """Give the bot another membership and tell it."""
        old = chat.member(self.bot)
        chat.members[self.bot["id"]] = member
        self.emit(
            "my_chat_member",
            {
                "chat": chat.chat,
                "from": by or self.people[self.owner_id].user,
                "date": self.now(),
                "old_chat_member": old,
                "new_chat_member": member,
            },
        )
        self.events.send({"type": "rights", "chat_id": chat.id, "member": member})

    def violate(self, source: str, problem: str) -> None:
        """Record that something does not fit the Bot API's contract."""
        self.violations.append({"method": source, "problem": problem, "at": self.clock()})

    def require_contract(self, kind: str, value: object) -> None:
        """Check what is about to be sent to the bot.

        Raises
        ------
        ContractViolationError
            If it is not as the Bot API defines it, which is a mistake of the playground.
        """
        if problems := contract().problems(kind, value):
            self.violate("playground", "; ".join(problems))
            raise ContractViolationError("; ".join(problems))

    def emit(self, kind: str, content: Json) -> None:
        """Put an update into the bot's queue."""
        self.require_contract("Update", {"update_id": 1, kind: content})
        self.updates.add(kind, content)

    def person(self, identifier: object) -> Person:
        """Find a person for the control API."""
        person = self.people.get(identifier) if isinstance(identifier, int) else None
        if person is None:
            raise ControlError(f"There is no person {identifier}.")
        return person

    def control_chat(self, identifier: object, *, business: bool = False) -> Chat:
        """Find a chat for the control API."""
        chats = self.business_chats if business else self.chats
        chat = chats.get(identifier) if isinstance(identifier, int) else None
        if chat is None:
            raise ControlError(f"There is no chat {identifier}.")
        return chat

    def chat(self, identifier: int | str | None) -> Chat:
        """Find a chat by the `chat_id` of a request."""
        if identifier is None or identifier == "":
            raise bad_request("chat_id is empty")
        if isinstance(identifier, str):
            username = identifier.removeprefix("@").lower()
            found = (
                c for c in self.chats.values() if c.chat.get("username", "").lower() == username
            )
            chat = next(found, None) if username else None
        else:
            chat = self.chats.get(identifier)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def person_chat(self, chat: Chat) -> Person:
        """Find the person of a private chat."""
        return self.people[chat.id]

    def next_id(self) -> str:
        """Make an id for a query, poll, album or link."""
        return str(next(self.numbers))
