"""Assignment tables: who gets the work, by kind, type, category, region and whatever else is known of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.conditions import CellError, When
from flow.definitions.flow_reader import owner_of
from flow.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flow.definitions.flow import OwnerRule


@dataclass(frozen=True, slots=True)
class Assignment:
    """One row: the conditions, and the owner rule that holds when they are met."""

    rule: str
    when: When
    owner: OwnerRule


def parse_assignments(text: str, source: str = "分派表文件") -> Mapping[str, tuple[Assignment, ...]]:
    """Read the tables from YAML. Raises DefinitionError naming the table and the row of every problem."""
    try:
        tables = {str(name): [dict(row) for row in rows] for name, rows in yamlfile.read(text)["分派表"].items()}
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError([f"{source}：要有“分派表”，下面一张表一个名字，一行一条规则"]) from error
    problems: list[str] = []
    found = {}
    for name, rows in tables.items():
        where = f"{source} 分派表“{name}”"
        read = [_row(row, f"{where}第 {n} 行", problems) for n, row in enumerate(rows, 1)]
        found[name] = tuple(row for row in read if row)
        if not rows:
            problems.append(f"{where}：一行都没有")
    if problems:
        raise DefinitionError(problems)
    return found


def _row(raw: Mapping[str, Any], where: str, problems: list[str]) -> Assignment | None:
    conditions = {key: value for key, value in raw.items() if key not in {"规则", "派给"}}
    try:
        if not isinstance(raw["派给"], dict):
            raise CellError("派给要写成 {角色: 客服}，或 人、团队、提交人上级 里的一样")
        owner = owner_of(raw["派给"])
        if owner.ways() != 1 or owner.table:
            raise CellError("派给要写一样：角色、人、团队、提交人上级")
        return Assignment(str(raw["规则"]), When.parse(conditions), owner)
    except KeyError as error:
        problems.append(f"{where}：缺少“{error.args[0]}”")
    except (CellError, TypeError, AttributeError) as error:
        problems.append(f"{where}：{error if isinstance(error, CellError) else '派给要写成 {角色: …}'}")
    return None
