"""One frozen object of settings, built once at the edge from a mapping; every problem is reported at once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PUBLIC_CARD_TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"  #: dingtalk.md §3.4 A: markdown and buttons

HTTP_CAUTION = (
    "钉钉的 http 模式里，消息和点按的签名只盖着时间，不盖内容：拿到一次请求头的人，一分钟之内能冒充任何员工。"
    "只用 HTTPS，代理的日志不要记请求头，写上 DINGTALK_CORP_ID；能用 stream 模式就用 stream"
)


class SettingsError(ValueError):
    """Some settings are missing or wrong; ``problems`` names each key, never its value."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("设置有问题：\n" + "\n".join(f"· {p}" for p in problems))


def _pairs(text: object) -> object:
    """``风控群=https://…,管理群=https://…`` as a dict."""
    if not isinstance(text, str):
        return text
    pairs = [part.strip().split("=", 1) for part in text.split(",") if part.strip()]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ValueError("应写成 群名=地址，多个用逗号隔开")
    return {name.strip(): value.strip() for name, value in pairs}


def _zone(text: object) -> object:
    try:
        return ZoneInfo(text) if isinstance(text, str) else text
    except (KeyError, ValueError) as error:
        raise ValueError("不是有效的时区名，例如 Asia/Shanghai") from error


Pairs = Annotated[dict[str, str], BeforeValidator(_pairs)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Url = Annotated[str, Field(pattern=r"^(https?|wss?)://[^\s/]+")]


def _shaped(form: str, words: str) -> AfterValidator:
    """A secret of that form; the words say what is wanted, never what was given."""

    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(form, value.get_secret_value()):
            raise ValueError(words)
        return value

    return AfterValidator(check)


def _addresses(groups: dict[str, str]) -> dict[str, str]:
    if wrong := [name for name, url in groups.items() if not re.fullmatch(WEB, url)]:
        raise ValueError(f"{'、'.join(wrong)} 的地址应以 https:// 开头")
    return groups


BUCKET = "s3://"  #: begins a place of photos that is a bucket
_PLACE = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?"


def _bucket(place: str) -> str:
    if place.startswith(BUCKET) and not re.fullmatch(_PLACE, place):
        raise ValueError("应像 s3://桶名/前缀")
    return place


WEB = r"https?://[^\s/]+.*"
AesKey = Annotated[SecretStr, _shaped(r"[A-Za-z0-9+/]{43}", "应是 43 位字母数字（EncodingAESKey）")]
Token = Annotated[SecretStr, _shaped(r"[A-Za-z0-9]{1,32}", "应是 32 位以内的字母数字，和平台后台填的一样")]
SealKey = Annotated[SecretStr, _shaped(r"\S{32,}", "至少 32 个字符，例如 openssl rand -hex 32 的输出")]
MailUrl = Annotated[SecretStr, _shaped(r"smtps?://[^\s/]+.*", "应像 smtp://用户:密码@主机:端口")]
SmsUrl = Annotated[SecretStr, _shaped(WEB, "应以 http:// 或 https:// 开头")]
LinkKey = Annotated[SecretStr, _shaped(r"\S{32,}", "至少 32 个字符，例如 openssl rand -hex 32 生成的")]
Days = Annotated[int, Field(ge=0, le=36500)]  #: 0: for good


class Section(BaseModel):
    """A frozen group of settings; field ``x`` of a section with prefix ``P_`` is the key ``P_X``."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class WeComSettings(Section):
    """The self-built app (D/90664) and the alert groups' webhooks. What is ``old`` is taken in beside the new one."""

    corp_id: str
    agent_id: int
    secret: SecretStr
    token: Token
    token_old: Token | None = None
    aes_key: AesKey
    aes_key_old: AesKey | None = None
    api_base: Url = "https://qyapi.weixin.qq.com"


class DingTalkSettings(Section):
    """The internal app; ``token`` and ``aes_key`` are wanted for event subscription in ``http`` mode only."""

    client_id: str
    client_secret: SecretStr
    client_secret_old: SecretStr | None = None
    corp_id: str | None = None
    robot_code: str
    mode: Literal["stream", "http"] = "stream"
    token: Token | None = None
    token_old: Token | None = None
    aes_key: AesKey | None = None
    aes_key_old: AesKey | None = None
    card_template: str = PUBLIC_CARD_TEMPLATE
    api_base: Url = "https://api.dingtalk.com"
    oapi_base: Url = "https://oapi.dingtalk.com"
    monthly_calls: int = 5000


class ShopSettings(Section):
    """The shop that pays refunds (docs/connectors.md); without it finance pays by hand and says so."""

    api_base: Url
    api_key: str
    api_key_old: str | None = None
    api_secret: SecretStr
    api_secret_old: SecretStr | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Key and secret, those that are new first."""
        old = self.api_key_old or self.api_key, self.api_secret_old or self.api_secret
        return list(
            dict.fromkeys((key, secret.get_secret_value()) for key, secret in ((self.api_key, self.api_secret), old))
        )


class S3Settings(Section):
    """Storage that speaks S3, for ``PHOTO_STORE=s3://BUCKET/PREFIX``; ``style``: where in an address the bucket is."""

    api_base: Url
    region: str = "us-east-1"
    access_key: SecretStr
    secret_key: SecretStr
    style: Literal["path", "virtual"] = "path"


class KeepSettings(Section):
    """For how many days what nobody works on any more is kept; 0 for good. See ``flow.cases.retention``."""

    inbox: Annotated[int, Field(ge=3, le=36500)] = 30  #: at least as long as a platform may bring an event again
    outbox: Annotated[int, Field(ge=3, le=36500)] = 30
    cards: Days = 90
    dialogs: Days = 30
    refusals: Days = 365
    hooks: Annotated[int, Field(ge=3, le=36500)] = 30  #: for so long what another system sends again is known again
    photos: Days = 1095
    imports: Days = 180


class Settings(Section):
    """All settings of contract.md; channels that are not configured are ``None``."""

    database_url: str = Field("sqlite://var/boomerang.db", pattern=r"^(sqlite|postgres)://")
    redis_url: str | None = Field(None, pattern=r"^rediss?://")
    bot_host: str = "127.0.0.1"
    bot_port: int = Field(8080, ge=0, le=65535)
    bot_public_url: Url | None = None
    bot_timezone: Zone = ZoneInfo("Asia/Shanghai")
    bot_now: datetime | None = None
    policy: Literal["standard", "express"] = "standard"
    wecom_group_webhooks: Annotated[Pairs, AfterValidator(_addresses)] = {}
    wecom_group_webhooks_old: Annotated[Pairs, AfterValidator(_addresses)] = {}
    dingtalk_groups: Pairs = {}
    smtp_url: MailUrl | None = None
    sms_url: SmsUrl | None = None
    link_key: LinkKey | None = None
    link_key_old: LinkKey | None = None
    photo_store: Annotated[str, AfterValidator(_bucket)] = Field("var/photos", min_length=1)
    keep: KeepSettings = KeepSettings()
    audit_key: SealKey | None = None
    audit_key_old: SealKey | None = None
    wecom: WeComSettings | None = None
    dingtalk: DingTalkSettings | None = None
    shop: ShopSettings | None = None
    s3: S3Settings | None = None

    @property
    def public_url(self) -> str:
        """How customers' browsers reach the bot."""
        return self.bot_public_url or f"http://{self.bot_host}:{self.bot_port}"

    @property
    def group_robots(self) -> dict[str, list[str]]:
        """The addresses of each group's robots, the new one first."""
        old = self.wecom_group_webhooks_old
        return {
            name: [each[name] for each in (self.wecom_group_webhooks, old) if name in each]
            for name in self.wecom_group_webhooks
        }

    def cautions(self) -> list[str]:
        """What is allowed, but should be done knowingly."""
        return [HTTP_CAUTION] if self.dingtalk and self.dingtalk.mode == "http" else []

    @classmethod
    def load(cls, environ: Mapping[str, str], env_file: Path | None = None) -> Settings:
        """Read the environment over the ``.env`` file over the defaults.

        Raises SettingsError naming every missing or wrong key at once.
        """
        try:
            filed = {k: v for k, v in dotenv_values(env_file).items() if v} if env_file and env_file.exists() else {}
        except UnicodeDecodeError:
            raise SettingsError([f"{env_file}：不是 UTF-8 编码，请另存为 UTF-8"]) from None
        values = filed | {k: v for k, v in environ.items() if v}
        problems = _same_as_old(values)
        channels: dict[str, Section | None] = {
            "wecom": _section(WeComSettings, "WECOM_", values, problems),
            "dingtalk": _section(DingTalkSettings, "DINGTALK_", values, problems),
            "shop": _section(ShopSettings, "SHOP_", values, problems),
            "s3": _section(S3Settings, "S3_", values, problems),
        }
        if keep := _section(KeepSettings, "KEEP_", values, problems):
            channels["keep"] = keep
        own = {name: values[name.upper()] for name in cls.model_fields if name.upper() in values}
        try:
            settings = cls(**own, **channels)  # type: ignore[arg-type]
        except ValidationError as error:
            raise SettingsError(problems + _sentences(error, "")) from None
        problems += _conflicts(settings)
        if problems:
            raise SettingsError(problems)
        return settings


_SWITCHES = {  #: any of these keys present means that the section is wanted
    "WECOM_": ("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_SECRET"),
    "DINGTALK_": ("DINGTALK_CLIENT_ID", "DINGTALK_CLIENT_SECRET"),
    "SHOP_": ("SHOP_API_BASE", "SHOP_API_KEY", "SHOP_API_SECRET"),
    "S3_": ("S3_API_BASE", "S3_ACCESS_KEY", "S3_SECRET_KEY"),
    "KEEP_": tuple(f"KEEP_{name.upper()}" for name in KeepSettings.model_fields),
}


def _section(kind: type[Section], prefix: str, values: Mapping[str, str], problems: list[str]) -> Section | None:
    if not any(key in values for key in _SWITCHES[prefix]):
        return None
    given: dict[str, Any] = {f: values[prefix + f.upper()] for f in kind.model_fields if prefix + f.upper() in values}
    if kind is DingTalkSettings and "client_id" in given:
        given.setdefault("robot_code", given["client_id"])
    try:
        return kind(**given)
    except ValidationError as error:
        problems += _sentences(error, prefix)
        return None


def _sentences(error: ValidationError, prefix: str) -> list[str]:
    """Name the key and what is wanted; pydantic's own message may carry the value, so it is not shown."""
    words = {
        "missing": "没有设置",
        "int_parsing": "应是整数",
        "string_pattern_mismatch": "格式不对",
        "literal_error": "不是可选的值",
        "greater_than_equal": "超出范围",
        "less_than_equal": "超出范围",
    }
    return [
        f"{prefix}{str(e['loc'][0]).upper()}：{words.get(e['type']) or e['msg'].removeprefix('Value error, ')}"
        for e in error.errors(include_input=False, include_context=False, include_url=False)
    ]


def is_loopback(url: str) -> bool:
    """Whether ``url`` points at this machine, which no real platform does."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def _conflicts(settings: Settings) -> list[str]:
    """What each key alone cannot show."""
    found = []
    ding, wecom = settings.dingtalk, settings.wecom
    bases = [wecom.api_base] if wecom else []
    bases += [ding.api_base, ding.oapi_base] if ding else []
    if settings.bot_now and not all(is_loopback(base) for base in bases):
        found.append("BOT_NOW：只供沙盒和测试，连接真实平台时不能设置")
    if settings.bot_now and settings.bot_now.tzinfo is None:
        found.append("BOT_NOW：要带时区，例如 2026-11-22T09:00:00+08:00")
    if settings.photo_store.startswith(BUCKET) and not settings.s3:
        found.append("PHOTO_STORE：放在 s3:// 里还要 S3_API_BASE、S3_ACCESS_KEY、S3_SECRET_KEY")
    return found + _lost_robots(settings)


def _lost_robots(settings: Settings) -> list[str]:
    """Old robots that have no new one beside them: it would be said nowhere that they are not used."""
    key, new = "WECOM_GROUP_WEBHOOKS_OLD", settings.wecom_group_webhooks
    return [
        f"{key}：“{name}”不在 WECOM_GROUP_WEBHOOKS 里" if name not in new else f"{key}：“{name}”新旧地址一样"
        for name, url in settings.wecom_group_webhooks_old.items()
        if new.get(name, url) == url
    ]


OLD = "_old"  #: ends the name of a setting whose value is still taken in beside the new one


def _same_as_old(values: Mapping[str, str]) -> list[str]:
    """Old values that are the new ones: whoever wrote them has forgotten one half of the change."""
    parts = (("", Settings), ("WECOM_", WeComSettings), ("DINGTALK_", DingTalkSettings), ("SHOP_", ShopSettings))
    keys = [f"{prefix}{name}".upper() for prefix, part in parts for name in part.model_fields if name.endswith(OLD)]
    words = "一样；旧值写在这里，新值写在没有 _OLD 的键里"
    pairs = [(key, key.removesuffix(OLD.upper())) for key in keys if key in values]
    return [f"{old}：和 {new} {words}" for old, new in pairs if values[old] == values.get(new)]


def secrets(*given: SecretStr | None) -> tuple[str, ...]:
    """The values of those that are set, the new one first."""
    return tuple(each.get_secret_value() for each in given if each)
