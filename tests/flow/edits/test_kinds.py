"""A flow or a policy made from another one: what goes with it, so that it can be used at once, and what is refused."""

from __future__ import annotations

import pytest

from flow.definitions import yamlfile
from flow.definitions.business import business_of, shipped
from flow.definitions.permissions import Scope
from flow.edits import apply, verb_of
from flow.edits.working_copy import Book, Edit
from flow.errors import FlowError

TEXTS = shipped()
NEW = "新建流程 无理由退货 照 退货"


def edit(text: str, bundle: dict[tuple[str, str], str] = TEXTS) -> Edit:
    verb, rest = verb_of(text)
    return apply([verb, *rest], bundle, "退货", "standard")


def whole(*texts: str) -> dict[tuple[str, str], str]:
    bundle = dict(TEXTS)
    for text in texts:
        bundle |= edit(text, bundle).texts
    return bundle


@pytest.mark.parametrize(
    "text",
    [
        NEW,
        "新增一条流程叫 无理由退货 照着退货流程",
        "新建流程：无理由退货 像 退货 一样",
        "增加一个新的流程 无理由退货，按照 退货",
        "复制流程 无理由退货 照 退货",
    ],
)
def test_a_flow_like_another_in_many_words(text: str) -> None:
    assert edit(text).texts == edit(NEW).texts


def test_whoever_opens_the_one_opens_the_other_by_its_word() -> None:
    business = business_of(whole(NEW))
    assert business.kinds == {"无理由退货": "退货"}
    for name, role in business.matrix.roles.items():
        assert role.commands.get("无理由退货") == role.commands.get("退货"), name
    assert business.matrix.may({"客服"}, "无理由退货") is Scope.OWN
    assert [kind.name for kind in business.types.values() if "无理由退货" in kind.flows] == [
        kind.name for kind in business.types.values() if "退货" in kind.flows
    ]


def test_only_the_types_that_are_named_lead_to_it() -> None:
    types = business_of(whole(f"{NEW} 类型 七天无理由")).types.values()
    assert [kind.name for kind in types if "无理由退货" in kind.flows] == ["七天无理由"]


def test_a_copy_of_a_copy_is_read_like_the_shipped_one() -> None:
    assert business_of(whole(NEW, "新建流程 急退 照 无理由退货")).like("急退") == "退货"


def test_it_is_the_same_flow_under_another_name() -> None:
    fresh, old = (yamlfile.read(whole(NEW)["flow", name]) for name in ("无理由退货", "退货"))
    assert fresh == {**old, "流程": "无理由退货"}


def test_conditions_on_the_other_kind_are_pointed_out() -> None:
    said = edit("新建流程 急修 照 维修").said
    assert said.endswith("只说“种类 维修”的条件管不到它，要管请改成 维修|急修：分派表 华东紧急维修")


def test_a_flow_that_is_stopped_opens_no_more_and_can_be_started() -> None:
    stopped = whole(f"{NEW} 类型 七天无理由", "停用流程 无理由退货")
    assert not any("无理由退货" in kind.flows for kind in business_of(stopped).types.values())
    assert business_of(stopped).kinds == {"无理由退货": "退货"}  # its word stays known to the roles
    started = {**stopped, **edit("启用流程 无理由退货 类型 七天无理由", stopped).texts}
    assert business_of(started).types["七天无理由"].flows == ("退货", "换货", "无理由退货")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("新建流程 退货 照 换货", "已经有"),
        ("新建流程 质量 照 换货", "已经有"),  # people type it for a return type
        ("新建流程 同意 照 退货", "是按钮上的字"),
        ("新建流程 快退", "也要写照哪一个"),
        ("新建流程 快退 照 退换", "没有流程“退换”"),
        ("新建流程 快退 照 退货 类型 喜欢", "没有退货类型“喜欢”"),
        ("新建流程 快退 照 退货 再说", "“再说”没有看懂"),
        ("停用流程 投诉", "只走“投诉”"),
        ("停用流程 快退", "没有在用的流程“快退”"),
        ("启用流程 投诉", "请写上哪些退货类型走它"),
        ("新建政策 快速 照 标准", "已经有政策"),
        ("新建政策 大促", "也要写照哪一个"),
        ("新建政策 大促 照 没有", "没有政策“没有”"),
        ("新建政策 大促 照 标准 谢谢", "“谢谢”没有看懂"),
        ("新建流程 查 照 退货", "这是一句指令"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(FlowError, match=why):
        edit(text)


def test_a_policy_like_another() -> None:
    made = edit("新建政策 大促 照 标准")
    assert list(made.texts) == [("policy", "大促")]
    data, old = yamlfile.read(made.texts["policy", "大促"]), yamlfile.read(TEXTS["policy", "standard"])
    assert data == {**old, "政策": "大促", "名称": "大促"}
    assert "还没有单用它，要用请写：增加行 政策选择 大促 政策 大促 当 店铺=旗舰店" in made.said


def test_a_policy_with_the_cases_that_take_it() -> None:
    choices = business_of(whole("新建政策 大促 照 standard 当 店铺=旗舰店 且 类型=质量问题")).choices
    assert choices.policy({"店铺": "旗舰店", "类型": "质量问题"}) == "大促"
    assert choices.policy({"店铺": "直营店", "类型": "质量问题"}) == ""


def test_a_node_that_two_flows_have_is_asked_for() -> None:
    book = Book(whole("新建流程 急修 照 维修"), "退货", "standard")
    with pytest.raises(FlowError, match=r"“检修”在 .* 里都有，请写上是哪条"):
        book.flow_of("退货", "检修")
