"""The first word of an edit, what does it, and the check of the whole afterwards. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.business import FLOW, POLICY, business_of
from flow.edits import deleting, forking, inserting, nodes, notices, reasons, rules
from flow.edits.book import Book
from flow.edits.sentence import Sentence, listed, plain
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.parsing import parse_flow
from flow.policy import parse_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flow.edits.book import Edit

    Verb = Callable[[Sentence, Book], Edit]

MAX_TOLD = 3  #: problems named in one refusal
VERBS: Mapping[str, Verb] = {
    "规则": rules.edit,
    "流程": nodes.edit,
    "增加原因": reasons.add,
    "删除原因": reasons.remove,
    "增加节点": inserting.insert,
    "删除节点": deleting.delete,
    "增加分支": forking.branch,
    "通知": notices.edit,
}
EXAMPLES: Mapping[str, str] = {
    "规则": "规则 自动通过 50→80，规则 组长审批 审批 客服主管",
    "流程": "流程 质检 时限 4小时，流程 质检 负责人 质检员",
    "增加原因": "增加原因 色差 像 质量问题",
    "删除原因": "删除原因 色差",
    "增加节点": "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时 当 金额>1000",
    "删除节点": "删除节点 复检",
    "增加分支": "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    "通知": "通知 已完成退款 您的退款已经到账",
}


def apply(words: Sequence[str], bundle: Mapping[tuple[str, str], str], flow: str, policy: str) -> Edit:
    """Carry out one sentence on a bundle; ``flow`` and ``policy`` are meant where it names none.

    Raises NotFound for what does not exist and PolicyRefused for what is unclear or would break a definition, each
    with a sentence that says what can be written instead.
    """
    typed = tuple(part for word in words for part in word.split())
    verb = plain(typed[0]) if typed else ""
    if verb not in VERBS:
        raise NotFound(f"不会改“{verb}”，可以写：{listed(EXAMPLES)}")
    edit = VERBS[verb](Sentence(typed[1:], EXAMPLES[verb]), Book(bundle, flow, policy))
    _check(edit, bundle)
    return edit


def _check(edit: Edit, bundle: Mapping[tuple[str, str], str]) -> None:
    try:
        for (kind, name), text in edit.texts.items():
            if kind == FLOW:
                parse_flow(text, name)
            elif kind == POLICY:
                parse_policy(text, name)
            else:
                business_of({**bundle, **edit.texts})
    except DefinitionError as error:
        raise PolicyRefused(f"这样改不成立：{'；'.join(error.problems[:MAX_TOLD])}") from error
