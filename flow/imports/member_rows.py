"""Rows of a member file, checked one by one and then against each other and the members there are. Pure."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flow.imports.columns import Columns
from flow.imports.report import BadRow
from flow.imports.values import BadValue
from models.accounts import is_account

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from collections.abc import Mapping as Dict

    from flow.imports.mapping import Mapping
    from flow.imports.table import Row

SEPARATOR = "、"
_PADDING = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_PARTS = re.compile(r"[、,;/|]")  # NFKC has made ， and ； of the latter two
LISTS = frozenset({"角色", "区域", "仓库", "品类", "店铺"})
ITEM_LENGTH = 64
ALIKE = 0.5  # how much alike a role and a known one must be to be taken for a slip
PLATFORMS = {"wecom": "企业微信", "dingtalk": "钉钉"}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the file wants them. ``manager`` is a name, or blank."""

    line: int
    name: str
    roles: tuple[str, ...]
    wecom: str | None
    dingtalk: str | None
    manager: str
    team: str
    regions: tuple[str, ...]
    warehouses: tuple[str, ...]
    categories: tuple[str, ...]
    shops: tuple[str, ...]

    def bad(self, reason: str, fix: str) -> BadRow:
        return BadRow(self.line, reason, fix)


@dataclass(frozen=True, slots=True)
class Known:
    """A member who is in the database already."""

    id: int
    name: str
    wecom: str | None
    dingtalk: str | None
    manager: str
    active: bool = True


class MemberReader:
    """Reads rows by a mapping bound to a header. ``roles`` are the names of the roles there are."""

    def __init__(self, mapping: Mapping, header: Sequence[str], roles: Collection[str]) -> None:
        self.columns = Columns(mapping, header, LISTS)
        self._roles, self._gone = roles, mapping.gone

    def read(self, row: Row) -> MemberRow | BadRow:
        """What the row says. The first thing wrong with it is the reason."""
        try:
            return self._member(row.line, self.columns.texts(row))
        except BadValue as error:
            return BadRow(row.line, error.reason, error.fix)

    def _member(self, line: int, texts: Dict[str, str]) -> MemberRow:
        get = texts.get
        if not texts["姓名"]:
            raise BadValue("没有姓名", "补上姓名")
        if self._gone and self._gone.search(state := get("在职状态", "")):
            raise BadValue("已经离职", f"在职状态是 {state[:16]} 的不用导入；成员表里还有这个人的，请停用")
        roles = self._known_roles(texts["角色"])
        if not roles:
            raise BadValue("没有角色", f"角色写成 {SEPARATOR.join(self._roles)} 之一或几个")
        if unknown := [role for role in roles if role not in self._roles]:
            near = difflib.get_close_matches(unknown[0], self._roles, 1, ALIKE)
            like = f"{unknown[0]} 是不是 {near[0]}？" if near else ""
            raise BadValue(f"不认识的角色 {SEPARATOR.join(unknown)}", f"{like}角色只能是 {SEPARATOR.join(self._roles)}")
        wecom, dingtalk = get("企业微信", "").lower() or None, get("钉钉") or None
        if not wecom and not dingtalk:
            raise BadValue("企业微信和钉钉都没有填", "至少填一个平台的账号，不然机器人找不到人")
        for platform, account in ((PLATFORMS["wecom"], wecom), (PLATFORMS["dingtalk"], dingtalk)):
            if account and not is_account(account):
                why = f"{platform}的“{account[:32]}”不是一个人的账号"
                raise BadValue(why, "一格只写一个账号，不能有空格、逗号和 |，也不能以 @ 开头")
        return MemberRow(
            line, _whole(texts["姓名"]), roles, wecom, dingtalk, _whole(get("上级", "")), get("团队", ""),
            _items(get("区域", "")), _items(get("仓库", "")), _items(get("品类", "")), _items(get("店铺", "")),
        )  # fmt: skip

    def _known_roles(self, text: str) -> tuple[str, ...]:
        """Roles often stand one below the other, or with blanks between; one that has a blank in it stays whole."""
        parts = (name for item in _items(text) for name in ([item] if item in self._roles else item.split()))
        return tuple(dict.fromkeys(parts))


def _whole(name: str) -> str:
    """A Chinese name without the blanks that pad it to the width of three characters."""
    return _PADDING.sub("", name)


def _items(text: str) -> tuple[str, ...]:
    """``华东、华南`` as its parts, each once. Raises BadValue for one that is too long."""
    items = tuple(dict.fromkeys(part.strip() for part in _PARTS.split(text) if part.strip()))
    if any(len(item) > ITEM_LENGTH for item in items):
        raise BadValue("一格里的某个值太长", f"多个值用 {SEPARATOR} 隔开，每个最多 {ITEM_LENGTH} 个字")
    return items


def agreed(rows: Iterable[MemberRow], known: Iterable[Known]) -> tuple[list[MemberRow], list[BadRow]]:
    """The rows that can stand together with each other and with the members who are not in the file.

    A row that falls takes with it those whose manager it would have been.
    """
    good, members, bad = list(rows), list(known), list[BadRow]()
    while fallen := _objections(good, members):
        bad += fallen.values()
        good = [row for row in good if row.line not in fallen]
    return good, bad


def _objections(rows: list[MemberRow], known: list[Known]) -> dict[int, BadRow]:
    """What is wrong with each row, by its line, if all the others stood."""
    staff = _Staff(rows, known)
    found = {row.line: staff.objection(row) for row in rows}
    return {line: bad for line, bad in found.items() if bad}


class _Staff:
    """All members as they would be."""

    def __init__(self, rows: list[MemberRow], known: list[Known]) -> None:
        named = {row.name for row in rows}
        others = [member for member in known if member.name not in named]
        self._chiefs = named | {member.name for member in others if member.active}
        everybody: list[MemberRow | Known] = [*others, *rows]
        self._managers = {who.name: who.manager for who in everybody}
        self._lines: dict[str, int] = {}
        self._holders: dict[tuple[str, str], str] = {}
        for who in everybody:
            for platform in PLATFORMS:
                self._holders.setdefault((platform, getattr(who, platform) or ""), who.name)
        for row in rows:
            self._lines.setdefault(row.name, row.line)

    def objection(self, row: MemberRow) -> BadRow | None:
        if self._lines[row.name] != row.line:
            return row.bad("姓名重复", f"和第 {self._lines[row.name]} 行同名；同一个人写成一行，不同的人加以区别")
        for platform, word in PLATFORMS.items():
            holder = self._holders[platform, getattr(row, platform) or ""]
            if getattr(row, platform) and holder != row.name:
                return row.bad(f"{word}账号重复", f"这个账号已经是 {holder} 的，请核对")
        if row.manager and row.manager not in self._chiefs:
            return row.bad("上级不认识", "上级写成员表里有的姓名；上级自己那一行也要能导入")
        if self._reports_to_self(row.name):
            return row.bad("上级成环", "顺着上级往上找会回到自己，请改其中一个人的上级")
        return None

    def _reports_to_self(self, name: str) -> bool:
        seen: set[str] = set()
        above = self._managers[name]
        while above and above not in seen and above != name:
            seen.add(above)
            above = self._managers.get(above, "")
        return bool(above == name)
