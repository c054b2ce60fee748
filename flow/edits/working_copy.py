"""The published texts that a sentence changes, opened and closed as plain values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flow.definitions import yamlfile
from flow.definitions.business import FLOW, POLICY, TITLES
from flow.edits.quantities import ended
from flow.edits.sentence import NAME_CHARS, new_name, one_of, unnameable
from flow.errors import NotFound, PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flow.edits.sentence import Sentence

    Data = dict[str, Any]

REASONS, ROLES, NOTICES, ASSIGNMENTS, RULES = "reasons", "roles", "notices", "assignments", "rules"
WAYS = ("角色", "人", "团队", "分派表", "审批表", "提交人上级")  #: of naming an owner, of which a rule has one
_ALONE = ("审批表", "提交人上级")


class Unchanged(PolicyRefused):
    """What was asked for is so already."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Changed texts, and what was done in a sentence."""

    texts: dict[tuple[str, str], str]
    said: str


@dataclass(frozen=True, slots=True)
class Book:
    """A bundle, and the flow and the policy that are meant where a sentence names none."""

    bundle: Mapping[tuple[str, str], str]
    flow: str
    policy: str

    def names(self, kind: str) -> list[str]:
        return [name for each, name in self.bundle if each == kind]

    def read(self, kind: str, name: str) -> Data:
        """The plain values of a text. Raises NotFound."""
        if (kind, name) not in self.bundle:
            raise NotFound(f"没有“{name}”，现在有：{'、'.join(self.names(kind))}")
        return dict(yamlfile.read(self.bundle[kind, name]))

    def table(self, kind: str) -> Data:
        """What stands under the one key of a plain file, such as all return types; empty where there is no file."""
        return dict(self.read(kind, kind)[TITLES[kind]]) if (kind, kind) in self.bundle else {}

    def with_table(self, kind: str, table: Data, said: str) -> Edit:
        return self.write(kind, kind, {**self.read(kind, kind), TITLES[kind]: table}, said)

    def write(self, kind: str, name: str, data: Data, said: str) -> Edit:
        """The edit that puts ``data`` in place. Raises Unchanged when nothing is different."""
        if unshared(data) == self.read(kind, name):
            raise Unchanged("本来就是这样，没有改动")
        return Edit({(kind, name): yamlfile.write(unshared(data))}, said)

    def flow_meant(self, sentence: Sentence) -> tuple[str, Sentence]:
        """The flow, and the sentence without its name where it begins with one."""
        first = sentence.words[0] if sentence.words else ""
        if first in self.names(FLOW) and len(sentence.words) > 1:
            return first, sentence.after(1)
        return self.flow, sentence

    def flow_with_node(self, sentence: Sentence) -> tuple[str, Sentence]:
        """The flow that is named, or the one that has the node with which the sentence begins."""
        flow, rest = self.flow_meant(sentence)
        return self.flow_of(flow, rest.words[0] if rest.words else ""), rest

    def flow_of(self, flow: str, node: str) -> str:
        """``flow`` where it has the node, else the only one that has it."""
        if node in self.read(FLOW, flow)["节点"]:
            return flow
        having = [name for name in self.names(FLOW) if node in self.read(FLOW, name)["节点"]]
        if len(having) > 1:
            raise PolicyRefused(f"“{node}”在 {'、'.join(having)} 里都有，请写上是哪条，例如：流程 {having[0]} {node} …")
        return having[0] if having else flow

    def policy_meant(self, sentence: Sentence) -> tuple[str, Sentence]:
        """The policy, and the sentence without its name where it begins with one; 快速 is as good as express."""
        called = self._called()
        first = sentence.words[0] if sentence.words else ""
        return (called[first], sentence.after(1)) if first in called else (self.policy, sentence)

    def policy_called(self, word: str) -> str:
        """A policy by its name or what it is called. Raises NotFound."""
        called = self._called()
        return called[word] if word in called else one_of(word, self.names(POLICY), "政策")

    def title(self, policy: str) -> str:
        """What people call a policy: 快速 for express; its code in quotes where it has no name."""
        return str(self.read(POLICY, policy).get("名称") or f"“{policy}”")

    def _called(self) -> dict[str, str]:
        called = {str(self.read(POLICY, name).get("名称", name)): name for name in self.names(POLICY)}
        return called | {name: name for name in self.names(POLICY)}

    def buttons(self) -> set[str]:
        """What the buttons of all flows are called: a word that is one is no name, as saying it acts on a case."""
        nodes = (node for flow in self.names(FLOW) for node in dict(self.read(FLOW, flow)["节点"]).values())
        return {str(name) for node in nodes for name in (node or {}).get("动作") or ()}

    def fresh(self, word: str, taken: Iterable[str], noun: str, most: int = NAME_CHARS) -> str:
        """A name that nothing has yet, and neither a button nor a command. Raises PolicyRefused."""
        name = new_name(word, taken, noun, most)
        if why := unnameable(name):
            raise PolicyRefused(f"{noun}不能叫“{name}”：{why}，请换个名字；什么都没有改")
        if name in self.buttons():
            raise PolicyRefused(f"{noun}不能叫“{name}”：这是按钮上的字，打这个字要办待办；请换个名字，什么都没有改")
        return name

    def role(self, word: str) -> str:
        """A role that exists. Raises NotFound."""
        return one_of(word, self.table(ROLES), "角色")

    def owner(self, text: str, old: Mapping[str, Any] | None = None) -> Data:
        """``客服组长``, ``人 王建国``, ``团队 华东组``, ``分派表 维修分派``, ``审批表``; the rest of ``old`` stays."""
        text = ended(text)
        key, _, name = text.partition(" ")
        kept = {part: value for part, value in (old or {}).items() if part not in WAYS}
        if text in _ALONE:
            return {text: True, **kept}
        if key == "分派表" and name:
            return {key: one_of(name, self.table(ASSIGNMENTS), key), **kept}
        if key in ("人", "团队") and name:
            return {key: name, **kept}
        return {"角色": self._role_or_how(name if key == "角色" else text), **kept}

    def _role_or_how(self, word: str) -> str:
        """A role that exists. Raises NotFound that also says how a person is named: who works here no text says."""
        try:
            return self.role(word)
        except NotFound as missing:
            raise NotFound(f"{missing}；要指定一个人请写 负责人 人 {word}") from missing


def unshared(value: Any) -> Any:
    """A copy in which nothing stands in two places, so that it is written without references."""
    if isinstance(value, dict):
        return {key: unshared(item) for key, item in value.items()}
    return [unshared(item) for item in value] if isinstance(value, list) else value
