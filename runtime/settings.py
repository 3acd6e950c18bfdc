"""The settings, from the environment or a file `.env`, checked before anything starts.

Run `python -m runtime.settings` to write `.env.example` anew after a change here.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]+$")
_WEB = re.compile(r"^https?://[^\s/]+(/\S*)?$")
_SITE = re.compile(r"^https://[^\s/?#]+(/[^\s?#]*)?$")
_DATABASE = re.compile(r"^(sqlite:///.+|postgresql://[^\s/]+/\S+)$")
_ADDRESS = re.compile(r"^[^\s:]+:\d{1,5}$")
_CONTACT = re.compile(
    r"^(https://[^\s/<>\"]+(/[^\s<>\"]*)?|t\.me/[A-Za-z0-9_+/-]+|[^\s@<>\":]+@[^\s@<>\":/]+\.[A-Za-z]{2,})$"
)
_SECRET = re.compile(r"^[A-Za-z0-9_-]{16,256}$")
_HIGHEST_PORT = 65535


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN.match(value.get_secret_value()):
        raise ValueError("a token as BotFather gives it: digits, a colon, letters and digits")
    return value


def _web(value: str) -> str:
    if not _WEB.match(value):
        raise ValueError("a web address that starts with https:// (or http:// on this machine)")
    return value.rstrip("/")


def _site(value: str) -> str:
    if not _SITE.match(value):
        raise ValueError("a web address that starts with https://, without ? or #")
    return value.rstrip("/")


def _contact(value: str) -> str:
    if not _CONTACT.match(value):
        raise ValueError("an e-mail address, or an address that starts with https:// or t.me/")
    return value


def _database(value: str) -> str:
    if not _DATABASE.match(value):
        raise ValueError("sqlite:///path or postgresql://user@host/name")
    return value


def _address(value: str) -> str:
    if not _ADDRESS.match(value) or int(value.rpartition(":")[2]) > _HIGHEST_PORT:
        raise ValueError("host:port, as 127.0.0.1:8080")
    return value


def _secret(value: SecretStr) -> SecretStr:
    if not _SECRET.match(value.get_secret_value()):
        raise ValueError("16 to 256 letters, digits, _ and -")
    return value


def _ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = [part for part in re.split(r"[,\s]+", value) if part]
    if not all(part.isdecimal() for part in parts):
        raise ValueError("Telegram user ids (numbers), separated by commas")
    return frozenset(map(int, parts))


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything that an operator can set. An empty value counts as unset."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore")

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        None, description="The token from BotFather (https://t.me/BotFather, /newbot). Only `run` needs it."
    )
    telegram_api_url: Annotated[str, AfterValidator(_web)] | None = Field(
        None,
        description="Root of the Bot API server; requests go to <root>/bot<token>/<method>. Unset: Telegram's own. "
        "Set it for a Bot API server of your own.",
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "sqlite:///data/bot.db",
        description="Where group settings and counts are kept: sqlite:///path or postgresql://user@host/name.",
    )
    webhook_url: Annotated[str, AfterValidator(_web)] | None = Field(
        None, description="Public https address that Telegram calls. Set: webhook mode. Unset: polling."
    )
    webhook_listen: Annotated[str, AfterValidator(_address)] = Field(
        "127.0.0.1:8080", description="host:port that the process listens on in webhook mode."
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(
        None,
        description="The secret that Telegram sends back with every call: 16 to 256 letters, digits, _ and -. "
        "Required in webhook mode.",
    )
    status_listen: Annotated[str, AfterValidator(_address)] | None = Field(
        None,
        description="host:port for /healthz, /readyz and /metrics, to be reached by your own tools only. Unset: none.",
    )
    site_url: Annotated[str, AfterValidator(_site)] | None = Field(
        None,
        description="Public https address of the site that `bot.py book` wrote. Set: a whole answer links to its page "
        "there, <address>/<entry>.html. Unset: no link.",
    )
    sending_limits: Annotated[Literal["on", "off"], BeforeValidator(_lower)] = Field(
        "on",
        description="on: keep to Telegram's limits (30 messages a second, 20 a minute in a group). off: for a Bot API "
        "server that has none, and for measuring.",
    )
    owner_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_ids)] = Field(
        frozenset(), description="Telegram user ids that may use operator commands, separated by commas."
    )
    operator_contact: Annotated[str, AfterValidator(_contact)] | None = Field(
        None,
        description="Where people reach whoever runs this bot: an e-mail address, or one that starts with https:// or "
        "t.me/. Set: it stands in /about and /privacy, and people can send a question to the editors. Unset: neither.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["text", "json"] = Field("text", description="text for people, json for log collectors.")

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Settings:
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("WEBHOOK_SECRET is required when WEBHOOK_URL is set: 16 to 256 letters, digits, _ and -")
        return self


class SettingsError(Exception):
    """A setting has a value that can't be used; the message names each and says what it accepts."""


def read_settings() -> Settings:
    """The settings in force. Raises SettingsError."""
    try:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise SettingsError(f".env can't be read: {reason}") from None
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_url=False, include_input=False):
            message = fault["msg"].removeprefix("Value error, ")
            name = str(fault["loc"][0]).upper() if fault["loc"] else ""
            lines.append(f"{name}: expected {_accepted(name.lower(), message)}" if name else message)
        raise SettingsError("\n".join(lines)) from None


def _accepted(name: str, message: str) -> str:
    field = Settings.model_fields.get(name)
    if message.startswith("Input should be") and field is not None:
        return message.removeprefix("Input should be ")
    return message


def _example(name: str, field: FieldInfo) -> str:
    default = "" if field.default in (None, frozenset()) else field.default
    about = "\n".join(f"# {line}" for line in textwrap.wrap(field.description or "", 110))
    return f"{about}\n{name.upper()}={default}\n"


def env_example() -> str:
    """The text of .env.example: every setting with what it means and its default."""
    head = "# Settings of the bot. Copy this file to .env and fill in the token; every other line may stay as it is.\n"
    return head + "\n" + "\n".join(_example(name, field) for name, field in Settings.model_fields.items())


if __name__ == "__main__":
    Path(".env.example").write_text(env_example(), encoding="utf-8")
