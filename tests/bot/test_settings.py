"""Settings come from a mapping, report everything at once and never print a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

WECOM = {
    "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1000002", "WECOM_SECRET": "s3cret", "WECOM_TOKEN": "tok",
    "WECOM_AES_KEY": "a" * 43,
}  # fmt: skip


def test_nothing_set_is_a_bot_on_sqlite_without_channels() -> None:
    settings = Settings.load({})
    assert (settings.database_url, settings.bot_port) == ("sqlite://var/boomerang.db", 8080)
    assert (settings.wecom, settings.dingtalk, settings.shop) == (None, None, None)
    assert str(settings.bot_timezone) == "Asia/Shanghai"


def test_environment_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_PORT=1\nPOLICY=express\n", encoding="utf-8")
    settings = Settings.load({"BOT_PORT": "2"}, tmp_path / ".env")
    assert (settings.bot_port, settings.policy) == (2, "express")


def test_robot_code_is_the_client_id_unless_told_otherwise() -> None:
    ding = {"DINGTALK_CLIENT_ID": "dingx", "DINGTALK_CLIENT_SECRET": "y"}
    assert Settings.load(ding).dingtalk.robot_code == "dingx"  # type: ignore[union-attr]
    assert Settings.load(ding | {"DINGTALK_ROBOT_CODE": "r"}).dingtalk.robot_code == "r"  # type: ignore[union-attr]


def test_groups_are_pairs() -> None:
    hooks = Settings.load({"WECOM_GROUP_WEBHOOKS": "风控群=https://a/b?key=1,管理群=https://c"}).wecom_group_webhooks
    assert hooks == {"风控群": "https://a/b?key=1", "管理群": "https://c"}


S3 = {"S3_API_BASE": "https://oss.example.com", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),  # not one of the two engines
        ({"BOT_PORT": "x"}, "BOT_PORT"),  # not a number
        ({"BOT_PORT": "70000"}, "BOT_PORT"),  # no such port
        ({"BOT_TIMEZONE": "Mars/Base"}, "BOT_TIMEZONE"),  # no such zone
        ({"POLICY": "lazy"}, "POLICY"),  # not a preset
        ({"WECOM_CORP_ID": "x"}, "WECOM_SECRET"),  # half an app
        (WECOM | {"WECOM_AES_KEY": "short"}, "WECOM_AES_KEY"),  # 43 characters, D/90968
        ({"DINGTALK_CLIENT_ID": "x"}, "DINGTALK_CLIENT_SECRET"),
        (WECOM | {"WECOM_AES_KEY": "!" * 43}, "WECOM_AES_KEY：应是 43 位字母数字"),
        (WECOM | {"WECOM_TOKEN": "bad token!"}, "WECOM_TOKEN：应是 32 位以内的字母数字"),
        ({"WECOM_GROUP_WEBHOOKS": "风控群"}, "WECOM_GROUP_WEBHOOKS"),  # no address
        ({"WECOM_GROUP_WEBHOOKS": "风控群=群里"}, "WECOM_GROUP_WEBHOOKS：风控群 的地址应以 https:// 开头"),
        ({"SMTP_URL": "mail.example.com"}, "SMTP_URL：应像 smtp://"),
        ({"SMS_URL": "短信"}, "SMS_URL：应以 http:// 或 https:// 开头"),
        ({"PHOTO_STORE": "s3://photos"}, "PHOTO_STORE：放在 s3:// 里还要 S3_API_BASE"),
        ({"PHOTO_STORE": "s3://照片", **S3}, "PHOTO_STORE：应像 s3://桶名/前缀"),
        ({"PHOTO_STORE": "s3://photos", "S3_API_BASE": "https://x"}, "S3_ACCESS_KEY：没有设置"),
        (S3 | {"S3_STYLE": "dns"}, "S3_STYLE：不是可选的值"),
        ({"BOT_NOW": "2026-01-01T00:00:00"}, "BOT_NOW"),  # without a zone
        (WECOM | {"BOT_NOW": "2026-01-01T00:00:00+08:00"}, "BOT_NOW"),  # on the real platform
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.load(environ)


def test_all_problems_come_at_once_and_no_value_is_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({"WECOM_SECRET": "s3cret", "BOT_PORT": "seventy", "POLICY": "lazy"})
    text = str(caught.value)
    assert all(key in text for key in ("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_TOKEN", "BOT_PORT", "POLICY"))
    assert not any(value in text for value in ("s3cret", "seventy", "lazy"))


def test_secrets_mask_themselves() -> None:
    assert "s3cret" not in repr(Settings.load(WECOM))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("BOT_HOST=本机".encode("gbk"))
    with pytest.raises(SettingsError, match=r"\.env：不是 UTF-8 编码"):
        Settings.load({}, tmp_path / ".env")
