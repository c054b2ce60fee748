"""Who works here, changed in the chat: at once, or by a second person where money is concerned, and on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flow.records.access_log import STAFFED
from flow.records.register import broken
from models import AuditEntry, Member, MemberRole, Proposal, ProposalState, Task, TaskState
from sandbox.world import Person
from tests.support.owners import offers
from tests.support.stories import group_news, news, offered, play, says, stand, submitted, taps, the_cards_are_true

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
ADMIN, DIRECTOR = "陈卓", "赵卫东"


async def roles_of(name: str) -> set[str]:
    member = await Member.get(name=name)
    return {str(role) for role in await MemberRole.filter(member=member).values_list("role", flat=True)}


async def owners() -> set[str]:
    return {t.owner.name for t in await Task.filter(state=TaskState.OPEN).prefetch_related("owner")}


async def test_a_role_that_approves_is_given_by_two(desk: Stage) -> None:
    told = await says(desk, ADMIN, "王建国 加角色 客服主管")
    assert "还没有生效：客服主管能发布、回滚或改员工" in told
    assert "已请 李敏、赵卫东 发布" in told
    assert await roles_of("王建国") == {"客服组长"}
    assert offers(desk, ADMIN) == [["看改动", "作废"]]  # its author cannot put it in force
    assert offers(desk, DIRECTOR) == [["发布", "看改动", "驳回"]]
    await taps(desk, DIRECTOR, "发布")
    assert await roles_of("王建国") == {"客服组长", "客服主管"}
    assert any("你的员工资料改了（赵卫东）：加上角色 客服主管" in each for each in news(desk, "王建国"))
    entry = await AuditEntry.get(kind=STAFFED)
    assert (entry.actor, entry.data["提出"], entry.data["员工"]) == (DIRECTOR, ADMIN, ["王建国"])
    assert "员工变动 员工 王建国 改动 王建国 加上角色 客服主管 提出 陈卓" in await says(desk, ADMIN, "审计 王建国")
    assert await broken(("member",)) == []
    assert "写法：发布" in await says(desk, "王建国", "帮助 发布")


async def test_by_word_as_by_tap_and_never_by_whom_it_is_about(desk: Stage) -> None:
    await says(desk, ADMIN, "员工 李敏 加角色 财务")
    assert "这是改你自己的" in await says(desk, "李敏", "发布")
    assert "已经在等发布了" in await says(desk, ADMIN, "员工 李敏 加角色 财务")
    assert "已生效" in await says(desk, DIRECTOR, "发布")
    assert await roles_of("李敏") == {"客服主管", "财务"}


@pytest.mark.parametrize("word", ["驳回", "作废"])
async def test_what_is_refused_or_taken_back_never_was(desk: Stage, word: str) -> None:
    await says(desk, ADMIN, "员工 王建国 加角色 财务")
    await says(desk, DIRECTOR if word == "驳回" else ADMIN, word)
    assert await roles_of("王建国") == {"客服组长"}
    assert (await Proposal.get()).state is ProposalState.DROPPED
    assert await AuditEntry.filter(kind=STAFFED).count() == 0


async def test_nobody_changes_their_own(desk: Stage) -> None:
    assert "自己的角色、账号和去留要请别人改" in await says(desk, ADMIN, "员工 陈卓 加角色 财务")
    assert await roles_of(ADMIN) == {"管理员"}


async def test_what_concerns_no_money_is_so_at_once(desk: Stage) -> None:
    assert "已改，马上生效" in await says(desk, ADMIN, "给何佳加角色 质检员") or "已改" in await says(
        desk, ADMIN, "员工"
    )
    assert await Proposal.all().count() == 0
    assert await AuditEntry.filter(kind=STAFFED).count() == 1


async def test_a_supervisor_reaches_their_own_people_only(desk: Stage) -> None:
    assert "不在你能改的范围" in await says(desk, "李敏", "员工 钱芳 团队 客服部")
    assert "已改" in await says(desk, "李敏", "员工 林晓 团队 售后二组")
    assert "你的角色不能用“员工”" in await says(desk, "林晓", "员工 林晓 加角色 财务")


async def test_somebody_new_can_work_at_once(desk: Stage) -> None:
    asked = "新员工 张三 企业微信 zhangsan 钉钉 zhang.san 角色 客服 上级 王建国"
    assert "新员工 张三" in await says(desk, ADMIN, asked)
    desk.sandbox.world.people.append(Person("张三", ("客服",), "zhangsan", "zhang.san", "王建国"))
    platform = desk.home(desk.person(ADMIN))[0]
    assert "没有待办" in await says(desk, "张三", "待办", platform)
    assert "角色 客服；" in await says(desk, ADMIN, "员工 张三")


async def test_a_leaver_s_work_goes_on_and_they_hear_nothing_more(desk: Stage) -> None:
    no = await submitted(desk)
    told = await says(desk, ADMIN, "离职 王建国")
    assert "王建国 是最后一个客服组长" in told  # said before anything is done
    assert await owners() == {"王建国"}
    await says(desk, DIRECTOR, "发布")
    assert await owners() == {"李敏"}
    heard = len(news(desk, "王建国"))
    await play(desk, "李敏 同意")
    await desk.bot.settled()
    assert len(news(desk, "王建国")) == heard
    assert "还没有登记为员工" in await says(desk, "王建国", "待办")
    boss = await Member.get(name="李敏")
    assert (await Member.get(name="林晓")).manager_id == boss.id
    assert await stand(no) == "处理中 仓库收货"  # 李敏 approves the amount, too
    assert "王建国" in await says(desk, "李敏", f"查 {no}")  # the records stay
    await the_cards_are_true(desk)
    assert await broken(("member",)) == []


async def test_whoever_is_away_hears_that_nobody_stands_in_any_more(desk: Stage) -> None:
    await says(desk, "林晓", "请假 明天 到 11-30 代理 何佳")
    assert "林晓 请假时由 何佳 代理，以后按规则给别人" in await says(desk, ADMIN, "离职 何佳")
    assert any("何佳 离职了，不能再代理你" in each for each in news(desk, "林晓"))


async def test_tasks_of_a_role_that_is_gone_go_to_who_has_it(desk: Stage) -> None:
    await says(desk, ADMIN, "员工 何佳 加角色 客服组长")
    await says(desk, DIRECTOR, "发布")
    no = await submitted(desk, by="孙悦")
    assert await owners() == {"王建国", "何佳"}
    await says(desk, ADMIN, "员工 王建国 去角色 客服组长，加角色 客服")
    told = await says(desk, DIRECTOR, "发布")
    assert "王建国 手上 1 件待办已按规则给别人" in told
    assert await owners() == {"何佳"}
    assert "客服审核" in await stand(no)


async def test_the_last_who_may_publish_stays(desk: Stage) -> None:
    await says(desk, DIRECTOR, "离职 李敏")
    assert "已生效" in await says(desk, ADMIN, "发布")
    assert "要第二个人发布，可是除了你没有人" in await says(desk, DIRECTOR, f"离职 {ADMIN}")


async def test_what_has_become_otherwise_since_it_was_seen_is_not_put_in_force(desk: Stage) -> None:
    await says(desk, ADMIN, "员工 何佳 加角色 客服组长")
    await says(desk, DIRECTOR, "发布")
    await says(desk, ADMIN, "员工 何佳 去角色 客服组长")  # there is another one: nothing to be said
    await says(desk, ADMIN, "员工 王建国 加角色 客服，去角色 客服组长")
    await says(desk, DIRECTOR, "发布 1")
    assert "已生效" in await says(desk, DIRECTOR, "发布 员工王建国")
    told = await says(desk, DIRECTOR, "发布 员工何佳")
    assert "提出以后情况变了：何佳 是最后一个客服组长" in told
    assert "客服组长" in await roles_of("何佳")


async def test_nobody_is_alarmed_that_a_leaver_hears_nothing(desk: Stage) -> None:
    no = await submitted(desk, by="孙悦")
    await says(desk, ADMIN, "离职 孙悦")
    before = len(group_news(desk, "管理群"))
    await play(desk, "王建国 同意", "李敏 同意")
    assert "仓库收货" in await stand(no)
    assert len(group_news(desk, "管理群")) == before


async def test_that_somebody_has_left_is_only_told_and_asked(desk: Stage) -> None:
    assert "点一下才算" in await says(desk, ADMIN, "何佳离职了")
    assert await offered() == ["离职 何佳"]
    assert (await Member.get(name="何佳")).active


async def test_whoever_comes_back_is_the_same_and_says_so(desk: Stage) -> None:
    no = await submitted(desk, by="孙悦")
    await says(desk, ADMIN, "离职 孙悦")
    told = await says(desk, ADMIN, "新员工 孙悦 钉钉 sun.yue 角色 客服 上级 王建国")
    assert "以前有一个离职的 孙悦，算他回来了" in told
    assert no in await says(desk, "孙悦", "我的单")
    assert await Member.filter(name="孙悦").count() == 1


async def test_the_account_of_somebody_gone_can_be_given_on(desk: Stage) -> None:
    await says(desk, ADMIN, "离职 孙悦")
    assert "新员工 张三" in await says(desk, ADMIN, "新员工 张三 钉钉 sun.yue 角色 客服")
    assert (await Member.get(name="孙悦")).dingtalk is None
    assert await broken(("member",)) == []
