"""The definition as a workbook that people edit, and back: sheets 节点 流转 审批表 时限 原因 角色 通知."""

from __future__ import annotations

from flow.workbook.errors import WorkbookError
from flow.workbook.reader import Edited, read_stamp, read_workbook
from flow.workbook.stamp import Stamp, ensure_ours, outdated
from flow.workbook.writer import write_workbook

__all__ = [
    "Edited",
    "Stamp",
    "WorkbookError",
    "ensure_ours",
    "outdated",
    "read_stamp",
    "read_workbook",
    "write_workbook",
]
