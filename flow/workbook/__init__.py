"""The definition as a workbook that people edit, and back: sheets 节点 流转 审批表 时限 原因 角色 通知."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from flow.workbook.errors import WorkbookError
from flow.workbook.stamp import Stamp, outdated

if TYPE_CHECKING:
    from flow.workbook.reader import Edited, read_stamp, read_workbook
    from flow.workbook.writer import write_workbook

__all__ = ["Edited", "Stamp", "WorkbookError", "outdated", "read_stamp", "read_workbook", "write_workbook"]
_PLACES = {"Edited": "reader", "read_stamp": "reader", "read_workbook": "reader", "write_workbook": "writer"}


def __getattr__(name: str) -> Any:
    """openpyxl is brought in with the first workbook: at start it would cost a fifth of the time."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
