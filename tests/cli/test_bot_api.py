"""The in-process Bot API: what a bot may call, and what it is refused, as Telegram would."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    ChatMemberAdministrator,
    ChatMemberMember,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputMediaPhoto,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, EndPointNotFound, TelegramError

from cli.bot_api.text import ApiError, FormattedText, find_entities, parse_html
from cli.bot_api.transport import InProcessBotApi
from cli.bot_api.world import ANN, BEN, YOU, Change, InlineAnswer, Message, Notice, Role, World

Json = dict[str, Any]


class Seen:
    """A world, and all that was told of it."""

    def __init__(self) -> None:
        self.changes: list[tuple[Message, Change]] = []
        self.heard: list[Notice | InlineAnswer] = []
        self.world = World(lambda *told: self.changes.append(told), self.heard.append, group="Sample")
        self.api = InProcessBotApi(self.world)
        self.bot = Bot("1:x", request=self.api, get_updates_request=self.api)
        self.you = self.world.private.id
        self.group = self.world.group.id

    @property
    def latest(self) -> Message:
        return self.changes[-1][0]


@pytest.fixture
async def seen() -> Seen:
    made = Seen()
    await made.bot.initialize()
    return made


def blank_png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain &lt;b&gt; &amp; all", "plain <b> & all", []),
        ("🚨 <b>now</b>", "🚨 now", [("bold", 3, 3)]),
        ("<b>a <i>b</i></b>", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        ("\n <u>a</u> \n", "a", [("underline", 0, 1)]),
        ("<blockquote expandable>a\nb</blockquote>\nc", "a\nb\nc", [("expandable_blockquote", 0, 3)]),
        ("<b> </b>", "", []),
    ],
)
def test_html_becomes_text_with_entities(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    read = parse_html(html)
    assert read.text == text
    assert [(each["type"], each["offset"], each["length"]) for each in read.entities] == entities


@pytest.mark.parametrize("html", ["<p>a</p>", "<b>a", "a</b>", "<b><i>a</b></i>", "1 < 2", '<img src="x">'])
def test_html_that_telegram_refuses(html: str) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        parse_html(html)


def test_commands_names_and_addresses_are_found() -> None:
    found = find_entities("🚨 /ask@this_bot see https://example.org/a. and @ann, not a/b")
    assert [each["type"] for each in found.entities] == ["bot_command", "url", "mention"]
    assert found.entities[0]["offset"] == 3
    assert find_entities("half/half") == FormattedText("half/half")


async def test_sent_edited_and_refused_where_nothing_changes(seen: Seen) -> None:
    sent = await seen.bot.send_message(seen.you, "<b>a</b>", parse_mode=ParseMode.HTML, reply_markup=KEYS)
    assert (sent.text, sent.reply_markup) == ("a", KEYS)
    await seen.bot.edit_message_text("b", seen.you, sent.message_id, reply_markup=KEYS)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await seen.bot.edit_message_text("b", seen.you, sent.message_id, reply_markup=KEYS)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await seen.bot.edit_message_reply_markup(seen.you, sent.message_id, reply_markup=KEYS)
    await seen.bot.edit_message_reply_markup(seen.you, sent.message_id)
    assert seen.changes[-1] == (seen.latest, Change.BUTTONS)
    assert await seen.bot.delete_message(seen.you, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await seen.bot.edit_message_text("c", seen.you, sent.message_id)


@pytest.mark.parametrize(
    ("chat", "text", "markup", "said"),
    [
        (2, "", None, "empty"),
        (2, "a" * 4097, None, "too long"),
        (99, "a", None, "chat not found"),
        (2, "a", InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="é" * 33)]]), "BUTTON_DATA_INVALID"),
    ],
)
async def test_what_can_not_be_sent(seen: Seen, chat: int, text: str, markup: Any, said: str) -> None:
    with pytest.raises(TelegramError, match=f"(?i){said}"):
        await seen.bot.send_message(chat, text, reply_markup=markup)


async def test_pictures_are_uploaded_sent_again_and_exchanged(seen: Seen) -> None:
    sent = await seen.bot.send_photo(seen.you, blank_png(30, 20), caption="<i>a</i>", parse_mode=ParseMode.HTML)
    assert (sent.caption, sent.photo[-1].width, sent.photo[-1].height) == ("a", 30, 20)
    again = await seen.bot.send_photo(seen.group, sent.photo[-1].file_id)
    assert again.photo[-1].file_id == sent.photo[-1].file_id
    assert seen.latest.picture is not None
    assert seen.latest.picture.read().startswith(b"\x89PNG")
    await seen.bot.edit_message_caption(seen.you, sent.message_id, caption="b")
    assert seen.latest.content.text == "b"
    with pytest.raises(BadRequest, match=r"(?i)there is no text in the message"):
        await seen.bot.edit_message_text("c", seen.you, sent.message_id)
    await seen.bot.edit_message_caption(seen.you, sent.message_id)
    assert seen.latest.content.text == ""
    text = await seen.bot.send_message(seen.you, "only words")
    with pytest.raises(BadRequest, match=r"(?i)there is no caption in the message"):
        await seen.bot.edit_message_caption(seen.you, text.message_id, caption="b")
    await seen.bot.edit_message_media(InputMediaPhoto(blank_png(9, 9), caption="c"), seen.you, text.message_id)
    assert (seen.latest.id, seen.latest.content.text) == (text.message_id, "c")
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await seen.bot.send_photo(seen.you, "no-such-file")


async def test_a_document(seen: Seen) -> None:
    sent = await seen.bot.send_document(seen.group, b'{"a": 1}', filename="settings.json")
    assert sent.document
    assert sent.document.file_name == "settings.json"
    assert seen.api.files[sent.document.file_id].read() == b'{"a": 1}'


async def test_pinned_reacted_and_prompted(seen: Seen) -> None:
    sent = await seen.bot.send_message(seen.group, "how to use", reply_markup=ForceReply(input_field_placeholder="x"))
    assert seen.latest.markup == {"force_reply": True, "input_field_placeholder": "x"}
    await seen.bot.pin_chat_message(seen.group, sent.message_id)
    assert (await seen.bot.get_chat(seen.group)).pinned_message
    await seen.bot.unpin_chat_message(seen.group)
    assert (await seen.bot.get_chat(seen.group)).pinned_message is None
    await seen.bot.set_message_reaction(seen.group, sent.message_id, "❤")
    assert seen.latest.reactions == ("❤",)


async def test_roles_are_as_telegram_tells_them(seen: Seen) -> None:
    assert isinstance(await seen.bot.get_chat_member(seen.group, YOU.id), ChatMemberMember)
    update = Update.de_json(seen.world.takes_role(Role.ANONYMOUS), seen.bot)
    assert update.chat_member
    assert update.chat_member.new_chat_member.status == "administrator"
    member = await seen.bot.get_chat_member(seen.group, YOU.id)
    assert isinstance(member, ChatMemberAdministrator)
    assert member.is_anonymous
    admins = {each.user.id for each in await seen.bot.get_chat_administrators(seen.group)}
    assert {ANN.id, YOU.id, seen.bot.id} == admins
    said = Update.de_json(seen.world.says("hello", seen.world.group), seen.bot).effective_message
    assert said
    assert said.sender_chat
    assert (said.sender_chat.id, said.from_user and said.from_user.username) == (seen.group, "GroupAnonymousBot")
    with pytest.raises(BadRequest, match=r"(?i)user not found"):
        await seen.bot.get_chat_member(seen.group, 99)
    with pytest.raises(BadRequest, match=r"(?i)no administrators in the private chat"):
        await seen.bot.get_chat_administrators(seen.you)


async def test_nobody_edits_or_presses_for_others(seen: Seen) -> None:
    theirs = seen.world.others_say(BEN, "hi")["message"]["message_id"]
    with pytest.raises(ApiError, match="can't be edited"):
        seen.world.edits(theirs, "ha", seen.world.group)
    await seen.bot.send_message(seen.you, "a", reply_markup=KEYS)
    with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
        seen.world.presses_button(seen.latest, "forged")


async def test_a_press_is_answered_once(seen: Seen) -> None:
    await seen.bot.send_message(seen.you, "a", reply_markup=KEYS)
    query = Update.de_json(seen.world.presses_button(seen.latest, "go"), seen.bot).callback_query
    assert query
    await query.answer("Saved", show_alert=True)
    assert seen.heard == [Notice("Saved", alert=True)]
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()


async def test_presses_that_nobody_answers_do_not_pile_up(seen: Seen) -> None:
    await seen.bot.send_message(seen.you, "a", reply_markup=KEYS)
    queries = [seen.world.presses_button(seen.latest, "go")["callback_query"]["id"] for _ in range(200)]
    assert len(seen.world.presses) < 50
    assert await seen.bot.answer_callback_query(queries[-1])
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await seen.bot.answer_callback_query(queries[0])


async def test_an_inline_query_its_results_and_what_becomes_of_the_chosen(seen: Seen) -> None:
    query = Update.de_json(seen.world.asks_inline("how often", seen.world.group), seen.bot).inline_query
    assert query
    content = InputTextMessageContent("<b>Every 12 weeks</b>", parse_mode=ParseMode.HTML)
    result = InlineQueryResultArticle("1", "How often", content, description="Every 12 weeks", reply_markup=KEYS)
    with pytest.raises(BadRequest, match=r"(?i)RESULT_ID_DUPLICATE"):
        await query.answer([result, result])
    await query.answer([result], button=InlineQueryResultsButton("Ask in private", start_parameter="topics"))
    [offered] = seen.heard
    assert isinstance(offered, InlineAnswer)
    assert offered.button == {"text": "Ask in private", "start_parameter": "topics"}
    message = seen.api.result_as_message(offered.results[0], seen.world.group)
    sent = Update.de_json(seen.world.sends_result(message), seen.bot)
    assert sent.message
    assert (sent.message.text, sent.message.via_bot and sent.message.via_bot.id) == ("Every 12 weeks", seen.bot.id)
    press = Update.de_json(seen.world.presses_button(message, "go"), seen.bot).callback_query
    assert press
    assert press.message is None
    inline_id = press.inline_message_id
    assert inline_id
    assert await seen.bot.edit_message_text("changed", inline_message_id=inline_id) is True
    assert message.content.text == "changed"


async def test_an_inline_result_that_could_not_be_sent_is_refused(seen: Seen) -> None:
    query = Update.de_json(seen.world.asks_inline("x", seen.world.private), seen.bot).inline_query
    assert query
    broken = InputTextMessageContent("<p>no</p>", parse_mode=ParseMode.HTML)
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await query.answer([InlineQueryResultArticle("1", "x", broken)])


async def test_the_menu_is_that_of_the_narrowest_scope(seen: Seen) -> None:
    def names() -> list[str]:
        return [each["command"] for each in seen.api.commands_for(seen.world.group)]

    await seen.bot.set_my_commands([("help", "Help")])
    assert names() == ["help"]
    await seen.bot.set_my_commands([("ask", "Ask")], scope=BotCommandScopeAllGroupChats())
    await seen.bot.set_my_commands([("settings", "Set")], scope=BotCommandScopeAllChatAdministrators())
    assert names() == ["ask"]
    seen.world.takes_role(Role.ADMIN)
    assert names() == ["settings"]
    await seen.bot.delete_my_commands(scope=BotCommandScopeAllChatAdministrators())
    assert names() == ["ask"]


async def test_what_the_bot_says_of_itself_by_language(seen: Seen) -> None:
    await seen.bot.set_my_description("Everywhere")
    await seen.bot.set_my_description("Hola", language_code="es")
    assert (await seen.bot.get_my_description()).description == "Everywhere"
    assert (await seen.bot.get_my_description(language_code="es")).description == "Hola"
    assert (await seen.bot.get_my_name()).name == "Botox for migraine"


async def test_a_method_that_is_not_played(seen: Seen) -> None:
    with pytest.raises(EndPointNotFound):
        await seen.bot.do_api_request("sendNonsense", api_kwargs={"chat_id": seen.you})
