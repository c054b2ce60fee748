"""What people type, in one spelling: statements, numbers, polite words and names, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.edits import EXAMPLES
from flow.people.directory import Directory
from handlers.chat import names, parse
from handlers.chat.grammar import GRAMMAR
from handlers.chat.manual import manual, topic
from handlers.chat.phones import is_phone, respelt
from handlers.chat.phrases import phrases
from handlers.chat.sentences import sentence
from handlers.chat.statements import statements
from handlers.commands.tasks import WHY
from handlers.root import router
from models.views.case import Person
from tests.support.lexicons import BUTTONS, SHIPPED

A, B, C = "R20261123-0001", "R20261123-0002", "R20261123-0003"

PHONES = [
    ("查 +86 138-0013-8000", "查 13800138000"),
    ("查 138 0013 8000", "查 13800138000"),
    ("8613800138000", "13800138000"),
    ("0086-138 0013 8000", "13800138000"),
    ("13800138000-1234", "13800138000-1234"),  # a privacy number: the extension is part of it
    ("17012345678转8899", "17012345678-8899"),
    ("17012345678 转 8899", "17012345678-8899"),
    ("170-1234-5678转分机8899", "17012345678-8899"),
    ("17012345678#8899", "17012345678-8899"),
    ("17012345678ext.8899", "17012345678-8899"),
    ("电话138-0013-8000的客户", "电话13800138000的客户"),
    ("17012345678 8899", "17012345678 8899"),  # two numbers
    ("13800138000123", "13800138000123"),  # a waybill of fourteen digits
    ("SF13800138000", "SF13800138000"),
    ("2026-11-23 138", "2026-11-23 138"),
]


@pytest.mark.parametrize(("typed", "said"), PHONES)
def test_a_phone_number_has_one_spelling(typed: str, said: str) -> None:
    assert respelt(typed) == said


@pytest.mark.parametrize(
    ("word", "is_one"), [("13800138000", True), ("13800138000-1234", True), ("1380013800", False), ("536365", False)]
)
def test_what_is_a_phone_number(word: str, is_one: bool) -> None:
    assert is_phone(word) is is_one


ONE = [
    # no blank, colon, other order, full stop
    ("退货536365", ["退货", "536365"]),
    ("退货：536365", ["退货", "536365"]),
    ("退货： 536365 85123A×2", ["退货", "536365", "85123A×2"]),
    ("536365 退货", ["退货", "536365"]),
    ("536365退货 质量问题", ["退货", "536365", "质量问题"]),
    ("退货536365那个灯两个", ["退货", "536365", "那个灯两个"]),
    ("退货 536365，85123A 两个", ["退货", "536365", "85123A", "两个"]),
    (f"查{A}", ["查", A]),
    (f"查:{A}", ["查", A]),
    (f"查 {A}。", ["查", A]),
    (f"查 {A.lower()}", ["查", A]),
    ("查 R202611230001", ["查", A]),
    ("查 R20261123－0001", ["查", A]),
    (f"查{A}到哪了", ["查", A]),
    (f"查一下{A}的进度", ["查", A]),
    (f"查 {A} 客户很急", ["查", A, "客户很急"]),  # said back by the command
    (f"同意{A}", ["同意", A]),
    (f"{A} 同意", ["同意", A]),
    (f"{A}同意吧", ["同意", A]),
    (f"{A}：同意。", ["同意", A]),
    (f"{A} 驳回 照片看不清", ["驳回", A, "照片看不清"]),
    (f"{A}驳回，照片看不清", ["驳回", A, "照片看不清"]),
    (f"同意 这单 {A}", ["同意", A]),
    ("收货SF1234567890", ["收货", "SF1234567890"]),
    ("SF1234567890 收货", ["收货", "SF1234567890"]),
    ("收货：SF1234567890。", ["收货", "SF1234567890"]),
    (f"转交 王建国 {A}", ["转交", A, "王建国"]),
    ("待办！", ["待办"]),
    ("同意0007", ["同意", "0007"]),
    ("同意 1", ["同意", "1"]),
    # a question decides nothing
    (f"同意 {A}？", [A, "同意?"]),
    (f"{A}同意吗", [A, "同意吗"]),
    (f"同意 {A} 好吗", [A, "同意?", "好吗"]),
    # polite words
    (f"麻烦查一下{A}谢谢", ["查", A]),
    (f"请帮我查下 {A}", ["查", A]),
    (f"你好，帮我催一下{A}", ["催办", A]),
    (f"同意 {A} 谢谢", ["同意", A]),
    ("请假 明天 到 后天 代理 李敏", ["请假", "明天", "到", "后天", "代理", "李敏"]),  # no politeness
    ("请求发布", ["请求发布"]),
    ("帮助", ["帮助"]),
    (f"评论 {A} 客户说谢谢！", ["评论", A, "客户说谢谢!"]),  # what is kept is kept as it was typed
    (f"评论 {A} 你确定吗？", ["评论", A, "你确定吗?"]),
    # other names
    ("查询 536365", ["查", "536365"]),
    ("我的待办", ["待办"]),
    (f"备注 {A} 客户周五寄", ["评论", A, "客户周五寄"]),
    (f"通过 {A}", ["通过", A]),  # which button that is, the node knows
    ("查 +86 138-0013-8000", ["查", "13800138000"]),
    ("?", ["帮助"]),
    # further lines that begin nothing
    (f"评论 {A} 第一行\n第二行 有字\n第三行", ["评论", A, "第一行", "第二行", "有字", "第三行"]),
    ("退货 536365 85123A 2件 质量问题\n71053 2个", ["退货", "536365", "85123A", "2件", "质量问题", "71053", "2个"]),
    (f"评论 {A} 客户说，退回 {B} 的那单也是他的", ["评论", A, "客户说,退回", B, "的那单也是他的"]),
    (f"评论 {A} {B} 是重复单", ["评论", A, B, "是重复单"]),
    (f"合并 {A} {B}", ["合并", A, B]),
    (f"评论 {A} 同意 {B}", ["评论", A, "同意", B]),  # what is said of a case is no decision
    (
        "通知 已完成退款 您的退款已经到账。",
        ["通知", "已完成退款", "您的退款已经到账。"],
    ),  # to the letter
    ("流程 退货。", ["流程", "退货"]),
    ("536365 同意", ["同意", "536365"]),
    ("都驳回吧", ["批量驳回"]),
    # the owner's sentences keep their own way
    ("规则 自动通过 50→80", ["规则", "自动通过", "50→80"]),
    ("流程 质检 时限 4小时\n规则 自动通过 50→80", ["流程", "质检", "时限", "4小时;规则", "自动通过", "50→80"]),
    # a mention, and one whose name has a blank
    ("@回旋镖 待办", ["待办"]),
    ("@回旋 镖 待办", ["待办"]),
    ("@Return Bot 待办", ["待办"]),
    ("@回旋镖 536365 退货", ["退货", "536365"]),
]


@pytest.mark.parametrize(("typed", "words"), ONE)
def test_one_statement_in_one_spelling(typed: str, words: list[str]) -> None:
    assert [list(each.words) for each in statements(typed, SHIPPED)] == [words]


SEVERAL = [
    (f"同意 {A}\n同意 {B}", [["同意", A], ["同意", B]]),
    (f"同意 {A}\n驳回 {B} 照片看不清\n待办", [["同意", A], ["驳回", B, "照片看不清"], ["待办"]]),
    (f"同意 {A} {B}", [["同意", A], ["同意", B]]),
    (f"同意 {A}、{B}和{C}", [["同意", A], ["同意", B], ["同意", C]]),
    (f"同意 {A},{B}", [["同意", A], ["同意", B]]),
    (f"同意\n{A}\n{B}", [["同意", A], ["同意", B]]),
    (f"{A}\n{B}", [["查", A], ["查", B]]),
    (f"{A} {B} 同意", [["同意", A], ["同意", B]]),
    (f"同意 {A}，驳回 {B}", [["同意", A], ["驳回", B]]),
    (f"同意 {A} 驳回 {B}", [["同意", A], ["驳回", B]]),
    (f"同意 {A}；驳回 {B} 太糊", [["同意", A], ["驳回", B, "太糊"]]),
    (f"1. 同意 {A}\n2、驳回 {B} 太糊", [["同意", A], ["驳回", B, "太糊"]]),
    (f"通过 {A}\n拒绝 {B}", [["通过", A], ["拒绝", B]]),
    (f"驳回 {A} {B} 照片看不清", [["驳回", A, B, "照片看不清"]]),
    (f"评论 {A}、{B} 周五寄", [["评论", A, "周五寄"], ["评论", B, "周五寄"]]),
    (f"催办 {A} {B}", [["催办", A], ["催办", B]]),
    (f"{A} {B} 都同意", [["同意", A], ["同意", B]]),
    (f"{A}同意，{B}驳回 照片不清楚", [["同意", A], ["驳回", B, "照片不清楚"]]),
    (f"同意 {A}，驳回 {B} 重复", [["同意", A], ["驳回", B, "重复"]]),
    ("查 536365 536366", [["查", "536365"], ["查", "536366"]]),
    ("查 536365、536366", [["查", "536365"], ["查", "536366"]]),
    (
        "退货 536365 85123A×2 质量问题\n退货 536366 71053",
        [["退货", "536365", "85123A×2", "质量问题"], ["退货", "536366", "71053"]],
    ),
    ("退货 536365 85123A×2 退货 536366 71053", [["退货", "536365", "85123A×2"], ["退货", "536366", "71053"]]),
    (f"评论 {A} 第一行\n第二行\n同意 {B}", [["评论", A, "第一行", "第二行"], ["同意", B]]),
]


@pytest.mark.parametrize(("typed", "each"), SEVERAL)
def test_several_statements_of_one_message(typed: str, each: list[list[str]]) -> None:
    assert [list(one.words) for one in statements(typed, SHIPPED)] == each


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for each in statements(text, SHIPPED):
        sentence(each.text, SHIPPED)


WORDS = st.lists(st.text("外箱破了照片看不清请重拍", min_size=2, max_size=6), min_size=1, max_size=5)


@given(WORDS)
def test_every_word_behind_a_case_is_there(words: list[str]) -> None:
    [found] = statements(f"驳回 {A} {' '.join(words)}", SHIPPED)
    assert "".join(found.words[2:]) == "".join(words)


# -- sentences ---------------------------------------------------------------------------------------------------------

SENTENCES = [
    ("536365的灯坏了要退", ("退货",), ("灯坏了",)),
    ("退一下536365那个灯两个", ("退货",), ("那个灯两个",)),
    ("把536365退了，客户不喜欢", ("退货",), ("客户不喜欢",)),
    ("536365退款", ("退货", "仅退款"), ()),
    (f"我要查一下{A}到哪了", ("查",), ()),
    (f"把{A}转给王建国", ("转交",), ("王建国",)),
    (f"{A}退了吗", ("查",), ()),  # a question, not a return
    ("客户说536366漏发一个灯笼", ("补发",), ("客户说", "漏发一个灯笼")),
]


@pytest.mark.parametrize(("typed", "commands", "rest"), SENTENCES)
def test_a_sentence_in_its_parts(typed: str, commands: tuple[str, ...], rest: tuple[str, ...]) -> None:
    found = sentence(parse.normalise(typed), SHIPPED)
    assert (found.commands, tuple(found.rest)) == (commands, rest)


# -- names -------------------------------------------------------------------------------------------------------------

PEOPLE = ("王建国", "李敏", "李雷", "林晓", "赵卫东")
STAFF = Directory.of(Person(n, name) for n, name in enumerate(PEOPLE, 1))


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("王建国", "王建国"),
        ("@王建国", "王建国"),
        ("给王建国", "王建国"),
        ("王总", "王建国"),
        ("@赵总", "赵卫东"),
        ("小林", "林晓"),
        ("建国老师", "王建国"),
        ("建国", "王建国"),
        ("@卫东", "赵卫东"),
        ("给敏姐", "李敏"),
        ("晓晓", "林晓"),
        ("小雷", "李雷"),
        ("敏", None),  # one character alone is none
        ("李经理", None),  # 李敏 or 李雷
        ("老李", None),
        ("张三", None),
    ],
)
def test_a_colleague_is_named_only_without_doubt(word: str, name: str | None) -> None:
    assert names.named(word, STAFF) == name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("建国手上的都给李敏", {"建国": "王建国", "李敏": "李敏"}),
        ("就给敏姐吧她熟", {"敏姐": "李敏"}),
        ("退给建国重新审", {"建国": "王建国"}),
        ("晓晓的我接手了", {"晓晓": "林晓"}),
        ("老赵看一下", {"老赵": "赵卫东"}),
        ("客户李建国要退", {}),  # the end of a customer's name
        ("地址改到建国路1号", {}),
        ("给老李", {}),  # 李敏 or 李雷
        ("都是小钱", {}),
    ],
)
def test_who_is_called_in_a_text(text: str, named: dict[str, str]) -> None:
    staff = Directory.of(Person(n, name) for n, name in enumerate((*PEOPLE, "钱芳"), 1))
    assert dict(names.said_in(text, staff)) == named


def test_two_who_are_named_are_not_one() -> None:
    assert names.in_text("建国手上的都给李敏", STAFF) == ("", "建国手上的都给李敏")
    assert names.in_text("给敏姐看下", STAFF) == ("李敏", "给 看下")
    assert names.alike("老李", STAFF) == ["李敏", "李雷"]


@pytest.mark.parametrize(
    ("typed", "mentioned", "words"),
    [
        (["转交", A, "@王建国", "你来审吧"], (), ["转交", A, "王建国", "你来审吧"]),
        (["转交", A, "给", "王总"], (), ["转交", A, "王建国"]),
        (["转交", A, "@建国哥"], ("王建国",), ["转交", A, "王建国"]),  # a nickname, which the platform resolves
        (["转交", A], ("王建国",), ["转交", A, "王建国"]),
        (["评论", A, "@王建国", "看一下"], (), ["评论", A, "@王建国", "看一下"]),  # is about nobody
    ],
)
def test_names_in_a_command(typed: list[str], mentioned: tuple[str, ...], words: list[str]) -> None:
    assert names.respelt(typed, STAFF, mentioned) == words


@pytest.mark.parametrize(
    ("text", "mentioned", "called"),
    [
        ("@小敏 R1 你来", ("李敏",), "@李敏 R1 你来"),
        ("@回旋镖 @小敏 R1", ("李敏",), "@回旋镖 @李敏 R1"),
        ("@王建国 R1", ("王建国",), "@王建国 R1"),
        ("@回旋镖 待办", (), "@回旋镖 待办"),
    ],
)
def test_a_nickname_at_the_front_is_whom_the_platform_says(text: str, mentioned: tuple[str, ...], called: str) -> None:
    assert names.called_by_name(text, STAFF, mentioned) == called


def test_only_a_mention_of_the_bot_is_no_word() -> None:
    found = statements("@回旋镖 @李敏 你来处理", SHIPPED, lambda word: word == "李敏")
    assert [each.text for each in found] == ["@李敏 你来处理"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (f"{A}同意，{B}驳回，超期了", [("同意", A), ("驳回", B, "超期了")]),
        (f"同意{A}{B}", [("同意", A), ("同意", B)]),
        (f"两个都同意 {A} {B}", [("同意", A), ("同意", B)]),
        ("0006同意", [("同意", "0006")]),
        ("同意1和2", [("同意", "1"), ("同意", "2")]),
        ("漏发 536365 灯罩", [("补发", "536365", "漏发", "灯罩")]),
        ("退货 536365 一个 质量问题谢谢", [("退货", "536365", "一个", "质量问题")]),
    ],
)
def test_decisions_as_they_are_strung_together(typed: str, found: list[tuple[str, ...]]) -> None:
    assert [each.words for each in statements(typed, SHIPPED)] == found


# -- the files ---------------------------------------------------------------------------------------------------------


def test_every_command_says_what_it_makes_of_its_words() -> None:
    assert set(router.commands) == set(GRAMMAR)
    for name, grammar in GRAMMAR.items():
        assert (grammar.takes is None) is bool(grammar.keeps), name


def test_every_command_stands_in_the_manual_with_an_example_that_begins_with_it() -> None:
    listed = {each.name for topics in manual().values() for each in topics}
    assert set(router.commands) - set(EXAMPLES) <= listed | {"驳回"}
    for topics in manual().values():
        for each in topics:
            assert any(each.name in example for example in each.examples), each.name


def test_every_phrase_means_something_that_there_is() -> None:
    said, commands = phrases(), {*router.commands, "批量同意", "批量驳回", WHY}
    assert set(said.commands.values()) <= commands
    assert {name for found in (said.sure, said.near) for names in found.values() for name in names} <= SHIPPED.actions
    heard = {name for saying in said.sayings for name in saying.commands}
    heard |= {name for names in said.questions.values() for name in names.split("|")}
    heard |= {name for each in said.unknown for name in each.nearest}
    assert {name.split()[0] for name in heard} <= commands
    assert not set(said.commands) & (commands | BUTTONS), "another name hides none"
    assert topic("同意")
