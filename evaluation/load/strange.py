"""Updates as nobody sends them: ten kinds that the library can't parse, and random ones of every kind that it can."""

# ruff: noqa: S311 - chance here has no secret to keep
from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from typing import Any

from evaluation.load.server import Json, chat_object

MARK = "MARKcedilla7319"
"""Stands in every text and name here, so that it can be searched for where it must not be."""

Make = Callable[[Json], Json]


def _message(base: Json, **changes: Any) -> Json:
    return {"message": {**base, **changes}}


def _without(base: Json, name: str) -> Json:
    return {"message": {key: value for key, value in base.items() if key != name}}


POISONS: Mapping[str, Make] = {
    "field missing": lambda base: _without(base, "message_id"),
    "wrong type": lambda base: _message(base, date="yesterday"),
    "date 10^18": lambda base: _message(base, date=10**18),
    "message is null": lambda base: {"message": None, "callback_query": {"id": "1", "data": base["text"]}},
    "unknown member": lambda base: {
        "chat_member": {
            "chat": base["chat"],
            "from": base["from"],
            "date": base["date"],
            "old_chat_member": {"status": MARK},
            "new_chat_member": {"status": ["member"], "user": {}},
        }
    },
    "nested wrong": lambda base: _message(base, reply_to_message={**base, "from": {"first_name": MARK}}),
    "huge number": lambda base: _message(base, date=10**400),
    "list instead of object": lambda base: {"message": [base]},
    "text instead of object": lambda base: _message(base, chat=f"{MARK} chat"),
    "entities of nothing": lambda base: _message(base, entities=[{"type": "bold"}, MARK]),
}
"""Ten ways to break the schema, each from a good message."""


def good(chat: int, number: int, text: str) -> Json:
    """A message to be broken, or to be asked as it is."""
    return {
        "message_id": number,
        "date": 1_790_000_000,
        "chat": chat_object(chat) | ({"first_name": MARK} if chat > 0 else {"title": MARK}),
        "from": {"id": abs(chat), "is_bot": False, "first_name": MARK, "username": f"user_{MARK}"},
        "text": text,
    }


_ZALGO = "h̷̛̺e̴̢͘ǎ̸̠d̵̳̕a̸͎͠c̵̤̆h̴͈̓e̷̟͝"
_TEXTS = (
    "how often is it repeated?",
    "does it hurt",
    "/start",
    "/help",
    "/ask does it hurt",
    "/ask@measured_bot how much",
    "/settings",
    "/topics",
    "/sources",
    "/unknown_thing",
    "/start <b>'; DROP TABLE",
    "@measured_bot does it hurt?",
    "thanks",
    "stop",
    "I feel a bit odd since the jab",
    _ZALGO,
    "\u202eהאם זה כואב\u202c",
    "هل يؤلم البوتوكس؟",
    "nul\x00inside",
    "</b><script>&amp;{0} %s %(x)s",
    "😀" * 300,
    "👩‍👩‍👧‍👦",
    "",
    " ",
    "\n\n\n",
    "\u200b\u200d\ufeff",
    "?" * 200,
    "W" * 4096,
    "ﷺ" * 500,
    "does it hurt? " * 290,
    "ｄｏｅｓ ｉｔ ｈｕｒｔ",
    "0",
    "1e309",
    "http://example.org/?q=botox#x",
)
_CONTENTS: tuple[Json, ...] = (
    {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                 "is_animated": False, "is_video": False}},
    {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}], "caption": f"does it hurt {MARK}"},
    {"location": {"latitude": 90.0, "longitude": -180.0}},
    {"contact": {"phone_number": "1", "first_name": MARK}},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"poll": {"id": "1", "question": MARK, "options": [], "total_voter_count": 0, "is_closed": False,
              "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
              "allows_revoting": False, "members_only": False}},
    {"new_chat_title": MARK},
    {"delete_chat_photo": True},
    {"group_chat_created": True},
    {"migrate_to_chat_id": -1009999999},
    {"migrate_from_chat_id": -999999},
    {"new_chat_members": [{"id": 9, "is_bot": False, "first_name": MARK}]},
    {"left_chat_member": {"id": 9, "is_bot": False, "first_name": MARK}},
    {"forum_topic_created": {"name": MARK, "icon_color": 1}, "message_thread_id": 7, "is_topic_message": True},
    {"forum_topic_closed": {}, "message_thread_id": 7, "is_topic_message": True},
    {"video_chat_started": {}},
    {"web_app_data": {"data": MARK, "button_text": MARK}},
    {"users_shared": {"request_id": 1, "users": []}},
    {"successful_payment": {"currency": "XTR", "total_amount": 1, "invoice_payload": MARK,
                            "telegram_payment_charge_id": "1", "provider_payment_charge_id": "1"}},
)  # fmt: skip
_STATUSES = ("member", "left", "administrator", "kicked", "restricted", "creator")
_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "is_member", "can_send_messages", "can_send_audios",
    "can_send_documents", "can_send_photos", "can_send_videos", "can_send_video_notes", "can_send_voice_notes",
    "can_send_polls", "can_send_other_messages", "can_add_web_page_previews", "can_pin_messages", "can_manage_topics",
    "can_edit_tag", "can_react_to_messages",
)  # fmt: skip


class Stranger:
    """Makes random updates, the same ones for the same seed. Each is odd but as the Bot API describes it."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 1

    def update(self) -> Json:
        """An update without its id."""
        makers = tuple(getattr(self, name) for name in _MAKERS)
        update: Json = self._chance.choice(makers)()
        if self._chance.random() < 0.1:
            update |= {"field_of_tomorrow": {"deep": [{"deeper": MARK}]}}
        return update

    def _text(self) -> str:
        text = self._chance.choice(_TEXTS)
        if self._chance.random() < 0.2:
            text += "".join(self._chance.choices(string.printable + "äß漢字🙂\u0301\u202e", k=40))
        return f"{text} {MARK}"[:4096] if self._chance.random() < 0.5 else text[:4096]

    def _person(self) -> Json:
        number = self._chance.choice((1, 7, 777000, 1087968824, 136817688, 2**52 - 1, self._chance.randrange(2, 10**9)))
        person: Json = {"id": number, "is_bot": self._chance.random() < 0.1, "first_name": f"{MARK}{_ZALGO}"}
        if self._chance.random() < 0.5:
            person |= {"username": f"user_{MARK}", "language_code": self._chance.choice(("en", "de", "xx-YY", ""))}
        return person

    def _chat(self) -> Json:
        kind = self._chance.choice(("private", "private", "group", "supergroup", "supergroup", "channel"))
        if kind == "private":
            return {"id": self._chance.randrange(10**6, 10**9), "type": kind, "first_name": MARK}
        number = -self._chance.randrange(1, 200) - (10**12 if kind != "group" else 0)
        chat: Json = {"id": number, "type": kind, "title": f"<b>{MARK}</b>"}
        if kind == "supergroup" and self._chance.random() < 0.3:
            chat["is_forum"] = True
        return chat

    def _message(self, depth: int = 0) -> Json:
        self._number += 1
        chat = self._chat()
        message: Json = {"message_id": self._number, "date": self._chance.choice((0, 1_790_000_000)), "chat": chat}
        if chat["type"] != "channel":
            message["from"] = self._person()
        if self._chance.random() < 0.15:
            message["sender_chat"] = chat if self._chance.random() < 0.5 else {**self._chat(), "title": MARK}
        if self._chance.random() < 0.2 and depth < 2:
            message["reply_to_message"] = self._message(depth + 1)
        if self._chance.random() < 0.1:
            message |= {"message_thread_id": 7, "is_topic_message": True}
        if self._chance.random() < 0.25:
            return message | self._chance.choice(_CONTENTS)
        text = self._text()
        message["text"] = text
        if text.startswith("/"):
            command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            message["entities"] = [command]
        elif text and self._chance.random() < 0.3:
            # In UTF-16 units, as Telegram counts; at its borders, which never cut a character in two.
            whole = len(text.encode("utf-16-le")) // 2
            message["entities"] = [{"type": self._chance.choice(("bold", "mention", "url", "of_tomorrow")),
                                    "offset": 0, "length": whole}]  # fmt: skip
        return message

    def _member(self, person: Json) -> Json:
        status = self._chance.choice(_STATUSES)
        member: Json = {"user": person, "status": status, **dict.fromkeys(_RIGHTS, self._chance.random() < 0.5)}
        if status in {"kicked", "restricted"}:
            member["until_date"] = 0
        return member

    def _change(self) -> Json:
        person = self._person()
        return {"chat": self._chat(), "from": self._person(), "date": 1_790_000_000,
                "old_chat_member": self._member(person), "new_chat_member": self._member(person)}  # fmt: skip

    def new_message(self) -> Json:
        return {"message": self._message()}

    def edited_message(self) -> Json:
        return {"edited_message": self._message() | {"edit_date": 1_790_000_001}}

    def post(self) -> Json:
        kind = self._chance.choice(("channel_post", "edited_channel_post"))
        return {kind: self._message() | {"edit_date": 1_790_000_001}}

    def business(self) -> Json:
        connection: Json = {"id": "b", "user": self._person(), "user_chat_id": 5, "date": 1_790_000_000}
        return self._chance.choice((
            {"business_connection": connection | {"is_enabled": True, "rights": {}}},
            {"business_message": self._message() | {"business_connection_id": "b"}},
            {"edited_business_message": self._message() | {"business_connection_id": "b"}},
            {"deleted_business_messages": {"business_connection_id": "b", "chat": self._chat(), "message_ids": [1]}},
        ))  # fmt: skip

    def guest(self) -> Json:
        return {"guest_message": self._message() | {"guest_query_id": "1", "guest_bot_caller_user": self._person()}}

    def reaction(self) -> Json:
        base: Json = {"chat": self._chat(), "message_id": 3, "date": 1_790_000_000}
        if self._chance.random() < 0.5:
            return {"message_reaction_count": base | {"reactions": []}}
        emoji = [{"type": "emoji", "emoji": "👍"}]
        return {"message_reaction": base | {"user": self._person(), "old_reaction": [], "new_reaction": emoji}}

    def inline(self) -> Json:
        query: Json = {"id": str(self._number), "from": self._person(), "query": self._text()[:256], "offset": ""}
        if self._chance.random() < 0.2:
            return {"chosen_inline_result": {"result_id": "x", "from": self._person(), "query": self._text()[:256]}}
        return {"inline_query": query}

    def press(self) -> Json:
        """Callback data is made by the client, and can be forged."""
        self._number += 1
        data = self._chance.choice(
            ("", "x", "v:how-often:1", "topics", "e:how-often", "s:1:2:3", MARK, "::::", "é" * 32)
        )
        if self._chance.random() < 0.4:
            data = "".join(self._chance.choices(string.printable, k=64))
        query: Json = {"id": str(self._number), "from": self._person(), "chat_instance": "1", "data": data}
        match self._chance.randrange(3):
            case 0:
                query["inline_message_id"] = "abc"
            case 1:
                query["message"] = {"chat": self._chat(), "message_id": 4, "date": 0}
            case _:
                query["message"] = self._message()
        return {"callback_query": query}

    def payment(self) -> Json:
        address = dict.fromkeys(("country_code", "state", "city", "street_line1", "street_line2", "post_code"), MARK)
        return self._chance.choice((
            {"shipping_query": {"id": "1", "from": self._person(), "invoice_payload": MARK,
                                "shipping_address": address}},
            {"pre_checkout_query": {"id": "1", "from": self._person(), "currency": "XTR", "total_amount": 1,
                                    "invoice_payload": MARK}},
            {"purchased_paid_media": {"from": self._person(), "paid_media_payload": MARK}},
        ))  # fmt: skip

    def poll(self) -> Json:
        if self._chance.random() < 0.5:
            return {"poll": _CONTENTS[6]["poll"]}
        answer = {"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["a"], "user": self._person()}
        return {"poll_answer": answer}

    def membership(self) -> Json:
        return {self._chance.choice(("my_chat_member", "chat_member")): self._change()}

    def join_request(self) -> Json:
        return {"chat_join_request": {"chat": self._chat(), "from": self._person(), "user_chat_id": 5,
                                      "date": 1_790_000_000, "bio": MARK}}  # fmt: skip

    def boost(self) -> Json:
        source = {"source": "premium", "user": self._person()}
        if self._chance.random() < 0.5:
            return {"removed_chat_boost": {"chat": self._chat(), "boost_id": "1", "remove_date": 0, "source": source}}
        boost = {"boost_id": "1", "add_date": 0, "expiration_date": 0, "source": source}
        return {"chat_boost": {"chat": self._chat(), "boost": boost}}

    def managed_bot(self) -> Json:
        return {"managed_bot": {"user": self._person(), "bot": self._person() | {"is_bot": True}}}

    def of_tomorrow(self) -> Json:
        return {"kind_of_tomorrow": {"text": MARK, "chat": self._chat()}}


_MAKERS = (
    "new_message", "new_message", "new_message", "new_message", "edited_message", "post", "business", "guest",
    "reaction", "inline", "press", "press", "payment", "poll", "membership", "join_request", "boost", "managed_bot",
    "of_tomorrow",
)  # fmt: skip
"""Methods of `Stranger`, as often as they stand here."""
