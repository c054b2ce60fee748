"""Every kind of case that ships can be rehearsed to its end by the likely buttons, whatever its forms ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.definitions.permissions import KINDS
from models import Case, Outbox, Parcel, Refund
from tests.support.stage import buttons
from tests.support.stories import news, says

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("dingtalk")
OWNER = "李敏"
MOST = 30  #: steps of a case
#: what a question says of how it is answered, and an answer
ANSWERS = {
    "序号": "1",
    "照片": "跳过",
    "运单号": "SF1234567890123",
    "序列号": "ABC12345",
    "日期": "今天",
    "金额": "1",
    "一个数": "1",
}


def _asked(desk: Stage) -> str:
    """What would answer the question that stands; "" where none does."""
    words = desk.last(desk.person(OWNER))
    if "（回复“取消”离开）" not in words:
        return ""
    return next((answer for how, answer in ANSWERS.items() if how in words), "好的")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_kind_is_rehearsed_to_its_end(desk: Stage, kind: str) -> None:
    await says(desk, OWNER, f"演练 {kind} 随便 300元")
    for _ in range(MOST):
        if answer := _asked(desk):
            await says(desk, OWNER, answer)
            continue
        live = desk.live(desk.person(OWNER))
        if not live:
            break
        await desk.tap(desk.person(OWNER), buttons(live[-1])[0], live[-1])
    assert f"【演练】走完了：{kind}（假订单）" in news(desk, OWNER)[-1]
    assert [await model.all().count() for model in (Case, Refund, Parcel)] == [0, 0, 0]
    assert not await Outbox.filter(kind__in=("refund", "notice", "pass", "group")).exists()
