"""改名 in other words: 把节点质检改名为品检, 质检员改叫品检员. Pure."""

from __future__ import annotations

import re

_RENAMED = re.compile(
    r"^(?:请|帮我|麻烦)?(?:把|将)?\s*(?P<what>\S.*?)\s*(?:的?(?:名字|名称)\s*(?:改|换)(?:成|为|叫)|(?:改名|更名|改个名|重命名|改叫|改称)"
    r"(?:成|为|叫做|叫)?)\s*[:：]?\s*(?P<to>[^\s,，。]+)[。.]?$"
)  #: 把节点质检改名为品检
_NAMED = re.compile(
    r"^(?P<noun>节点|步骤|环节|字段|表单项|栏目|角色|岗位|退货类型|退货原因|原因|类型)\s*[:：“\"]?\s*(?=\S)"
)
_NOUN_BEHIND = re.compile(
    r"^(?P<what>\S{2,}?)(?:这一?个|那个|这一?)?(?P<noun>节点|步骤|环节|步|字段|角色|岗位|原因|退货类型)$"
)
_IN_FLOW = re.compile(r"^流程\s*(?=\S)")
_QUOTES = "“”\"'「」"


def renamed(said: str) -> str:
    """The sentence as the manual writes it; "" where it is about anything else."""
    match = _RENAMED.match(said)
    return f"改名 {_path(match['what'])} {match['to'].strip(_QUOTES)}" if match else ""


def _path(said: str) -> str:
    """``节点 质检`` for 质检节点 and 节点“质检”; ``退货 质检`` for 流程退货的质检."""
    what = _IN_FLOW.sub("", said.strip(_QUOTES).replace("的", " ").strip())
    if match := _NOUN_BEHIND.match(what):
        return f"{'节点' if match['noun'] == '步' else match['noun']} {match['what'].strip(_QUOTES)}"
    return _NAMED.sub(r"\g<noun> ", what)
