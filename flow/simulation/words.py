"""A simulation as people read it on a phone, and as the painter wants it. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flow.simulation.comparison import total
from flow.simulation.past import DISPUTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from flow.simulation.comparison import Changed, Simulation, Sum
    from flow.simulation.replay import Outcome

FORM = "对比"
NOW, AFTER = "现在", "改后"
NOBODY = "没到审批"
MAX_MOVES, MAX_REASONS = 4, 2  #: lines that a phone shows of what may be many
HOUR = 3600


def simulation_words(sim: Simulation) -> str:
    """The whole simulation in at most 25 lines; the first one alone says the most of it."""
    head = [f"模拟 {sim.flow} · {sim.period.label}：{sim.compared:,} 单里 {sim.changed:,} 单走法会变", _scope(sim)]
    if not sim.compared:
        return "\n".join([*head, "没有可以比较的单，换一段时间再试", _as_of(sim)])
    head += [f"这些单都不在 {sim.season[1]} 里，当作 {sim.season[0]} 提交和办理来算"] if sim.season else []
    return "\n".join([*head, *_moves(sim), *_money(sim), *_work(sim), *_examples(sim), _as_of(sim)])


def simulation_chart(sim: Simulation) -> dict[str, Any]:
    """Who approves how many cases, now and after the change, as data for the form 对比."""
    sides = [Counter[str](), Counter[str]()]
    yuan = [Counter[str](), Counter[str]()]
    for pair, moved in sim.approvers.items():
        for side, approver in enumerate(pair):
            sides[side][approver or NOBODY] += moved.count
            yuan[side][approver or NOBODY] += int(moved.yuan)
    names = sorted(sides[0] | sides[1], key=lambda name: (-max(sides[0][name], sides[1][name]), name))
    return {
        "chart": f"模拟 {sim.flow}：谁审批", "form": FORM, "period": sim.period.label, "scope": [], "unit": "单",
        "from": sim.period.from_.isoformat(), "to": sim.period.to.isoformat(),
        "as_of": sim.as_of.isoformat(timespec="seconds"), "total": sim.compared,
        "before": {"label": "", "total": None}, "ticks": [], "cut": [], "latest": "",
        "captions": {name: f"¥{yuan[0][name]:,} → ¥{yuan[1][name]:,}" for name in names},
        "series": [
            {"name": name, "points": [[approver, counts[approver]] for approver in names]}
            for name, counts in zip((NOW, AFTER), sides, strict=True)
        ] if names else [],
    }  # fmt: skip


def _as_of(sim: Simulation) -> str:
    return f"截至 {sim.as_of:%m-%d %H:%M}，只是推算，没有改动任何单"


def _scope(sim: Simulation) -> str:
    days = f"{sim.period.from_} ~ {sim.period.to}"
    said = f"{days} 提交、已结束的 {sim.seen:,} 单，撤销和重复的不算"
    said += f"；对不上没算：{_some(sim.unfit)}" if sim.unfit else ""
    return f"{said}。{'、'.join(sim.left_out)}的改动推算不出来，没有算在内" if sim.left_out else said


def _some(reasons: Mapping[str, int]) -> str:
    shown = [f"{reason} {count:,} 单" for reason, count in list(reasons.items())[:MAX_REASONS]]
    rest = sum(list(reasons.values())[MAX_REASONS:])
    return "、".join([*shown, *([f"其他 {rest:,} 单"] if rest else [])])


def _moves(sim: Simulation) -> list[str]:
    moved = [(pair, part) for pair, part in sim.approvers.items() if pair[0] != pair[1]]
    if not moved:
        return ["审批人都不变"]
    moved.sort(key=lambda move: (-move[1].count, move[0]))
    lines = [f"· {_named(old)} → {_named(new)}：{_sum(part)}" for (old, new), part in moved[:MAX_MOVES]]
    rest = sum(part.count for _, part in moved[MAX_MOVES:])
    return ["审批人会变的：", *lines, *([f"· 其余 {rest:,} 单"] if rest else [])]


def _money(sim: Simulation) -> list[str]:
    old, new = sim.automatic
    lines = [f"自动放款：{_sum(old)} → {_sum(new)}"]
    before, after = sim.early
    lines += [f"货没到就退的：{_sum(before)} → {_sum(after)}"] if before != after else []
    was, is_ = sim.refunds
    lines += [f"退款金额会变的：{_sum(was)} → {_yuan(is_.yuan)}（{_less(was.yuan - is_.yuan)}）"] if was.count else []
    if sim.newly.count:
        lines.append(f"新自动放款 {_sum(sim.newly)}，其中后来有争议 {_sum(sim.disputed)}")
        lines.append(f"（有争议：{DISPUTED}）")
    return lines


def _less(yuan: Decimal) -> str:
    return f"一共{'少' if yuan >= 0 else '多'}退 {_yuan(abs(yuan))}"


def simulation_numbers(found: Sequence[Simulation]) -> list[tuple[str, str]]:
    """What a change would have meant for the money, of all flows together: a short name and a value each."""
    alone, early = (
        [total(getattr(sim, part)[side] for sim in found) for side in (0, 1)] for part in ("automatic", "early")
    )
    rows = [("自动放款", f"{_round(alone[0])} → {_round(alone[1])}")]
    if early[0] != early[1]:
        rows.append(("货前退款", f"{_round(early[0])} → {_round(early[1])}"))
    was, is_ = (total(sim.refunds[side] for sim in found) for side in (0, 1))
    if was.count:
        rows.append(("退款变", f"{_round(was)} → ¥{is_.yuan:,.0f}"))
    if (disputed := total(sim.disputed for sim in found)).count:
        rows.append(("有争议", f"新自动放的 {_round(disputed)} 后来有争议"))
    return rows


def _round(part: Sum) -> str:
    return f"{part.count:,} 单 ¥{part.yuan:,.0f}"


def _work(sim: Simulation) -> list[str]:
    (old, new), cases = sim.load, sim.compared
    signed = f"人工签字：每单 {old.signatures / cases:.2f} → {new.signatures / cases:.2f} 次"
    time = f"每单用时：约 {_hours(old.seconds / cases)} → {_hours(new.seconds / cases)}"
    missing = (
        f"；{'、'.join(sim.unseen[:3])}{'等' if len(sim.unseen) > 3 else ''}没有记录，按时限" if sim.unseen else ""
    )
    return [signed, f"{time}（各节点用时的中位数相加{missing}）"]


def _examples(sim: Simulation) -> list[str]:
    head = "走法会变的" + (f"，金额最大的 {len(sim.examples)} 单：" if sim.changed > len(sim.examples) else "：")
    return [head, *(_example(example) for example in sim.examples)] if sim.examples else []


def _example(case: Changed) -> str:
    old, new = case.old, case.new
    if old.approver != new.approver:
        what = f"{_named(old.approver)} → {_named(new.approver)}"
    elif old.end != new.end:
        what = f"{old.end} → {new.end}"
    else:
        what = f"{_way(old, new)} → {_way(new, old)}"
    return f"{case.no} ¥{case.yuan:,.2f} {what}"


def _way(path: Outcome, other: Outcome) -> str:
    """What of a path the other one has not, or how long it is where they only differ in order."""
    own = _without(path.path, other.path)
    return "、".join(own) if own else f"{len(path.path)} 步"


def _without(path: Iterable[str], other: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(path) if name not in set(other)]


def _named(approver: str) -> str:
    return approver or NOBODY


def _sum(part: Sum) -> str:
    return f"{part.count:,} 单 {_yuan(part.yuan)}"


def _yuan(amount: Decimal) -> str:
    return f"¥{amount:,.2f}"


def _hours(seconds: float) -> str:
    hours = seconds / HOUR
    return f"{hours / 24:.1f} 天" if hours >= 48 else f"{hours:.1f} 小时"
