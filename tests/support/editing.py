"""A business as texts, changed by functions, by sentences, or at random places.

It is a small one of its own, so that words which are expected to the letter do not hang on what ships.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from flow.definitions import yamlfile
from flow.definitions.business import shipped
from flow.diff.differences import differences
from flow.edits import apply
from tests import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Texts = Mapping[tuple[str, str], str]
    Place = tuple[tuple[str, str], tuple[str | int, ...]]

_OWN = HERE / "data" / "business"
_PLACES = {"flows": "flow", "policies": "policy"}
BUNDLE = {key: text for key, text in shipped().items() if key[0] not in _PLACES.values()} | {
    (_PLACES.get(path.parent.name, path.stem), path.stem): path.read_text(encoding="utf-8")
    for path in sorted(_OWN.rglob("*.yaml"))
}
FLOW, POLICY = ("flow", "退货"), ("policy", "express")
REASONS, ROLES, NOTICES = ("reasons", "reasons"), ("roles", "roles"), ("notices", "notices")
TABLES = ("assignments", "assignments")

#: places that can change by themselves, with some of what can stand there
PLACES: dict[Place, tuple[Any, ...]] = {
    (FLOW, ("节点", "质检", "时限")): ("4小时", "8小时"),
    (FLOW, ("节点", "质检", "标题")): ("验：{商品}", "看：{商品}"),
    (FLOW, ("节点", "质检", "负责人")): ({"角色": "仓管员"}, {"人": "王建国"}),
    (FLOW, ("节点", "财务退款", "会签")): (True,),
    (FLOW, ("节点", "客服审核", "动作", "同意", "结果")): ("通过", "可以"),
    (FLOW, ("节点", "金额审批", "动作", "同意", "去", 0, "去")): ("完成", "财务退款"),
    (FLOW, ("重开",)): ({"到": "客服审核", "期限": "7天"},),
    (FLOW, ("节点", "先退款", "去", 0, "当")): ({"已审批": "是"},),
    (POLICY, ("审批表", 0, "金额")): ("<=80", "<=20"),
    (POLICY, ("审批表", 1, "审批")): ("客服主管", "财务"),
    (POLICY, ("双人金额",)): (2000, 3000),
    (REASONS, ("退货类型", "质量问题", "次品")): ("协商",),
    (REASONS, ("退货类型", "色差")): ({"流程": "退货", "路由": "仓库"},),
    (ROLES, ("角色", "客服", "能", "报表")): ("本人", "团队"),
    (ROLES, ("角色", "客服", "看", "客户手机")): ("全", "无"),
    (NOTICES, ("通知", "已完成退款")): ("钱已退", "请查收"),
    (TABLES, ("分派表", "维修分派", 1, "派给")): ({"角色": "客服主管"},),
}


def changed(key: tuple[str, str], change: Callable[[Any], object], texts: Texts = BUNDLE) -> dict[tuple[str, str], str]:
    """The bundle with one text changed."""
    data = yamlfile.read(texts[key])
    change(data)
    return {**texts, key: yamlfile.write(data)}


def put(values: Mapping[Place, Any], texts: Texts = BUNDLE) -> dict[tuple[str, str], str]:
    """The bundle with other values at some places."""
    made = {key: yamlfile.read(texts[key]) for key, _ in values}
    for (key, path), value in values.items():
        _set(made[key], path, value)
    return {**texts, **{key: yamlfile.write(data) for key, data in made.items()}}


def _set(data: Any, path: tuple[str | int, ...], value: Any) -> None:
    *way, last = path
    for step in way:
        data = data[step]
    data[last] = copy.deepcopy(value)


def said(*sentences: str, texts: Texts = BUNDLE, policy: str = "express") -> dict[tuple[str, str], str]:
    """The bundle after sentences, one upon the other."""
    made = dict(texts)
    for sentence in sentences:
        made |= apply(sentence.split(), made, "退货", policy).texts
    return made


def words(old: Texts, new: Texts) -> list[str]:
    return [change.words for change in differences(old, new)]


def data(texts: Texts) -> dict[tuple[str, str], Any]:
    """The plain values of every text: what it says, however it is laid out."""
    return {key: yamlfile.read(text) for key, text in texts.items()}


def values(places: Iterable[Place] = PLACES) -> st.SearchStrategy[dict[Place, Any]]:
    """Other values at some of the places."""
    return st.fixed_dictionaries({}, optional={place: st.sampled_from(PLACES[place]) for place in places})
