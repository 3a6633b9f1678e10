"""Memberships as the Bot API describes them, and what each allows."""

from bot.playground.contract import Json

COMMON_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
NOT_GIVEN = (
    "can_promote_members", "can_manage_topics", "can_manage_tags", "can_send_welcome_messages",
)  # fmt: skip
PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_invite_users",
    "can_react_to_messages", "can_edit_tag", "can_change_info", "can_pin_messages",
    "can_manage_topics",
)  # fmt: skip
FOR_ADMINISTRATORS = ("can_change_info", "can_pin_messages", "can_manage_topics")


def usual_permissions() -> Json:
    """List what members of a new group may do."""
    return {name: name not in FOR_ADMINISTRATORS for name in PERMISSIONS}


def rights_in(kind: str) -> tuple[str, ...]:
    """List the administrator rights that exist in a chat of that kind."""
    return COMMON_RIGHTS + (CHANNEL_RIGHTS if kind == "channel" else GROUP_RIGHTS)


def creator(user: Json) -> Json:
    """Describe the one who owns the chat."""
    return {"status": "creator", "user": user, "is_anonymous": False}


def administrator(user: Json, kind: str, **changed: bool) -> Json:
    """Describe an administrator with the usual rights, except for those that are `changed`."""
    usual = {right: right not in NOT_GIVEN for right in rights_in(kind)}
    wanted = {right: given for right, given in changed.items() if right in usual}
    return {
        "status": "administrator",
        "user": user,
        "can_be_edited": False,
        "is_anonymous": False,
        **usual,
        **wanted,
    }


def member(user: Json) -> Json:
    """Describe a plain member."""
    return {"status": "member", "user": user}


def restricted(user: Json, permissions: Json, until: int, *, is_member: bool) -> Json:
    """Describe someone who may only do what `permissions` says."""
    return {
        "status": "restricted",
        "user": user,
        "is_member": is_member,
        "until_date": until,
        **{name: bool(permissions.get(name)) for name in PERMISSIONS},
    }


def left(user: Json) -> Json:
    """Describe someone who is not there."""
    return {"status": "left", "user": user}


def kicked(user: Json) -> Json:
    """Describe someone who may not come back."""
    return {"status": "kicked", "user": user, "until_date": 0}


def is_in(membership: Json) -> bool:
    """Say whether someone with this membership is in the chat."""
    return membership["status"] in {"creator", "administrator", "member"} or bool(
        membership.get("is_member")
    )


def may(membership: Json, right: str) -> bool:
    """Say whether this membership has an administrator's right."""
    return membership["status"] == "creator" or bool(membership.get(right))
