"""Requests from nobody we know: an empty refusal, nothing stored, nothing shown, nothing quoted in a log."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from models import Inbox
from tests.support.proof import rows
from tests.support.stage import sell, sqlite_url, stage
from tests.support.stories import LAMP
from tests.support.walk import Walk
from tests.support.wire import WECOM, Post, dingtalk_event, dingtalk_post, enveloped, forged, sealed, wecom_tap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.support.stage import Stage

MARK = "不可外传"  #: stands in everything that is sent here, and must stand in no log
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything that was logged, by us and by libraries."""
    with capture_logs() as ours, caplog.at_level("INFO"):
        yield lambda: f"{ours} {caplog.text}"


HUGE = b"x" * ((1 << 20) + 1)


def _tap_for(desk: Stage, **changes: Any) -> Post:
    token = f"R20261123-0001-v1-m4-{crc32('客服审核'.encode()):08x}"
    return wecom_tap(desk, "wangjianguo", token, "a1|1|1|同意", **changes)


def _resealed(desk: Stage, **how: Any) -> Post:
    fields = {"FromUserName": "wangjianguo", "MsgType": "text", "Content": MARK, "MsgId": 1}
    return sealed(desk, fields, **how)


STRANGERS: list[Any] = [
    pytest.param(lambda d: forged(_tap_for(d)), 403, id="wecom: forged"),
    pytest.param(lambda d: _resealed(d, age=3600), 403, id="wecom: an hour old"),
    pytest.param(lambda d: _resealed(d, age=-3600), 403, id="wecom: from the future"),
    pytest.param(lambda d: _resealed(d, corp="wwsomebodyelse"), 403, id="wecom: another corp"),
    pytest.param(lambda d: _tap_for(d, AgentID=WECOM.agent_id + 1), 403, id="wecom: another app"),
    pytest.param(lambda d: enveloped(d, f"<xml><Content>{MARK}"), 400, id="wecom: XML without an end"),
    pytest.param(lambda d: enveloped(d, f"<xml>{MARK}</xml>"), 400, id="wecom: XML without what counts"),
    pytest.param(lambda d: enveloped(d, '<!DOCTYPE a [<!ENTITY b "c">]><xml>&b;</xml>'), 400, id="wecom: entities"),
    pytest.param(lambda _: Post("/wecom/callback", MARK.encode()), 400, id="wecom: no envelope"),
    pytest.param(lambda _: Post("/wecom/callback", HUGE), 413, id="wecom: a megabyte and a byte"),
    pytest.param(lambda d: forged(dingtalk_post(d, "/dingtalk/robot", b"{}")), 403, id="dingtalk: forged message"),
    pytest.param(lambda d: forged(dingtalk_post(d, "/dingtalk/card", b"{}")), 403, id="dingtalk: forged tap"),
    pytest.param(lambda d: forged(dingtalk_event(d, {})), 403, id="dingtalk: forged event"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/robot", b"{}", age=3700), 403, id="dingtalk: old message"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/card", b"{}", age=3700), 403, id="dingtalk: old tap"),
    pytest.param(lambda d: dingtalk_event(d, {"EventType": "x"}, age=3700), 403, id="dingtalk: old event"),
    pytest.param(lambda d: dingtalk_event(d, {"EventType": "x"}, owner="dingother"), 403, id="dingtalk: another app"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/robot", b'{"a'), 400, id="dingtalk: half a JSON"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/card", b"[]"), 400, id="dingtalk: no object"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/robot", HUGE), 413, id="dingtalk: a megabyte and a byte"),
    pytest.param(lambda d: dingtalk_post(d, "/dingtalk/card", HUGE), 413, id="dingtalk: a tap of that size"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Every HTTP callback there is, DingTalk's too; one for all, for what is refused leaves it as it was."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copy2(sqlite_template, folder / "desk.db")
    async with stage(sqlite_url(folder), DINGTALK_MODE="http") as found:
        await sell("536365", LAMP)
        await Walk(found, "wecom").opened()
        yield found


@pytest.mark.parametrize(("letter", "status"), STRANGERS)
async def test_a_stranger_gets_a_bare_refusal(
    door: Stage, logged: Callable[[], str], letter: Callable[[Stage], Post], status: int
) -> None:
    before = (await rows(), await Inbox.all().count(), len(door.sandbox.world.items))
    post = letter(door)
    assert await post.to(door) == (status, "")
    assert (await rows(), await Inbox.all().count(), len(door.sandbox.world.items)) == before
    assert not any(secret in logged() for secret in (MARK, *post.query.values(), post.headers.get("sign") or MARK))
