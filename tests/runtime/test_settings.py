"""Settings: what is accepted, what is refused and how, and that .env.example tells all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings import Settings, SettingsError, env_example, read_settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing() -> None:
    settings = read_settings()
    assert settings.telegram_bot_token is None
    assert settings.database_url == "sqlite:///data/bot.db"
    assert settings.webhook_listen == "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("name", "value", "accepts"),
    [
        ("TELEGRAM_BOT_TOKEN", "put-your-token-here", "BotFather"),
        ("TELEGRAM_API_URL", "localhost:8081", "https://"),
        ("DATABASE_URL", "mysql://x/y", "sqlite:///path or postgresql://"),
        ("WEBHOOK_URL", "bot.example.org", "https://"),
        ("WEBHOOK_LISTEN", "8080", "host:port"),
        ("WEBHOOK_LISTEN", "host:99999", "host:port"),
        ("WEBHOOK_SECRET", "short", "16 to 256"),
        ("SITE_URL", "botox.example.org", "https://"),
        ("SITE_URL", "http://botox.example.org", "https://"),
        ("SITE_URL", "https://botox.example.org/?page=", "without ? or #"),
        ("OWNER_IDS", "ann, bob", "user ids"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("LOG_FORMAT", "xml", "'text' or 'json'"),
    ],
)
def test_a_bad_setting_is_named_with_what_it_accepts(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, accepts: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert str(caught.value).startswith(f"{name}: expected ")
    assert accepts in str(caught.value)
    assert value not in str(caught.value).partition("expected")[0]


def test_all_bad_settings_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    monkeypatch.setenv("OWNER_IDS", "x")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert len(str(caught.value).splitlines()) == 2


def test_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example.org/hook")
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET is required"):
        read_settings()
    monkeypatch.setenv("WEBHOOK_SECRET", "a-secret-of-32-letters-and-digits")
    assert read_settings().webhook_url == "https://bot.example.org/hook"


@pytest.mark.parametrize("written", ["https://example.org/botox", "https://example.org/botox/"])
def test_the_address_of_the_site_is_held_without_its_last_slash(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    assert read_settings().site_url is None
    monkeypatch.setenv("SITE_URL", written)
    assert read_settings().site_url == "https://example.org/botox"


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:not-a-real-token")
    assert "not-a-real" not in repr(read_settings())


def test_env_file_and_empty_values(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=debug\nOWNER_IDS=1, 2\nWEBHOOK_URL=\nSOMETHING_ELSE=1\n")
    settings = read_settings()
    assert settings.log_level == "DEBUG"
    assert settings.owner_ids == {1, 2}
    assert settings.webhook_url is None


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("LOG_LEVEL=info\n# caf\xe9\n".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"\.env can't be read: it is not UTF-8"):
        read_settings()


def test_env_example_is_current() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), "run `make schemas`"


def test_env_example_works_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(env_example(), encoding="utf-8")
    assert read_settings() == Settings()
