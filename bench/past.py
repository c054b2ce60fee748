"""Ended cases of a past quarter, as many as wanted and always the same, with the tasks and events that they leave."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from models import CaseState, CloseReason, TaskState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN, DAYS = datetime(2026, 7, 1, tzinfo=UTC), 90
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
PERIOD = "2026-07-01~2026-09-30"
AT_ONCE = 5_000
TYPES = (("质量问题", "质检部", "退款"), ("七天无理由", "仓库", "协商"), ("发货错误", "质检部", "退款"))
Road = tuple[int, str, dict[str, str], CloseReason | None]  #: weight, decisions, facts in the end, how it closed
ROADS: tuple[Road, ...] = (
    (80, "客服审核 同意 金额审批 同意 仓库收货 确认收货 质检 合格入库 财务退款 确认退款", {"质检结果": "合格"}, None),
    (8, "客服审核 同意 金额审批 同意 仓库收货 配件缺失 缺件协商 同意 质检 合格入库 财务退款 确认退款",
     {"缺件": "滤网组件", "扣款": "3.00"}, None),
    (7, "客服审核 驳回", {}, CloseReason.REFUSED),
    (5, "客服审核 同意 金额审批 同意 仓库收货 确认收货 质检 次品处理 财务退款 确认退款", {"质检结果": "次品"}, None),
)  # fmt: skip
CASE = (
    "INSERT INTO return_case (id, no, kind, return_type, shop, region, snapshot, state, close_reason, nodes, facts, "
    "amount, seq, flow_id, policy_id, opened_at, closed_at) VALUES (?, ?, '退货', ?, '天猫', ?, '{}', ?, ?, '[]', ?, "
    "?, ?, ?, ?, ?, ?)"
)
TASK = (
    "INSERT INTO task (case_id, node, owner_id, why, state, opened_at, due_at, closed_at, action) "
    f"VALUES (?, ?, 1, '角色', '{TaskState.DONE}', ?, ?, ?, ?)"
)
EVENT = (
    "INSERT INTO case_event (case_id, seq, at, actor, action, node, data, before, hash) "
    "VALUES (?, ?, ?, '林晓', ?, ?, ?, ?, ?)"
)
Row = tuple[Any, ...]
Told = tuple[Row, list[Row], list[Row]]


def write(path: Path, count: int) -> None:
    """Put ``count`` cases into a migrated SQLite file whose definitions are published."""
    with closing(sqlite3.connect(path)) as file:
        kept = [
            file.execute(f"SELECT id FROM definition WHERE kind = '{kind}' ORDER BY name DESC").fetchone()[0]
            for kind in ("flow", "policy")
        ]
        file.execute("INSERT INTO member (id, name, active) VALUES (1, '经办', 1)")
        told = _told(random.Random(11), count, kept)
        while some := list(islice(told, AT_ONCE)):
            file.executemany(CASE, [case for case, _, _ in some])
            file.executemany(TASK, [task for _, tasks, _ in some for task in tasks])
            file.executemany(EVENT, [event for _, _, events in some for event in events])
            file.commit()
        file.execute("ANALYZE")
        file.commit()


def _told(chance: random.Random, count: int, kept: list[int]) -> Iterator[Told]:
    for case_id in range(1, count + 1):
        opened = BEGIN + timedelta(days=DAYS * (case_id - 1) / count)
        _, road, final, reason = chance.choices(ROADS, [weight for weight, *_ in ROADS])[0]
        fen, kind = int(100 * chance.lognormvariate(4.5, 1.2)) + 1, chance.choice(TYPES)
        steps = list(zip(road.split()[::2], road.split()[1::2], strict=True))
        facts = _facts(f"{fen / 100:.2f}", kind) | final
        yield _rows(case_id, opened, steps, (facts, reason, fen, kept))


def _facts(amount: str, kind: tuple[str, str, str]) -> dict[str, Any]:
    name, route, damaged = kind
    return {
        "责任": "供应商", "运费": "商家", "成本": "质量成本", "路由": route, "次品": damaged, "种类": "退货",
        "类型": name, "金额": amount, "件数": 2, "区域": "华东", "风险客户": False, "提交人": 1,
        "客户历史": {"orders": 12, "paid": "3,204.00"},
        "经过": ["客服审核", "金额审批", "仓库收货", "质检", "财务退款"],
        "已审批": True, "已收货": True, "已质检": True, "实收件数": 2, "按实收": True, "合格件数": 2, "已退款": True,
        "质检人": 1,
    }  # fmt: skip


def _rows(case_id: int, opened: datetime, steps: list[tuple[str, str]], about: tuple[Any, ...]) -> Told:
    facts, reason, fen, kept = about
    moments = [(opened + n * timedelta(hours=5)).isoformat(" ") for n in range(len(steps) + 1)]
    tasks = [
        (case_id, node, since, since, until, action)
        for (node, action), since, until in zip(steps, moments[:-1], moments[1:], strict=True)
    ]
    said = [("提交", "", {"金额": facts["金额"]}), *((action, node, {}) for node, action in steps)]
    events = [
        (case_id, seq, moments[seq - 1], action, node, json.dumps(data, ensure_ascii=False), "0" * 64, "1" * 64)
        for seq, (action, node, data) in enumerate(said, 1)
    ]
    case = (
        case_id, f"R{opened:%Y%m%d}-{case_id:06d}", facts["类型"], facts["区域"],
        CaseState.CLOSED if reason else CaseState.DONE, reason, json.dumps(facts, ensure_ascii=False), fen,
        len(events), *kept, moments[0], moments[-1],
    )  # fmt: skip
    return case, tasks, events
