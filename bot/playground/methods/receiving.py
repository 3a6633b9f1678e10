"""Long polling, webhooks, and who the bot is."""

import re
from urllib.parse import urlsplit

from bot.playground.arguments import Arguments
from bot.playground.contract import Json
from bot.playground.errors import bad_request
from bot.playground.updates import Webhook
from bot.playground.world import World

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAX_TIMEOUT = 50  # seconds; Telegram cuts longer ones to this, too


def get_me(world: World, _arguments: Arguments) -> Json:
    """`getMe`."""
    able = ("can_join_groups", "can_read_all_group_messages", "can_connect_to_business")
    unable = (
        "supports_inline_queries", "supports_guest_queries", "has_main_web_app",
        "has_topics_enabled", "allows_users_to_create_topics", "can_manage_bots",
    )  # fmt: skip
    return world.bot | dict.fromkeys(able, True) | dict.fromkeys(unable, False)


async def get_updates(world: World, arguments: Arguments) -> list[Json]:
    """`getUpdates`."""
    limit = arguments.get("limit") or 100
    timeout_s = min(max(arguments.get("timeout") or 0, 0), MAX_TIMEOUT)
    return await world.updates.poll(
        arguments.get("offset") or 0,
        min(max(limit, 1), 100),
        timeout_s,
        arguments.get("allowed_updates"),
    )


def set_webhook(world: World, arguments: Arguments) -> bool:
    """`setWebhook`; only addresses on this machine are taken."""
    url = arguments.get("url") or ""
    if not url:
        return delete_webhook(world, arguments)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: the playground reaches only addresses on this machine")
    secret = arguments.get("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    updates = world.updates
    updates.allow(arguments.get("allowed_updates"))
    if arguments.get("drop_pending_updates"):
        updates.pending.clear()
    updates.webhook = Webhook(url, secret, arguments.get("max_connections") or 40)
    updates.wake()
    return True


def delete_webhook(world: World, arguments: Arguments) -> bool:
    """`deleteWebhook`."""
    if arguments.get("drop_pending_updates"):
        world.updates.pending.clear()
    world.updates.webhook = None
    world.updates.wake()
    return True


def get_webhook_info(world: World, _arguments: Arguments) -> Json:
    """`getWebhookInfo`."""
    updates = world.updates
    webhook = updates.webhook
    described: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if updates.allowed:
        described["allowed_updates"] = updates.allowed
    if webhook:
        described |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
        if webhook.last_error:
            at, message = webhook.last_error
            described |= {"last_error_date": at, "last_error_message": message}
    return described


def do_nothing(_world: World, _arguments: Arguments) -> bool:
    """`close` and `logOut`, which mean something only on Telegram's own servers."""
    return True
