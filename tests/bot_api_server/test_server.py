"""The server, driven over HTTP as a bot drives it: with python-telegram-bot, and bare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InputMediaPhoto,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter

from tests.bot_api_server import BotApiServer, Silence, User
from tests.bot_api_server.media import blank_png

pytestmark = pytest.mark.asyncio

TOKEN = "1234567:stand-in"
MENU = InlineKeyboardMarkup(
    [[InlineKeyboardButton("One", callback_data="one"), InlineKeyboardButton("Site", url="https://example.org/")]]
)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(TOKEN) as running:
        yield running


@pytest_asyncio.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as running:
        yield running


async def call(server: BotApiServer, method: str, token: str = TOKEN, **parameters: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/bot{token}/{method}", json=parameters) as response,
    ):
        return response.status, await response.json()


async def updates(bot: Bot, offset: int | None = None) -> tuple[Update, ...]:
    return await bot.get_updates(offset=offset, allowed_updates=Update.ALL_TYPES)


async def confirm_all(bot: Bot) -> None:
    await updates(bot, offset=(await updates(bot))[-1].update_id + 1)


def room_of(server: BotApiServer, user_id: int) -> User:
    return User(server.world, server.world.people[user_id])


class TestTransport:
    async def test_who_the_bot_is(self, server: BotApiServer, bot: Bot) -> None:
        me = await bot.get_me()
        assert (me.id, me.username, me.can_read_all_group_messages) == (1234567, "test_bot", False)
        assert server.violations == []

    async def test_wrong_token_and_unknown_method(self, server: BotApiServer) -> None:
        refused = {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert await call(server, "getMe", token="7:wrong") == (401, refused)
        missing = {"ok": False, "error_code": 404, "description": "Not Found"}
        assert await call(server, "sendFlowers") == (404, missing)
        assert [violation.method for violation in server.violations] == ["sendFlowers"]

    async def test_parameters_in_the_address_a_form_and_json(self, server: BotApiServer) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        async with aiohttp.ClientSession() as session:
            url = f"{server.url}/bot{TOKEN}/sendmessage"
            async with session.get(url, params={"chat_id": str(ann.id), "text": "address"}) as response:
                assert response.status == 200
            async with session.post(url, data={"chat_id": str(ann.id), "text": "form"}) as response:
                assert response.status == 200
            markup = {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}
            async with session.post(url, json={"chat_id": ann.id, "text": "json", "reply_markup": markup}) as response:
                assert response.status == 200
        heard = await server.reply_to(ann, count=3)
        assert [message.text for message in heard] == ["address", "form", "json"]
        assert heard[2].buttons == [[("x", "y")]]

    async def test_an_unknown_parameter_is_a_violation(self, server: BotApiServer) -> None:
        status, answer = await call(server, "sendMessage", chat_id=1, text="x", disable_web_page_preview=True)
        assert status == 400
        assert answer["description"] == "Bad Request: unknown parameter of sendMessage: disable_web_page_preview"
        assert [str(violation.what) for violation in server.violations] == [answer["description"]]

    async def test_calls_are_kept_decoded_and_can_be_waited_for(self, server: BotApiServer, bot: Bot) -> None:
        waiting = asyncio.create_task(server.wait_for_call("sendMessage"))
        ann = server.user("Ann")
        await ann.says("hello")
        await bot.send_message(ann.id, "hi", reply_markup=MENU)
        made = await waiting
        assert made.ok
        assert made.params["chat_id"] == ann.id
        assert made.params["reply_markup"]["inline_keyboard"][0][0]["text"] == "One"
        assert made.result["text"] == "hi"
        with pytest.raises(Silence, match="sendMessage"):
            await server.wait_for_call("sendMessage", timeout=0.05)


class TestSending:
    async def test_a_text_with_entities_and_buttons(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("/start")
        sent = await bot.send_message(
            ann.id,
            " 😀 <b>Hello</b> &amp; welcome\n",
            parse_mode="HTML",
            reply_markup=MENU,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        heard = await ann.hears()
        assert sent.text == heard.text == "😀 Hello & welcome"
        assert heard.html == " 😀 <b>Hello</b> &amp; welcome\n"
        assert heard.entities == [{"type": "bold", "offset": 3, "length": 5}]
        assert heard.buttons == [[("One", "one"), ("Site", "https://example.org/")]]
        assert heard.link_preview_disabled
        assert (heard.id, heard.chat_id, heard.thread_id, heard.edits) == (sent.message_id, ann.id, None, [])
        assert server.violations == []

    async def test_what_is_refused(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")

        async def refusal(text: str, **more: Any) -> str:
            with pytest.raises(BadRequest) as refused:
                await bot.send_message(ann.id, text, **more)
            return refused.value.message

        html = {"parse_mode": "HTML"}
        parsing = await refusal("a <p>b</p>", **html)
        assert parsing == 'Can\'t parse entities: unsupported start tag "p" at byte offset 2'
        assert await refusal("") == "Message text is empty"
        assert await refusal("<b> \n</b>", **html) == "Message text is empty"
        assert await refusal("😀" * 2049) == "Message is too long"
        assert await refusal("x", parse_mode="Fancy") == "Unsupported parse_mode"
        assert await refusal("x", message_thread_id=5) == "Message thread not found"
        assert await refusal("x", reply_parameters=ReplyParameters(999)) == "Message to be replied not found"
        assert len(server.violations) == 7
        await ann.hears_nothing(0.05)

    async def test_just_short_enough(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        await bot.send_message(ann.id, f"<b>{'😀' * 2048}</b>  ", parse_mode="HTML")
        assert len((await ann.hears()).text) == 2048

    @pytest.mark.parametrize(
        ("button", "error"),
        [
            ({"text": "x", "callback_data": "ü" * 33}, "BUTTON_DATA_INVALID"),
            ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
            ({"text": "x", "url": "nowhere"}, "BUTTON_URL_INVALID"),
            ({"text": " ", "callback_data": "x"}, "BUTTON_TEXT_INVALID"),
            (
                {"text": "x"},
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ),
            ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
            ({"text": "x", "data": "x"}, "can't parse inline keyboard button: unknown fields data"),
        ],
    )
    async def test_wrong_buttons(self, server: BotApiServer, button: dict[str, str], error: str) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        markup = {"inline_keyboard": [[button]]}
        status, answer = await call(server, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
        assert (status, answer["description"]) == (400, f"Bad Request: {error}")

    async def test_too_many_buttons_and_broken_markup(self, server: BotApiServer) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        button = {"text": "x", "callback_data": "y"}

        async def refusal(markup: Any) -> Any:
            return (await call(server, "sendMessage", chat_id=ann.id, text="x", reply_markup=markup))[1]["description"]

        assert await refusal({"inline_keyboard": [[button] * 8] * 13}) == "Bad Request: REPLY_MARKUP_TOO_LONG"
        assert await refusal("{") == "Bad Request: can't parse reply keyboard markup JSON object"
        assert "must be an Array of Arrays" in await refusal({"inline_keyboard": [button]})

    async def test_replies_and_their_limits(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        asked = await ann.says("hello")
        sent = await bot.send_message(ann.id, "hi", reply_parameters=ReplyParameters(asked.id))
        assert sent.reply_to_message
        assert sent.reply_to_message.message_id == asked.id
        assert (await ann.hears()).reply_to_id == asked.id
        lenient = ReplyParameters(999, allow_sending_without_reply=True)
        await bot.send_message(ann.id, "anyway", reply_parameters=lenient)
        assert (await ann.hears()).reply_to_id is None

    async def test_chats_that_take_nothing(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(ann.id, "hi")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(1, "hi")
        await ann.blocks_bot()
        with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
            await bot.send_message(ann.id, "hi")
        await ann.unblocks_bot()
        await bot.send_message(ann.id, "hi")
        group = server.group("Friends", "group")
        with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
            await bot.send_message(group.id, "hi")
        await group.add_bot(by=ann)
        await bot.send_message(group.id, "hi")
        await group.remove_bot(by=ann)
        with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
            await bot.send_chat_action(group.id, "typing")

    async def test_chat_action(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        await bot.send_chat_action(ann.id, "typing")
        assert server.world.actions == [(ann.id, "typing")]
        with pytest.raises(BadRequest, match="Wrong parameter action in request"):
            await bot.send_chat_action(ann.id, "dancing")

    async def test_reactions(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        asked = await ann.says("thanks")
        await bot.set_message_reaction(ann.id, asked.id, "👍")
        assert asked.reactions == ["👍"]
        with pytest.raises(BadRequest, match="Reaction_invalid"):
            await bot.set_message_reaction(ann.id, asked.id, "🧂")


class TestEditing:
    async def sent(self, server: BotApiServer, bot: Bot) -> Message:
        ann = server.user("Ann")
        await ann.says("hello")
        return await bot.send_message(ann.id, "<b>one</b>", parse_mode="HTML", reply_markup=MENU)

    async def test_text_and_keyboard(self, server: BotApiServer, bot: Bot) -> None:
        sent = await self.sent(server, bot)
        seen = await server.reply_to(room_of(server, sent.chat_id))
        edited = await sent.edit_text("two", reply_markup=MENU)
        assert isinstance(edited, Message)
        assert edited.text == "two"
        await seen.is_edited()
        await sent.edit_reply_markup(None)
        await seen.is_edited()
        assert (seen.text, seen.edits, seen.buttons) == ("two", ["two", "two"], [])
        assert server.violations == []

    async def test_the_same_again_is_refused(self, server: BotApiServer, bot: Bot) -> None:
        sent = await self.sent(server, bot)
        with pytest.raises(BadRequest) as refused:
            await sent.edit_text("<b>one</b>", parse_mode="HTML", reply_markup=MENU)
        assert refused.value.message == (
            "Message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
        with pytest.raises(BadRequest, match="not modified"):
            await sent.edit_reply_markup(MENU)
        await sent.edit_text("one", reply_markup=MENU)

    async def test_what_can_not_be_edited(self, server: BotApiServer, bot: Bot) -> None:
        sent = await self.sent(server, bot)
        theirs = sent.message_id - 1
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("x", sent.chat_id, 999)
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await bot.edit_message_text("x", sent.chat_id, theirs)
        with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
            await sent.edit_caption("x")
        asking = await bot.send_message(sent.chat_id, "Your name?", reply_markup=ForceReply())
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await asking.edit_text("x")

    async def test_deleting(self, server: BotApiServer, bot: Bot) -> None:
        sent = await self.sent(server, bot)
        seen = await server.reply_to(room_of(server, sent.chat_id))
        await sent.delete()
        await seen.is_deleted()
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await sent.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await sent.edit_text("x")


class TestButtons:
    async def test_a_press_and_its_answer(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann", language_code="en")
        await ann.says("/menu")
        await bot.send_message(ann.id, "menu", reply_markup=MENU)
        message = await ann.hears()
        await confirm_all(bot)
        pressing = asyncio.create_task(ann.presses(message, "One"))
        query = (await bot.get_updates(timeout=5))[0].callback_query
        assert query
        assert (query.data, query.from_user.language_code) == ("one", "en")
        assert isinstance(query.message, Message)
        assert query.message.reply_markup == MENU
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.answer_callback_query(query.id, "x" * 201)
        await bot.answer_callback_query(query.id, "Done", show_alert=True)
        answer = await pressing
        assert (answer.text, answer.alert) == ("Done", True)
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(query.id)

    async def test_no_such_button_and_no_answer(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("/menu")
        await bot.send_message(ann.id, "menu", reply_markup=MENU)
        message = await ann.hears()
        with pytest.raises(AssertionError, match="no button 'Two'"):
            await ann.presses(message, "Two")
        with pytest.raises(Silence):
            await ann.presses(message, "one", timeout=0.05)
        with pytest.raises(Silence):
            await ann.presses(message, "gone", stale=True, timeout=0.05)


class TestUpdates:
    async def test_offsets_confirm(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        for text in ("one", "two", "three"):
            await ann.says(text)
        first, second, third = await updates(bot)
        assert [u.update_id - first.update_id for u in (first, second, third)] == [0, 1, 2]
        assert len(await updates(bot)) == 3
        assert await updates(bot, offset=second.update_id) == (second, third)
        assert await bot.get_updates(limit=1) == (second,)
        assert await updates(bot, offset=-1) == (third,)
        assert await updates(bot, offset=third.update_id + 1) == ()
        await server.wait_until_collected()

    async def test_long_polling_wakes_up(self, server: BotApiServer, bot: Bot) -> None:
        polling = asyncio.create_task(bot.get_updates(timeout=10))
        await server.wait_for_bot()
        assert not polling.done()
        await server.user("Ann").says("hello")
        (update,) = await polling
        assert update.message
        assert update.message.text == "hello"

    async def test_only_the_kinds_asked_for(self, server: BotApiServer, bot: Bot) -> None:
        await bot.get_updates(allowed_updates=["edited_message"])
        ann = server.user("Ann")
        message = await ann.says("one")
        await ann.edits(message, "two")
        (update,) = await bot.get_updates()
        assert update.edited_message
        assert update.edited_message.text == "two"
        assert update.edited_message.edit_date

    async def test_a_second_poll_ends_the_first(self, server: BotApiServer, bot: Bot) -> None:
        polling = asyncio.create_task(bot.get_updates(timeout=10))
        await server.wait_for_bot()
        status, answer = await call(server, "getUpdates")
        assert (status, answer["result"]) == (200, [])
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await polling

    async def test_no_polling_beside_a_webhook(self, server: BotApiServer, bot: Bot) -> None:
        polling = asyncio.create_task(bot.get_updates(timeout=10))
        await server.wait_for_bot()
        await bot.set_webhook("https://bot.example.org/hook")
        with pytest.raises(Conflict, match="terminated by setWebhook request"):
            await polling
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()

    async def test_webhook_delivery_retries_in_order(self, server: BotApiServer, bot: Bot) -> None:
        received: list[tuple[str | None, str]] = []
        failures = [500]

        async def hook(request: web.Request) -> web.Response:
            update = await request.json()
            if failures:
                return web.Response(status=failures.pop())
            received.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), update["message"]["text"]))
            return web.Response()

        app = web.Application()
        app.router.add_post("/hook", hook)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            server.updates.deliver_to = f"http://127.0.0.1:{runner.addresses[0][1]}"
            await bot.set_webhook("https://bot.example.org/hook", secret_token="sesame")
            ann = server.user("Ann")
            await ann.says("one")
            await ann.says("two")
            await server.wait_until_collected()
            assert received == [("sesame", "one"), ("sesame", "two")]
            info = await bot.get_webhook_info()
            assert (info.url, info.pending_update_count) == ("https://bot.example.org/hook", 0)
            assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
        finally:
            await runner.cleanup()

    async def test_wrong_webhooks(self, server: BotApiServer, bot: Bot) -> None:
        with pytest.raises(BadRequest, match="an https url must be provided for webhook"):
            await bot.set_webhook("http://bot.example.org/hook")
        with pytest.raises(BadRequest, match="only on ports 80, 88, 443 or 8443"):
            await bot.set_webhook("https://bot.example.org:9000/hook")
        with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
            await bot.set_webhook("https://bot.example.org/hook", secret_token="open sesame")


class TestPhotos:
    async def test_upload_and_send_again(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("show me")
        sent = await bot.send_photo(ann.id, blank_png(40, 30), caption="<i>Here</i>", parse_mode="HTML")
        heard = await ann.hears()
        assert heard.photo
        assert (heard.text, heard.photo.content, heard.photo.width) == ("Here", blank_png(40, 30), 40)
        file_id = sent.photo[-1].file_id
        again = await bot.send_photo(ann.id, file_id, caption="Again")
        assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
        downloaded = await (await bot.get_file(file_id)).download_as_bytearray()
        assert bytes(downloaded) == blank_png(40, 30)
        assert server.violations == []

    async def test_what_is_refused(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("show me")
        voice = (await ann.sends_voice()).raw.content["voice"]["file_id"]
        for photo, error in (
            ("nonsense", "Wrong file identifier/http url specified"),
            (voice, "Can't use file of type voice as photo"),
            (b"no picture", "Image_process_failed"),
            (blank_png(5000, 10), "Photo_invalid_dimensions"),
        ):
            with pytest.raises(BadRequest, match=error):
                await bot.send_photo(ann.id, photo)
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.send_photo(ann.id, blank_png(), caption="x" * 1025)

    async def test_albums(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("show me")
        media = [InputMediaPhoto(blank_png(), caption="One"), InputMediaPhoto(blank_png(2, 2))]
        sent = await bot.send_media_group(ann.id, media)
        assert len({message.media_group_id for message in sent}) == 1
        first, second = await server.reply_to(ann, count=2)
        assert (first.text, second.text) == ("One", "")
        assert server.violations == []

    async def test_edits(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("show me")
        sent = await bot.send_photo(ann.id, blank_png(), caption="One")
        heard = await ann.hears()
        await sent.edit_caption("Two")
        await sent.edit_media(InputMediaPhoto(blank_png(3, 3), caption="Three"))
        assert heard.edits == ["Two", "Three"]
        assert heard.photo
        assert heard.photo.width == 3
        with pytest.raises(BadRequest, match="There is no text in the message to edit"):
            await sent.edit_text("Four")
        with pytest.raises(BadRequest, match="not modified"):
            await sent.edit_caption("Three")


class TestGroups:
    async def texts(self, bot: Bot) -> list[str | None]:
        return [u.message.text or u.message.caption for u in await updates(bot) if u.message and u.message.text]

    async def test_joining_and_leaving(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        await group.add_bot(by=ann)
        member, message = await updates(bot)
        assert member.my_chat_member
        assert member.my_chat_member.new_chat_member.status == "member"
        assert message.message
        assert message.message.new_chat_members[0].id == server.world.bot.id
        await group.promote(by=ann)
        await group.demote(by=ann)
        await group.remove_bot(by=ann)
        statuses = [
            u.my_chat_member.new_chat_member.status
            for u in await updates(bot, offset=message.update_id + 1)
            if u.my_chat_member
        ]
        assert statuses == ["administrator", "member", "kicked"]

    async def test_privacy_mode(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        await group.add_bot(by=ann)
        await bot.send_message(group.id, "hello")
        hello = await group.hears()
        chatter = await ann.says("chatter", group)
        await ann.says("/help", group)
        await ann.says("/help@Test_Bot", group)
        await ann.says("/help@other_bot", group)
        await ann.says("say, @test_bot", group)
        await ann.says("to the bot", group, reply_to=hello)
        await ann.says("to myself", group, reply_to=chatter)
        await ann.sends_photo("@test_bot look", group)
        await ann.says("offered inline", group, via_bot=True)
        assert await self.texts(bot) == ["/help", "/help@Test_Bot", "to the bot", "offered inline"]
        await group.promote()
        await ann.says("now you hear me", group)
        await group.demote()
        await ann.says("and now not", group)
        server.world.privacy = False
        await ann.says("open to all", group)
        assert (await self.texts(bot))[4:] == ["now you hear me", "open to all"]

    async def test_a_bare_command_is_for_the_bot_that_wrote_last(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        group.add_other_bot()
        await group.add_bot(by=ann)
        await ann.says("/before anybody", group)
        await bot.send_message(group.id, "hello")
        await ann.says("/mine", group)
        others = group.posts_as_bot("I am here, too")
        await ann.says("/theirs", group)
        await ann.says("/named@test_bot", group)
        await ann.says("/reply@test_bot", group, reply_to=others)
        assert await self.texts(bot) == ["/mine", "/named@test_bot"]

    async def test_what_is_doubtful_can_be_switched_on(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        await group.add_bot(by=ann)
        group.posts_as_bot("unheard")
        doubtful = server.world.doubtful
        doubtful.mentions = doubtful.bare_commands = doubtful.bots = True
        await ann.says("say, @test_bot", group)
        await ann.says("/help", group)
        group.posts_as_bot("/help@test_bot")
        await ann.says("chatter", group)
        assert await self.texts(bot) == ["say, @test_bot", "/help", "/help@test_bot"]

    async def test_anonymous_admins(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        await group.add_bot(by=ann)
        group.add(ann, "creator", anonymous=True)
        await ann.says("/settings@test_bot", group)
        message = (await updates(bot))[-1].message
        assert message
        assert message.from_user
        assert message.sender_chat
        assert (message.from_user.username, message.sender_chat.id) == ("GroupAnonymousBot", group.id)
        member = await bot.get_chat_member(group.id, ann.id)
        assert member.status == "creator"
        assert [m.user.id for m in await bot.get_chat_administrators(group.id)] == [ann.id]

    async def test_forum_topics(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Forum", forum=True)
        await group.add_bot(by=ann, admin=True)
        topic = await group.opens_topic("Questions", by=ann)
        await ann.says("hello", group, thread_id=topic)
        message = (await updates(bot))[-1].message
        assert message
        assert message.is_topic_message
        assert message.message_thread_id == topic
        assert message.reply_to_message
        assert message.reply_to_message.forum_topic_created
        await message.reply_text("hi")
        assert (await group.hears()).thread_id == topic
        await bot.send_message(group.id, "in general")
        assert (await group.hears()).thread_id is None
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(group.id, "x", message_thread_id=1)

    async def test_migration(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Small", "group")
        await group.add_bot(by=ann)
        bigger = await group.migrate()
        old, new = (await updates(bot))[-2:]
        assert old.message
        assert new.message
        assert (old.message.migrate_to_chat_id, new.message.migrate_from_chat_id) == (bigger.id, group.id)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(group.id, "hi")
        assert moved.value.new_chat_id == bigger.id
        await bot.send_message(bigger.id, "hi")
        assert (await bigger.hears()).text == "hi"
        assert server.violations == []

    async def test_leaving_and_looking(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        group = server.group("Support")
        await group.add_bot(by=ann)
        assert (await bot.get_chat(group.id)).title == "Support"
        await bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
            await bot.get_chat(group.id)


class TestPeople:
    async def test_what_they_can_send(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann", username="ann")
        await ann.sends_photo("caption /here")
        await ann.sends_sticker()
        await ann.sends_voice()
        await ann.sends_document()
        await ann.sends_location()
        photo, sticker, voice, document, location = (u.message for u in await updates(bot))
        assert photo
        assert photo.photo
        assert photo.caption_entities[0].type == "bot_command"
        assert sticker
        assert sticker.sticker
        assert voice
        assert voice.voice
        assert document
        assert document.document
        assert location
        assert location.location

    async def test_silence(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        await ann.hears_nothing(0.05)
        with pytest.raises(Silence, match="a message of the bot in 'Ann'"):
            await ann.hears(timeout=0.05)
        await bot.send_message(ann.id, "hi")
        with pytest.raises(AssertionError, match="but the bot said: 'hi'"):
            await ann.hears_nothing(0.05)

    async def test_inline_queries(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        photo = await ann.sends_photo()
        await confirm_all(bot)
        asking = asyncio.create_task(ann.asks_inline("pain"))
        query = (await bot.get_updates(timeout=5))[0].inline_query
        assert query
        content = InputTextMessageContent("<b>Pain</b>", parse_mode="HTML")
        article = InlineQueryResultArticle("1", "Pain", content)
        with pytest.raises(BadRequest, match="Result_id_duplicate"):
            await bot.answer_inline_query(query.id, [article, article])
        picture = InlineQueryResultCachedPhoto("2", photo.raw.content["photo"][0]["file_id"])
        await bot.answer_inline_query(query.id, [article, picture], cache_time=5, is_personal=True)
        answer = await asking
        assert [result["text"] for result in answer.results] == ["Pain", ""]
        assert (answer.cache_time, answer.is_personal) == (5, True)

    async def test_a_message_sent_inline_is_pressed_and_edited_by_its_own_identifier(
        self, server: BotApiServer, bot: Bot
    ) -> None:
        ann, group = server.user("Ann"), server.group("Friends")
        asking = asyncio.create_task(ann.asks_inline("pain"))
        query = (await bot.get_updates(timeout=5))[0].inline_query
        assert query
        content = InputTextMessageContent("<b>Pain</b>", parse_mode="HTML")
        await bot.answer_inline_query(query.id, [InlineQueryResultArticle("1", "Pain", content, MENU)])
        await confirm_all(bot)
        sent = ann.chooses((await asking).results[0], group)
        assert (sent.text, sent.raw.sender) == ("Pain", ann.person)
        pressing = asyncio.create_task(ann.presses(sent, "One"))
        press = (await bot.get_updates(timeout=5))[-1].callback_query
        assert press
        assert (press.message, press.data) == (None, "one")
        assert await bot.edit_message_text("More", inline_message_id=press.inline_message_id) is True
        assert (await sent.is_edited()).text == "More"
        await press.answer()
        await pressing
        with pytest.raises(BadRequest, match="Message_id_invalid"):
            await bot.edit_message_text("More", inline_message_id="another")

    async def test_a_guest_answers_once_and_can_do_nothing_else(self, server: BotApiServer, bot: Bot) -> None:
        ann, ben, group = server.user("Ann"), server.user("Ben"), server.group("Friends")
        group.add(ben)
        assert (await bot.get_me()).supports_guest_queries
        with pytest.raises(ValueError, match="nobody calls"):
            await ann.calls_guest("hello", group)
        said = await ben.says("does it hurt", group)
        asked = await ann.calls_guest("@test_bot", group, reply_to=said)
        update = (await bot.get_updates(timeout=5))[-1]
        message = update.guest_message
        assert message
        assert message.guest_query_id
        assert message.reply_to_message
        assert message.reply_to_message.text == "does it hurt"
        content = InputTextMessageContent("<b>A little</b>", parse_mode="HTML")
        article = InlineQueryResultArticle("1", "Pain", content)
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_guest_query("1", article)
        sent = await bot.answer_guest_query(message.guest_query_id, article)
        heard = await group.hears()
        assert (heard.text, heard.reply_to_id) == ("A little", asked.id)
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_guest_query(message.guest_query_id, article)
        for refused in (bot.send_message(group.id, "hi"), bot.set_message_reaction(group.id, asked.id, "👍")):
            with pytest.raises(BadRequest, match="Peer_id_invalid"):
                await refused
        await bot.edit_message_text("No", inline_message_id=sent.inline_message_id)
        assert (await heard.is_edited()).text == "No"
        await ben.calls_guest("and after?", group, reply_to=heard)
        answered = (await bot.get_updates(offset=update.update_id + 1, timeout=5))[-1].guest_message
        assert answered
        assert answered.reply_to_message
        assert answered.reply_to_message.guest_bot_caller_user
        assert answered.reply_to_message.guest_bot_caller_user.id == ann.id

    async def test_a_guest_is_called_into_the_private_chat_of_two(self, server: BotApiServer, bot: Bot) -> None:
        ann, ben = server.user("Ann"), server.user("Ben")
        chat = server.conversation(ann, ben)
        await ann.calls_guest("@test_bot does it hurt", chat)
        message = (await bot.get_updates(timeout=5))[-1].guest_message
        assert message
        assert (message.chat.type, message.chat.id) == ("private", ben.id)
        assert message.guest_query_id
        content = InputTextMessageContent("A little")
        await bot.answer_guest_query(message.guest_query_id, InlineQueryResultArticle("1", "Pain", content))
        assert (await chat.hears()).text == "A little"
        await ben.hears_nothing(0.05)


class TestProfile:
    async def test_commands(self, server: BotApiServer, bot: Bot) -> None:
        commands = [BotCommand("start", "Begin"), BotCommand("help", "What I can do")]
        await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), "en")
        assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "en") == tuple(commands)
        assert await bot.get_my_commands() == ()
        assert server.profile.commands[("all_private_chats",), "en"][0]["command"] == "start"
        await bot.delete_my_commands(BotCommandScopeAllPrivateChats(), "en")
        assert server.profile.commands == {}

    @pytest.mark.parametrize(
        ("commands", "error"),
        [
            ([{"command": "Start", "description": "x"}], "BOT_COMMAND_INVALID"),
            ([{"command": "a" * 33, "description": "x"}], "command name length must not exceed 32"),
            ([{"command": "start", "description": ""}], "command description must be non-empty"),
            ([{"command": "start", "description": "x" * 257}], "command description length must not exceed 256"),
            ([{"command": "start", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
            ("x", "can't parse commands JSON object"),
        ],
    )
    async def test_wrong_commands(self, server: BotApiServer, commands: Any, error: str) -> None:
        status, answer = await call(server, "setMyCommands", commands=commands)
        assert (status, answer["description"]) == (400, f"Bad Request: {error}")

    async def test_descriptions(self, server: BotApiServer, bot: Bot) -> None:
        await bot.set_my_description("Answers questions", language_code="en")
        await bot.set_my_short_description("Answers")
        await bot.set_my_name("Answerer")
        assert (await bot.get_my_description("en")).description == "Answers questions"
        assert (await bot.get_my_short_description("en")).short_description == "Answers"
        with pytest.raises(BadRequest):
            await bot.set_my_short_description("x" * 121)


class TestFaults:
    async def test_planned_errors_are_no_violations(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        server.fail_next("sendMessage", 429, "", retry_after=3)
        server.fail_next("sendMessage", 502, "Bad Gateway", times=2)
        with pytest.raises(RetryAfter, match="Retry in 3 seconds"):
            await bot.send_message(ann.id, "hi")
        for _ in range(2):
            with pytest.raises(NetworkError, match="Bad Gateway"):
                await bot.send_message(ann.id, "hi")
        await bot.send_message(ann.id, "hi")
        assert server.violations == []
        assert [made.ok for made in server.calls_of("sendMessage")] == [False, False, False, True]

    async def test_dropped_connections(self, server: BotApiServer, bot: Bot) -> None:
        ann = server.user("Ann")
        await ann.says("hello")
        server.drop_next("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(ann.id, "lost")
        await ann.hears_nothing(0.05)
        server.drop_next("sendMessage", after=True)
        with pytest.raises(NetworkError):
            await bot.send_message(ann.id, "carried out")
        assert (await ann.hears()).text == "carried out"

    async def test_flood_control(self, server: BotApiServer) -> None:
        server.flood_control.enabled = True
        ann = server.user("Ann")
        await ann.says("hello")
        results = [await call(server, "sendMessage", chat_id=ann.id, text="x") for _ in range(4)]
        assert [status for status, _ in results] == [200, 200, 200, 429]
        assert results[3][1] == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        group = server.group("Support")
        await group.add_bot(by=ann)
        server.flood_control.burst = 100
        results = [await call(server, "sendMessage", chat_id=group.id, text="x") for _ in range(21)]
        assert [status for status, _ in results] == [200] * 20 + [429]
        assert 50 < results[20][1]["parameters"]["retry_after"] <= 60
