"""The first word of an edit, what does it, and the check of the whole afterwards. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY, business_of
from flow.definitions.flow_reader import read_flow
from flow.definitions.identities import has_ids
from flow.definitions.renaming import settled
from flow.edits import (
    automation,
    branches,
    buttons,
    forms,
    insertion,
    kinds,
    levels,
    nodes,
    notices,
    other_rows,
    reasons,
    removal,
    renaming,
    roles,
    settings,
    tables,
)
from flow.edits.compound import FOR_PEOPLE, sentences
from flow.edits.sentence import Sentence, listed, plain
from flow.edits.synonyms import canonical, near_verb
from flow.edits.working_copy import RULES, Book, Edit, Unchanged
from flow.errors import DefinitionError, NotFound, PolicyRefused
from flow.validation.automation import rule_problems
from flow.validation.flows import check, known_of, parse_flow
from flow.validation.policies import parse_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Texts = Mapping[tuple[str, str], str]
    Verb = Callable[[Sentence, Book], Edit]

TO_CUSTOMERS = "通知"  #: the verb whose words customers read
MAX_TOLD = 3  #: problems named in one refusal
MAX_QUOTED = 30  #: characters of what was typed
VERBS: Mapping[str, Verb] = {
    "规则": automation.edit,
    "流程": nodes.edit,
    "增加原因": reasons.add,
    "删除原因": reasons.remove,
    "增加节点": insertion.insert,
    "删除节点": removal.delete,
    "增加分支": branches.branch,
    "增加字段": forms.add,
    "删除字段": forms.remove,
    "增加级别": levels.add,
    "删除级别": levels.remove,
    "增加规则": automation.add,
    "停用规则": automation.stop,
    "启用规则": automation.start,
    "删除规则": automation.remove,
    "增加行": tables.add,
    "删除行": tables.remove,
    TO_CUSTOMERS: notices.edit,
    "新建流程": kinds.new_flow,
    "停用流程": kinds.stop_flow,
    "启用流程": kinds.start_flow,
    "新建政策": kinds.new_policy,
    "增加按钮": buttons.add,
    "删除按钮": buttons.remove,
    "移动行": other_rows.move,
    "设置": settings.edit,
    "角色": roles.edit,
    "新建角色": roles.new,
    renaming.VERB: renaming.edit,
}
EXAMPLES: Mapping[str, str] = {
    "规则": "规则 自动通过 50→80，规则 组长审批 审批 客服主管",
    "流程": "流程 质检 时限 4小时，流程 质检 负责人 质检员",
    "增加原因": "增加原因 色差 像 质量问题",
    "删除原因": "删除原因 色差",
    "增加节点": "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时 当 金额>1000",
    "删除节点": "删除节点 复检",
    "增加分支": "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    "增加字段": "增加字段 质检 缺陷等级 单选 轻微|中等|严重 必填",
    "删除字段": "删除字段 质检 缺陷等级",
    "增加级别": "增加级别 金额审批 运营总监 当 金额>5000",
    "删除级别": "删除级别 金额审批 2",
    "增加规则": "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 超大额：{单号} {金额} 元",
    "停用规则": "停用规则 大额提醒",
    "启用规则": "启用规则 大额提醒",
    "删除规则": "删除规则 大额提醒",
    "增加行": "增加行 资格 三十天以上不退 结果 拒绝 说明 签收超过三十天 当 签收天数>30",
    "删除行": "删除行 资格 三十天以上不退",
    "通知": "通知 已完成退款 您的退款已经到账",
    "新建流程": "新建流程 无理由退货 照 退货",
    "停用流程": "停用流程 无理由退货",
    "启用流程": "启用流程 无理由退货",
    "新建政策": "新建政策 大促 照 标准 当 店铺=旗舰店",
    "增加按钮": "增加按钮 质检 返修 去 仓库收货 结果 送去返修",
    "删除按钮": "删除按钮 质检 返修",
    "移动行": "移动行 资格 超过无理由期 在 禁止名单 之前",
    "设置": "设置 免打扰 23:00 到 08:00，设置 运输天数 5，设置 紧急用语 加 老板催",
    "角色": "角色 客服 能 导出 团队，角色 客服 看 金额 无",
    "新建角色": "新建角色 仓库主管 照 仓管员",
    renaming.VERB: "改名 质检 品检，改名 字段 缺陷等级 瑕疵等级，改名 角色 质检员 品检员，改名 原因 质量问题 品质问题",
}


def apply(words: Sequence[str], bundle: Texts, flow: str, policy: str) -> Edit:
    """Carry out the sentences of one message on a bundle, all of them or none.

    ``flow`` and ``policy`` are meant where it names none. Raises NotFound for what does not exist and PolicyRefused for
    what is unclear or would break a definition, each with a sentence that says what can be written instead.
    """
    book = Book(bundle, flow, policy)
    texts = sentences(" ".join(words).strip(), book, VERBS)
    edit = _one(texts[0], book) if len(texts) == 1 else _each(texts, book)
    whole = {**bundle, **edit.texts}
    edit = replace(edit, texts=edit.texts | (settled(whole, edit.texts) if has_ids(whole.values()) else {}))
    _check(edit, bundle)
    return edit


def verb_of(text: str) -> tuple[str, list[str]]:
    """The verb that a sentence means, in whatever words, and the words after it; "" where it means none."""
    verb, *rest = canonical(text, VERBS).split() or [""]
    return (plain(verb), rest) if plain(verb) in VERBS else ("", [])


def likely_verb(text: str) -> str:
    """The example of the verb that a mistyped first word may be."""
    near = near_verb(text, VERBS)
    return f"是不是“{near}”？例如：{EXAMPLES[near]}" if near else ""


def in_one_line(lines: Sequence[str]) -> str:
    """The lines of a message as one, with a mark where another change may begin."""
    verb, _ = verb_of(lines[0]) if lines else ("", [])
    for_people = not verb or verb in FOR_PEOPLE
    marks = [" " if not verb or (for_people and not verb_of(line)[0]) else "；" for line in lines[1:]]
    return "".join(f"{line}{mark}" for line, mark in zip(lines, [*marks, ""], strict=False))


def _one(text: str, book: Book) -> Edit:
    typed = tuple(text.split())
    verb = plain(typed[0]) if typed else ""
    if verb not in VERBS:
        raise NotFound(f"不会改“{verb[:MAX_QUOTED]}”，{likely_verb(text) or f'可以写：{listed(EXAMPLES)}'}")
    if verb == TO_CUSTOMERS:  # their words stay as they were typed, blanks and lines too
        typed = tuple(text.split(maxsplit=2))
    return VERBS[verb](Sentence(typed[1:], EXAMPLES[verb]), book)


def _each(texts: Sequence[str], book: Book) -> Edit:
    """One upon the other; what an earlier sentence has done along with its own is no error to say again."""
    before, said, changed = [book], [], dict[tuple[str, str], str]()
    for n, text in enumerate(texts, 1):
        try:
            edit = _one(text, before[-1])
        except (NotFound, PolicyRefused) as refused:
            implied = _implied(text, before)
            if not implied and not isinstance(refused, Unchanged):
                quoted = text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
                raise type(refused)(f"第 {n} 句“{quoted}”：{refused}。这几句都没有改") from refused
            said.append(f"{text}：{'上面已经一起改了' if implied else refused}")
            continue
        changed |= edit.texts
        said.append(edit.said)
        before.append(replace(before[-1], bundle={**before[-1].bundle, **edit.texts}))
    if not changed:
        raise Unchanged("这几句说的本来就是这样，没有改动")
    return Edit(changed, "\n".join(f"{n}. {each}" for n, each in enumerate(said, 1)))


def _implied(text: str, states: Sequence[Book]) -> bool:
    """Whether the sentence, said in place of an earlier one, would have done the very same."""
    for earlier, later in pairwise(states):
        try:
            edit = _one(text, earlier)
        except (NotFound, PolicyRefused):
            continue
        if {**earlier.bundle, **edit.texts} == later.bundle:
            return True
    return False


def _check(edit: Edit, bundle: Texts) -> None:
    whole = {**bundle, **edit.texts}
    try:
        for (kind, name), text in edit.texts.items():
            if kind == FLOW:
                _check_flow(text, name, bundle, whole)
            elif kind == POLICY:
                parse_policy(text, name)
            else:
                _check_business(whole, ruled=kind == RULES)
    except DefinitionError as error:
        raise PolicyRefused(f"这样改不成立：{'；'.join(error.problems[:MAX_TOLD])}") from error


def _check_flow(text: str, name: str, bundle: Texts, whole: Texts) -> None:
    """A flow by itself, and what it newly names that is nowhere in the business."""
    known = known_of(business_of(dict(whole)))
    if after := check(parse_flow(text, name), known):
        before = check(read_flow(bundle[FLOW, name], name), known) if (FLOW, name) in bundle else []
        if problems := [each for each in after if each not in before]:
            raise DefinitionError([f"{name} {problem}" for problem in problems])


def _check_business(texts: Texts, *, ruled: bool) -> None:
    """With ``ruled`` also whether the nodes, actions, roles and facts that 自动规则 name exist."""
    business = business_of(dict(texts))
    if not ruled:
        return
    flows = [read_flow(text, name) for (kind, name), text in texts.items() if kind == FLOW]
    if problems := rule_problems(business.rules, flows, known_of(business)):
        raise DefinitionError(problems)
