"""上手: the first hour of each role, a step at a time, where one stopped; every sentence of it is theirs to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cards.lesson import StepView, lesson_card, passed
from flow.definitions.permissions import KINDS
from flow.errors import DefinitionError
from handlers.chat.lessons import lesson_for, lessons, lessons_of
from handlers.root import router
from models import Case, Proposal
from tests.support.shipped import BUSINESS, ROLES
from tests.support.stage import buttons, text_of
from tests.support.stories import says, taps

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")
STEPS = [(lesson, number) for lesson in lessons() for number in range(1, len(lesson.steps) + 1)]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_has_a_first_hour(role: str) -> None:
    found = lesson_for([role])
    assert found is not None
    assert any(step.words.startswith("演练 ") for step in found.steps), "what would act is rehearsed"


@pytest.mark.parametrize(("lesson", "number"), STEPS, ids=[f"{each.name}-{n}" for each, n in STEPS])
def test_every_step_fits_a_card_and_is_said_by_who_may(lesson: object, number: int) -> None:
    step = lesson.steps[number - 1]  # type: ignore[attr-defined]
    card = lesson_card(StepView(number, 9, step.title, step.about, step.button, step.words))
    assert card.lead == step.about, "nothing is cut"
    assert step.title in card.title
    assert card.buttons[0].text == step.button
    assert passed(StepView(number, 9, step.title, step.about, step.button, step.words)).live is False
    command = router.commands[step.words.split()[0]]
    for role in lesson.roles:  # type: ignore[attr-defined]
        assert command.needs is None or BUSINESS.matrix.may([role], command.needs), f"{role} {step.words}"
        named = step.words.removeprefix("帮助 ").split()[0]
        needs = router.commands[named].needs if named in router.commands else named
        assert needs is None or named in KINDS or BUSINESS.matrix.may([role], needs), f"{role} {step.words}"


@pytest.mark.parametrize("text", ["老板: {角色: [客服]}", "老板: [1]", "a: {角色: [客服], 步: [{题: x}]}", "a: ["])
def test_a_file_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"lessons\.yaml"):
        lessons_of(text)


async def test_an_owner_goes_from_step_to_step_and_takes_it_up_again(desk: Stage) -> None:
    assert "上手 1/8" in await says(desk, "李敏", "上手")
    assert "看过了" in await taps(desk, "李敏", "下一步")
    assert "上手 2/8" in text_of(desk.live(desk.person("李敏"))[-1])
    assert "走到第 2 步" in await says(desk, "李敏", "上手 停")
    assert "上手 2/8" in await says(desk, "李敏", "上手")
    assert len(desk.live(desk.person("李敏"))) == 1
    assert "上手 1/8" in await says(desk, "李敏", "上手 重来")
    assert "走完了" in await says(desk, "李敏", "上手 结束")
    assert "上手 1/8" in await says(desk, "李敏", "上手")


async def test_the_owner_tries_a_change_and_rehearses_through_it(desk: Stage) -> None:
    await says(desk, "李敏", "上手 6")
    await taps(desk, "李敏", "试着改 4 小时")
    assert (await Proposal.get()).words != []
    await says(desk, "李敏", "上手 7")
    await taps(desk, "李敏", "演练一张 60 元")
    told = "\n".join(text_of(item) for item in desk.phone(desk.person("李敏")))
    assert "按你的草稿走" in told
    assert "客服审核 王建国（角色 客服组长），11-23 13:00 前" in told
    assert not await Case.exists()


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("林晓", "先演一张退货"),
        ("王建国", "先看等你办的"),
        ("周仓", "先演一遍收货"),
        ("许静", "先演一遍质检"),
        ("钱芳", "先演一遍退款"),
    ],
)
async def test_each_role_has_its_own(desk: Stage, who: str, first: str) -> None:
    assert first in await says(desk, who, "上手")
    card = desk.live(desk.person(who))[-1]
    assert "下一步" in buttons(card)


@pytest.mark.parametrize("words", ["上手 99", "上手 0", "上手 什么"])
async def test_a_step_that_is_none_is_said_in_a_sentence(desk: Stage, words: str) -> None:
    assert "一共 5 步" in await says(desk, "林晓", words)


async def test_help_leads_there(desk: Stage) -> None:
    assert "第一次用：回复 上手" in await says(desk, "林晓", "帮助")
