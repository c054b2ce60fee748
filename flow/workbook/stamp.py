"""What a workbook was made from: kept in a sheet that people do not see, so that an older one is recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flow.workbook.errors import WorkbookError
from flow.workbook.file import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.workbook.file import Sheet

SHEET = "版本"
FORMAT = "boomerang-1"  #: another layout of the sheets takes another word
NOT_OURS = f"这不是从机器人导出的流程表，或者“版本”表被删了；请重新导出，在导出的文件里改（{ELSEWHERE}）"
_FORMAT, _FLOW, _POLICY, _AT, _HOUSE = "格式", "流程", "政策", "时间", "来自"
FOREIGN = "这份表是另一家店（另一个数据库）的机器人导出的，什么都没有收下；请在这里重新导出，在导出的文件里改"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The flow and the policy in a workbook, and the version of each text it was made from (``flow:退货``)."""

    flow: str
    policy: str
    versions: Mapping[str, int] = field(default_factory=dict)
    at: datetime | None = None
    house: str = ""  #: the database whose rules it has; "" for one from before that was said


def rows(stamp: Stamp) -> list[tuple[str, str]]:
    """The hidden sheet."""
    said = [(_FORMAT, FORMAT), (_FLOW, stamp.flow), (_POLICY, stamp.policy)]
    said += [(_AT, stamp.at.isoformat())] if stamp.at else []
    said += [(_HOUSE, stamp.house)] if stamp.house else []
    return said + [(key, str(version)) for key, version in stamp.versions.items()]


def read(sheet: Sheet | None) -> Stamp:
    """The stamp of a workbook. Raises WorkbookError for a workbook that has none, or one of another layout."""
    said = _pairs(sheet) if sheet else {}
    if said.get(_FORMAT, FORMAT) != FORMAT:
        raise WorkbookError(["这份表是机器人的另一个版本导出的，现在读不了；请重新导出再改"])
    try:
        versions = {key: int(value) for key, value in said.items() if ":" in key}
        at = datetime.fromisoformat(said[_AT]) if _AT in said else None
        return Stamp(said[_FLOW], said[_POLICY], versions, at, said.get(_HOUSE, ""))
    except (KeyError, ValueError) as error:
        raise WorkbookError([NOT_OURS]) from error


def ensure_ours(stamp: Stamp, house: str) -> None:
    """Raises WorkbookError for a workbook of another database: its rules, people and versions are others."""
    if stamp.house not in ("", house):
        raise WorkbookError([FOREIGN])


def _pairs(sheet: Sheet) -> dict[str, str]:
    return {key: sheet.cells.get((row, 2), "") for (row, column), key in sheet.cells.items() if column == 1}


def outdated(stamp: Stamp, versions: Mapping[str, int]) -> list[str]:
    """A sentence for each text that has been published anew since; none when the workbook is up to date."""
    return [
        f"这份表里的{_named(key)}是第 {version} 版，现在已经是第 {versions[key]} 版"
        for key, version in stamp.versions.items()
        if versions.get(key, version) != version
    ]


_KINDS = {"flow": "流程", "policy": "政策", "reasons": "退货类型", "roles": "角色", "notices": "通知"}


def _named(key: str) -> str:
    kind, _, name = key.partition(":")
    return f"{_KINDS.get(kind, kind)}“{name}”" if kind in {"flow", "policy"} else _KINDS.get(kind, kind)
