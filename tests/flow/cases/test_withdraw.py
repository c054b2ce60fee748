"""Taking a return back: the creator may, until goods or money have moved."""

from __future__ import annotations

import pytest

from flow.engine.values import Actor
from flow.engine.verbs import WITHDRAW
from models.enums import CaseState, CloseReason
from tests.support.shipped import CREATOR, FLOW, Play, worker


def withdrawing(*actions: str, preset: str = "standard") -> Play:
    play = Play.open(preset, "9.90")
    for action in actions:
        play.does(action)
    return play


@pytest.mark.parametrize("before", [(), ("同意",), ("同意", "同意")])
def test_the_creator_withdraws_until_goods_or_money_have_moved(before: tuple[str, ...]) -> None:
    play = withdrawing(*before)
    play.tries(WITHDRAW, Actor(CREATOR, "小林"))
    assert (play.now.state, play.now.close_reason) == (CaseState.CLOSED, CloseReason.WITHDRAWN)


TOO_LATE = [
    (("同意", "同意", "确认收货"), "standard", "货已收到"),  # the goods are here
    (("退款成功",), "express", "款已退"),  # the money is gone
    ((), "express", "付款渠道确认"),  # the shop has been asked: the answer is not known yet
]


@pytest.mark.parametrize(("before", "preset", "why"), TOO_LATE)
def test_too_late_to_withdraw(before: tuple[str, ...], preset: str, why: str) -> None:
    assert why in withdrawing(*before, preset=preset).refused(WITHDRAW, Actor(CREATOR, "小林")).reason


def test_only_the_creator_withdraws() -> None:
    owner = worker(FLOW.nodes["客服审核"], "管理员")
    assert "提交人" in withdrawing().refused(WITHDRAW, owner).reason
