"""A node and a field get new names: rules with a time, rules of other systems and own papers still know old cases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.outbox.keyring import open_keyring
from bot.outbox.links import HOOKS
from bot.web.hooks import key_of
from models import Case, Event
from tests.stories.test_hooks import sent
from tests.stories.test_owner_file import OWNER, SECOND
from tests.stories.test_print_templates import files, published, with_cells
from tests.stories.test_scheduled_rules import tick
from tests.support.owners import publish
from tests.support.print_templates import letterhead
from tests.support.stories import approved, group_news, says, stand

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
FIELD = "增加字段 仓库收货 外观 单选 完好|破损 必填 在 确认收货"
EACH_DAY = "增加规则 催检 每天 10:00 如果 节点=质检 且 外观=破损 就 告警 管理群 {单号} 在 {节点} 等着 {外观}"
PUSHED = "增加规则 看过 当 推送 来源 顺丰 如果 外观=破损 就 记 到货样子=原来{外观}"
NAMES = "流程 质检 改名 品检；改名 字段 外观 卖相"


async def test_rules_and_papers_take_a_case_of_the_old_names_for_what_it_is(desk: Stage) -> None:
    place = desk.home(desk.person("李敏"))[0]
    owner, second = OWNER[place], SECOND[place]
    await publish(desk, owner, second, FIELD, EACH_DAY, PUSHED)
    await published(
        desk, letterhead(with_cells({"A1": "{填写:外观}", "E3": "{单号}"}, goods=False), "抬头"), "打印模板 退货申请单"
    )
    no = await approved(desk)
    await says(desk, "周仓", f"确认收货 {no}")
    await says(desk, "周仓", "破损")
    assert await stand(no) == "处理中 质检"
    await publish(desk, owner, second, NAMES)
    told = await says(desk, "李敏", f"自动规则 试 {no}")
    assert "催检（每天 10:00）：会触发" in told
    await desk.later(timedelta(days=1, hours=2))
    await tick(desk)
    await desk.later(timedelta(minutes=11))
    assert [line for line in group_news(desk, "管理群") if f"{no} 在 品检 等着 破损" in line]
    key = key_of((await open_keyring(desk.bot.settings, desk.clock.now())).of(HOOKS)[0], "顺丰")
    assert await sent(desk, key, {"单号": no}) == (200, {"单号": no, "状态": "处理中", "触发": ["看过"]})
    facts = (await Case.get(no=no)).facts
    assert (facts["外观"], facts["到货样子"], "卖相" in facts) == ("破损", "原来破损", False)
    assert await Event.filter(action="自动规则", case__no=no).count() == 2
    [own] = [book for called, book in (await files(desk, "王建国", f"导出 {no}")).items() if "退货申请单" in called]
    assert own.worksheets[0]["A1"].value == "破损"
    assert "没有被改动过" in await says(desk, "赵卫东", f"验真 {no}")
