"""改名 as a sentence: what it changes and says, and names that it refuses."""

from __future__ import annotations

import pytest

from flow import edits
from flow.definitions import yamlfile
from flow.definitions.business import business_of, shipped
from flow.definitions.identities import identities_of, renames_between
from flow.errors import NotFound, PolicyRefused

SHIPPED = shipped()
WITH_FIELD = {
    **SHIPPED,
    **edits.apply(["增加字段", "质检", "缺陷等级", "单选", "轻微|严重"], SHIPPED, "退货", "standard").texts,
}


def said(text: str, bundle: dict[tuple[str, str], str] | None = None) -> edits.Edit:
    verb, rest = edits.verb_of(text)
    return edits.apply([verb, *rest] if verb else text.split(), bundle or WITH_FIELD, "退货", "standard")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("流程 质检 改名 品检", "流程 退货：节点 质检 改名为 品检；跟着改的还有 自动规则"),
        ("流程 换货 质检 改名 品检", "流程 换货：节点 质检 改名为 品检"),
        ("改名 节点 换货 质检 品检", "流程 换货：节点 质检 改名为 品检"),
        ("改名 质检 品检", "流程 退货：节点 质检 改名为 品检"),
        ("把质检改名为品检", "流程 退货：节点 质检 改名为 品检"),
        ("把节点“质检”改名为“品检”。", "流程 退货：节点 质检 改名为 品检"),
        ("质检节点改名叫品检", "流程 退货：节点 质检 改名为 品检"),
        ("把流程换货的质检改名为品检", "流程 换货：节点 质检 改名为 品检"),
        ("客服审核这一步改叫初审", "流程 退货：节点 客服审核 改名为 初审"),
        ("流程 质检 缺陷等级 改名 瑕疵等级", "字段 缺陷等级 改名为 瑕疵等级；改的有 退货流程"),
        ("流程 退货 质检 缺陷等级 改名 瑕疵等级", "字段 缺陷等级 改名为 瑕疵等级"),
        ("改名 字段 缺陷等级 瑕疵等级", "字段 缺陷等级 改名为 瑕疵等级"),
        ("改名 字段 质检 缺陷等级 瑕疵等级", "字段 缺陷等级 改名为 瑕疵等级"),
        ("缺陷等级 改名 瑕疵等级", "字段 缺陷等级 改名为 瑕疵等级"),
        ("角色 质检员 改名 品检员", "角色 质检员 改名为 品检员；跟着改的还有"),
        ("把质检员的名字改成品检员", "角色 质检员 改名为 品检员"),
        ("把原因 质量问题 改名 品质问题", "退货类型 质量问题 改名为 品质问题；跟着改的还有 投诉流程"),
        ("改名 原因 质量问题 品质问题", "退货类型 质量问题 改名为 品质问题"),
    ],
)
def test_a_thing_is_called_otherwise_and_stays_the_same(text: str, told: str) -> None:
    edit = said(text)
    assert edit.said.startswith(told)
    whole = {**WITH_FIELD, **edit.texts}
    business_of(whole)
    [(_, _, old, new)] = renames_between(WITH_FIELD, whole).each()
    assert f"{old} 改名为 {new}" in edit.said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("流程 质检 改名 金额审批", "已经有节点“金额审批”了"),
        ("流程 质检 改名 发布", "“发布”是聊天里的指令"),
        ("流程 质检 改名 改名", "“改名”是聊天里的指令"),
        ("流程 质检 改名 同意", "“同意”是单子上的按钮"),
        ("流程 质检 改名 换货", "“换货”是聊天里的指令"),
        ("流程 质检 改名 转交", "“转交”是聊天里的指令"),
        ("流程 质检 改名 一个有十一个字的长名字", "要在 10 个字以内"),
        ("角色 质检员 改名 财务", "已经有角色“财务”了"),
        ("角色 质检员 改名 自动", "“自动”是审批表里不用人批的意思"),
        ("角色 管理员 改名 老大", "程序认得这个名字，不能改"),
        ("角色 质检员 改名", "要写新的名字"),
        ("改名 原因 质量问题 故障", "已经有退货类型“故障”了"),  # another word for that very type
        ("改名 字段 缺陷等级 金额", "“金额”是程序自己记或者显示的"),
        ("改名 字段 缺陷等级 已质检", "已经有字段“已质检”了"),  # a button puts that down
        ("改名 字段 缺陷等级 判责", "已经有字段“判责”了"),  # another flow asks for that
        ("流程 退货 改名 退回", "的名字就是开单的第一个词，不能改"),
        ("流程 质检 改名", "要写原来的名字和新的名字"),
        ("流程 质检 缺陷等级 改名 甲 乙", "要写原来的名字和新的名字"),
        ("改名 质检", "要写原来的名字和新的名字"),
    ],
)
def test_names_that_nothing_can_have(text: str, why: str) -> None:
    with pytest.raises(PolicyRefused, match=why):
        said(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("改名 没有的 甲", "没有叫“没有的”的节点、字段、角色或退货类型"),
        ("改名 节点 没有的 甲", "没有节点“没有的”"),
        ("改名 字段 没有的 甲", "没有字段“没有的”"),
        ("改名 角色 没有的 甲", "没有角色“没有的”"),
        ("改名 原因 没有的 甲", "没有退货类型“没有的”"),
        ("流程 质检 没有的 改名 甲", "没有字段“没有的”"),
    ],
)
def test_what_there_is_not(text: str, why: str) -> None:
    with pytest.raises(NotFound, match=why):
        said(text)


def test_a_word_for_things_of_several_kinds_is_asked_about() -> None:
    both = {**WITH_FIELD, **said("角色 质检员 改名 质检").texts}
    with pytest.raises(
        PolicyRefused, match=r"“质检”既是节点，也是角色.*改名 节点 质检 新名字，或者 改名 角色 质检 新名字"
    ):
        said("改名 质检 品检", both)
    assert said("改名 角色 质检 质检员", both).said.startswith("角色 质检 改名为 质检员")


def test_words_for_people_are_left_and_told() -> None:
    told = said("流程 质检 改名 品检").said
    assert "文字里还写着“质检”的没有动：退货 质检 标题、自动规则 次品告警" in told
    assert "换货" not in told  # which has a 质检 of its own
    assert "没有动" not in said("流程 退货 未寄处理 改名 催寄").said


def test_there_and_back_leaves_nothing() -> None:
    whole = {**WITH_FIELD, **said("角色 质检员 改名 品检员").texts}
    back = {**whole, **said("角色 品检员 改名 质检员", whole).texts}
    assert all(yamlfile.read(text) == yamlfile.read(WITH_FIELD[key]) for key, text in back.items())


def test_several_at_once_swap_two_names() -> None:
    edit = said("改名 角色 客服 甲；改名 角色 财务 客服；改名 角色 甲 财务")
    assert identities_of({**WITH_FIELD, **edit.texts}).roles.items() >= {"财务": "客服", "客服": "财务"}.items()


def test_something_else_can_have_the_old_name() -> None:
    whole = {**WITH_FIELD, **said("改名 原因 质量问题 品质问题").texts}
    added = said("增加原因 质量问题 像 物流损坏", whole)
    assert "增加退货类型 质量问题" in added.said
    assert identities_of({**whole, **added.texts}).reasons["质量问题"] == "质量问题（2）"


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("角色 质检员 改名 品检员", "新建角色 夜班品检 照 品检员"),
        ("改名 原因 质量问题 品质问题", "增加原因 色差 像 品质问题"),
    ],
)
def test_what_is_made_like_a_renamed_thing_is_another(name: str, copy: str) -> None:
    whole = {**WITH_FIELD, **said(name).texts}
    business_of({**whole, **said(copy, whole).texts})


NAMED = (
    "增加字段 质检 折旧率 数字", "增加行 算式 折旧费 算 （折旧率 + 1） × 2 不超过 9",
    "增加规则 记下 当 进入（节点 质检） 就 记 说法=折{折旧率}；评论 按 {折旧率} 折",
)  # fmt: skip


def test_a_formula_and_what_a_rule_notes_follow_a_field() -> None:
    whole = dict(SHIPPED)
    for text in NAMED:
        whole |= said(text, whole).texts
    edit = said("改名 字段 折旧率 旧损率", whole)
    whole |= edit.texts
    [rule] = [rule for rule in business_of(whole).rules if rule.name == "记下"]
    assert [do.words() for do in rule.does] == ["记 说法=折{旧损率}", "评论：按 {旧损率} 折"]
    assert "(旧损率 + 1) × 2 不超过 9" in whole["policy", "standard"]
    assert "没有动" not in edit.said, "a blank takes the new name"
