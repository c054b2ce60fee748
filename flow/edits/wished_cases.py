"""Which cases a wished rule is for: 质量问题100以内不用审 is for that type alone, never for more. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.definitions.business import FLOW, POLICY
from flow.edits.policy_rows import rows_of
from flow.edits.working_copy import REASONS, ROLES
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flow.edits.policy_rows import Row
    from flow.edits.working_copy import Book

KIND, TYPE, CATEGORY = "种类", "类型", "品类"
MAY_SAY = "种类、类型、品类、区域、店铺、供应商、会员等级、风险客户"
_OF_A_CATEGORY = re.compile(r"(?P<is>[\u4e00-\u9fff]{2,6})类目?(?:的?(?:商品|产品|货))?")
_NAME_CHARS = 8  #: of a new row's name that say which cases it is for
#: words that say nothing of which cases are meant
_NOTHING = (
    "以后 今后 往后 从现在起 从今天起 现在 凡是 只要是 只要 如果是 如果 但凡 所有 全部 每一单 每单 每张单 一律 "
    "统统 全都 就行了 就行 就好 就可以了 就可以 的话 可以 必须 请 麻烦 帮我 帮忙 改成 改为 改到 调成 调到 设成 "
    "设为 加一条 规则 规矩 政策 标准 退款金额 订单金额 金额 退款 退费 钱数 订单 售后单 单子 单 审批 审核 复核 "
    "把关 过目 通过 直接 自动 自己 系统 不用 不需要 不要 不必 无需 需要 再 别 先 看一下 看看 看 审 批 签字 签 "
    "确认 同意 一下 我们 咱们 我 觉得 希望 想 小额 大额 元 块钱 块 钱 款 两个人 两人 双人 两个主管 加签 人 谁 "
    "任何 都 全 就 也 才 要 得 让 给 由 把 经过 经 过 退 走 的 了 吧 啊 呀 呢 哈 是 在 有 这些 那些 这种 那种 种 "
    "个 和 免 加一个 加个 加一级 加一道 加一层 再加 多加 加上"
)
_FILLING = re.compile("|".join(sorted(_NOTHING.split(), key=len, reverse=True)))
_EDGES, _SHORT = "的了吧把要都", 2
_WORD = re.compile(r"[^\s,，。;；、!！?？.:：“”\"'()（）]+")


@dataclass(frozen=True, slots=True)
class Cases:
    """The conditions of a rule beside its amount, and the words of which nobody knows what they ask for."""

    cells: Mapping[str, str]  #: fact -> value, several joined by |
    strange: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """Behind another condition: `` 且 类型=质量问题``; "" for all cases."""
        return "".join(f" 且 {fact}={value}" for fact, value in self.cells.items())

    @property
    def called(self) -> str:
        """As the beginning of a row's name."""
        return "".join(self.cells.values()).replace("|", "")[:_NAME_CHARS]

    def fits(self, row: Row) -> bool:
        """Whether a row asks for what was said."""
        return all(str(row.cells.get(fact, "")) == value for fact, value in self.cells.items())

    def understood(self, line: str) -> Cases:
        """Itself. Raises PolicyRefused where words are left over; ``line`` is the edit without what they ask for."""
        if not self.strange:
            return self
        words = "、".join(f"“{word}”" for word in self.strange)
        further = "区域=华东" if CATEGORY in self.cells else f"{CATEGORY}=家电"
        raise PolicyRefused(
            f"{words}没看懂，照其余的改就和说的不一样，什么都没有改。哪些单才算，请写在“当”后面，"
            f"例如：{line} 且 {further}（条件可以写 {MAY_SAY}）"
        )


def cases_of(text: str, book: Book, known: Mapping[str, Collection[str]]) -> Cases:
    """What is left of a wish without its amount and who looks, as conditions. ``known``: fact -> its values."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    words = {word: (fact, value) for word, fact, value in _words(book, known)}
    pattern = rf"(?P<word>{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?:类目?)?"
    for match in re.finditer(pattern, text):
        fact, value = words[match["word"]]
        if fact:
            found[fact][value] = None
    left = _OF_A_CATEGORY.sub(lambda match: _category(match, found), re.sub(pattern, " ", text))
    strange = [
        word.strip(_EDGES) if len(word) > _SHORT else word for word in _WORD.findall(left) if _FILLING.sub("", word)
    ]
    return Cases({fact: "|".join(values) for fact, values in found.items()}, tuple(strange))


def _category(match: re.Match[str], found: dict[str, dict[str, None]]) -> str:
    """家电类 is a category, whether anything of it was sold or not; what stands before it stays."""
    led = re.match(rf"(?:{_FILLING.pattern})+", match["is"])
    found[CATEGORY][match["is"][led.end() if led else 0 :]] = None
    return led[0] if led else " "


def _words(book: Book, known: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, str]]:
    """Every word that says something of a case, with the fact and its value; "" for those that say none."""
    for flow in book.names(FLOW):
        yield from ((str(node), "", "") for node in book.read(FLOW, flow)["节点"])
        yield flow, KIND, flow
    for name in book.names(POLICY):
        yield from ((row.name, "", "") for row in rows_of(book.read(POLICY, name)) if len(row.name) > 1)
    for role in book.table(ROLES):
        yield from ((word, "", "") for word in (role, role[-2:]))
    for fact, values in known.items():
        yield from ((value, fact, value) for value in values if value)
    for kind, body in book.table(REASONS).items():
        yield from ((str(word), TYPE, kind) for word in (kind, *((body or {}).get("别名") or ())))
    yield "风险客户", "风险客户", "是"
