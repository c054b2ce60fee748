"""Keys are changed with the old one beside the new: nobody on either side of the change is turned away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.wecom.envelope import Envelope
from bot.channels.wecom.parse import Unreadable
from bot.runtime.clock import Clock
from config.settings import HTTP_CAUTION, Settings, SettingsError, WeComSettings
from models import Refund, RefundState
from sandbox.server import SHOP_KEY, SHOP_SIGNING, demo_dingtalk, demo_wecom
from sandbox.wecom.crypto import Crypto
from tests.support.stage import START, sell, stage
from tests.support.stories import LAMP, inspected, play, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

APP, DING = demo_wecom("http://127.0.0.1:1"), demo_dingtalk("http://127.0.0.1:1")
NEW_TOKEN, NEW_KEY = "N" * 32, "n" * 43
ROBOT = "https://qyapi/cgi-bin/webhook/send?key="


async def works(desk: Stage) -> None:
    """Words and taps come in, and what taps are answered with is read."""
    await submitted(desk)
    await play(desk, "王建国 同意", "李敏 同意")
    assert desk.sandbox.wecom.problems == []


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"WECOM_TOKEN": NEW_TOKEN, "WECOM_TOKEN_OLD": APP.token}, id="token"),
        pytest.param({"WECOM_AES_KEY": NEW_KEY, "WECOM_AES_KEY_OLD": APP.aes_key}, id="key"),
        pytest.param(
            {
                "WECOM_TOKEN": NEW_TOKEN, "WECOM_TOKEN_OLD": APP.token,
                "WECOM_AES_KEY": NEW_KEY, "WECOM_AES_KEY_OLD": APP.aes_key,
            },
            id="both",
        ),
        pytest.param({"WECOM_TOKEN_OLD": "o" * 32, "WECOM_AES_KEY_OLD": "o" * 43}, id="the platform has changed"),
    ],
)  # fmt: skip
async def test_wecom_is_understood_and_answered_before_and_after_it_changes(
    sqlite: str, environ: dict[str, str]
) -> None:
    async with stage(sqlite, None, "stream", "wecom", **environ) as desk:
        await sell("536365", LAMP)
        await works(desk)


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"DINGTALK_CLIENT_SECRET_OLD": "before"}, id="the platform has changed"),
        pytest.param(
            {
                "DINGTALK_TOKEN": "new", "DINGTALK_TOKEN_OLD": DING.token,
                "DINGTALK_AES_KEY": NEW_KEY, "DINGTALK_AES_KEY_OLD": DING.aes_key,
            },
            id="the platform has not changed yet",
        ),
    ],
)  # fmt: skip
async def test_dingtalk_is_understood_and_answered_before_and_after_it_changes(
    sqlite: str, environ: dict[str, str]
) -> None:
    async with stage(sqlite, None, "http", "dingtalk", **environ) as desk:
        await sell("536365", LAMP)
        assert await desk.sandbox.dingtalk.phones.check_url()
        await submitted(desk)
        await play(desk, "王建国 同意")
        assert desk.sandbox.dingtalk.problems == []


@pytest.mark.parametrize("shop_knows", ["old", "new"])
async def test_a_shop_that_knows_one_secret_pays_whichever_it_is(sqlite: str, shop_knows: str) -> None:
    other = "another secret"
    pair = (other, SHOP_SIGNING) if shop_knows == "old" else (SHOP_SIGNING, other)
    async with stage(sqlite, SHOP_API_SECRET=pair[0], SHOP_API_SECRET_OLD=pair[1]) as desk:
        await sell("536365", LAMP)
        await inspected(desk)
        await play(desk, "钱芳 确认退款")
        assert (await Refund.get()).state is RefundState.PAID


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param(
            {
                "SHOP_API_KEY": "new", "SHOP_API_KEY_OLD": SHOP_KEY,
                "SHOP_API_SECRET": "n", "SHOP_API_SECRET_OLD": SHOP_SIGNING,
            },
            id="both, which the shop does not know yet",
        ),
        pytest.param({"SHOP_API_KEY": "new", "SHOP_API_KEY_OLD": SHOP_KEY}, id="the key alone"),
        pytest.param({"SHOP_API_KEY_OLD": "before", "SHOP_API_SECRET_OLD": "b"}, id="the shop has changed"),
    ],
)  # fmt: skip
async def test_a_shop_that_knows_one_key_pays_whichever_it_is(sqlite: str, environ: dict[str, str]) -> None:
    async with stage(sqlite, None, "stream", "both", **environ) as desk:
        await sell("536365", LAMP)
        await inspected(desk)
        await play(desk, "钱芳 确认退款")
        assert (await Refund.get()).state is RefundState.PAID


@pytest.mark.parametrize(
    ("old", "words"),
    [
        (f"财务群={ROBOT}a", "“财务群”不在 WECOM_GROUP_WEBHOOKS 里"),
        (f"管理群={ROBOT}new", "“管理群”新旧地址一样"),
        ("管理群=key", "管理群 的地址应以 https:// 开头"),
    ],
)
def test_an_old_robot_without_a_new_one_is_half_a_change(old: str, words: str) -> None:
    given = {"WECOM_GROUP_WEBHOOKS": f"管理群={ROBOT}new,风控群={ROBOT}b", "WECOM_GROUP_WEBHOOKS_OLD": old}
    with pytest.raises(SettingsError, match=f"WECOM_GROUP_WEBHOOKS_OLD：{words}"):
        Settings.load(given)


def an_envelope(wecom: WeComSettings) -> Envelope:
    return Envelope(wecom, Clock(lambda: START, START.timestamp))


@pytest.mark.parametrize(("token", "key"), [("third", NEW_KEY), ("new", "x" * 43)])
def test_what_is_neither_new_nor_old_opens_nothing(token: str, key: str) -> None:
    wecom = Settings.load({
        "WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "s", "WECOM_TOKEN": "new",
        "WECOM_TOKEN_OLD": "old", "WECOM_AES_KEY": NEW_KEY, "WECOM_AES_KEY_OLD": "o" * 43,
    }).wecom  # fmt: skip
    assert wecom
    stamp, crypto, envelope = str(int(START.timestamp())), Crypto(token, key, "ww1"), an_envelope(wecom)
    for _ in range(100):  # a wrong key gives random bytes, which fail in many ways
        sealed = crypto.encrypt("<xml/>")
        query = {"msg_signature": crypto.sign(stamp, "n", sealed), "timestamp": stamp, "nonce": "n", "echostr": sealed}
        with pytest.raises(Unreadable, match=r"signature is wrong|can't be decrypted"):
            envelope.echo(query)


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("WECOM_TOKEN_OLD", {"WECOM_TOKEN": "t"}),
        ("WECOM_AES_KEY_OLD", {"WECOM_AES_KEY": NEW_KEY}),
        ("SHOP_API_SECRET_OLD", {"SHOP_API_BASE": "https://shop", "SHOP_API_KEY": "k", "SHOP_API_SECRET": "s"}),
        ("DINGTALK_CLIENT_SECRET_OLD", {"DINGTALK_CLIENT_ID": "d", "DINGTALK_CLIENT_SECRET": "s"}),
        ("LINK_KEY_OLD", {"LINK_KEY": "k" * 32}),
    ],
)
def test_an_old_value_that_is_the_new_one_is_half_a_change(key: str, wrong: dict[str, str]) -> None:
    wecom = {
        "WECOM_CORP_ID": "w", "WECOM_AGENT_ID": "1", "WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": NEW_KEY,
    }  # fmt: skip
    same = wrong[key.removesuffix("_OLD")]
    with pytest.raises(SettingsError, match=f"{key}：和 {key.removesuffix('_OLD')} 一样"):
        Settings.load((wecom if key.startswith("WECOM") else {}) | wrong | {key: same})


def test_half_a_change_is_told_beside_whatever_else_is_wrong() -> None:
    with pytest.raises(SettingsError, match=r"(?s)SHOP_API_SECRET_OLD：和 .* 一样.*LINK_KEY：至少"):
        Settings.load({
            "LINK_KEY": "short", "SHOP_API_BASE": "https://shop", "SHOP_API_KEY": "k", "SHOP_API_SECRET": "s",
            "SHOP_API_SECRET_OLD": "s",
        })  # fmt: skip


@pytest.mark.parametrize("key", ["LINK_KEY", "LINK_KEY_OLD"])
def test_a_key_of_links_cannot_be_guessed(key: str) -> None:
    with pytest.raises(SettingsError, match=f"{key}：至少 32 个字符"):
        Settings.load({key: "short"})


def test_http_mode_of_dingtalk_is_warned_of() -> None:
    ding = {"DINGTALK_CLIENT_ID": "d", "DINGTALK_CLIENT_SECRET": "s"}
    assert Settings.load(ding).cautions() == []
    assert Settings.load(ding | {"DINGTALK_MODE": "http"}).cautions() == [HTTP_CAUTION]
