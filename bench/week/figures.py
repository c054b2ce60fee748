"""What a week comes to, line by line of the table."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from bench.rows import Row, Target

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from bench.plan import Plan
    from bench.week.count import Found
    from bench.week.replicas import Replicas
    from bench.week.walk import Act, Street

ITEM, TAP = "一周", "点按到卡片变了"
CALLBACKS = 9  #: that a return causes when nothing goes wrong
NONE, SECOND, TAKEN_OVER, LEAN = Target(0), Target(1.0), Target(10.0), Target(1.1, "ratio")
WHOLE = (7, 2_000)  #: days, and cases a day, of the whole week
HOUR = 15.0  #: seconds of a burst in which a fault may lie ready
SHOWN = 3  #: sentences of a kind


@dataclass(frozen=True, slots=True)
class Lived:
    """What is left of a week."""

    street: Street
    replicas: Replicas
    met: Counter[str]
    cuts: list[float]  #: moments at which the database hung up
    pauses: list[float]  #: moments from which WeCom asked for a pause
    resident: list[float]


def absent(reason: str) -> Row:
    return Row(ITEM, "没有测", note=reason)


def rows(week: Lived, plan: Plan, found: Found) -> list[Row]:
    """Every figure beside its target."""
    return [*_counts(found), *_times(week), _lean(week.resident), _lived(week, plan, found)]


def _counts(found: Found) -> list[Row]:
    kinds = (
        ("丢了的", found.lost), ("做了两遍的", found.doubled), ("退错的", found.money),
        ("同一句话发了两遍的", found.twice), ("平台丢掉和抱怨的", found.complaints),
    )  # fmt: skip
    return [Row(ITEM, name, "处", len(said), target=NONE, note="；".join(said[:SHOWN])) for name, said in kinds]


def _times(week: Lived) -> list[Row]:
    taps = sorted(act.seconds for act in week.street.taps)
    cuts = quantiles(taps, n=100, method="inclusive")
    worst = max(week.street.taps, key=lambda act: act.seconds)
    slow = [act for act in week.street.taps if act.seconds > SECOND.limit]
    struck = len(_struck(slow, [*week.replicas.kills, *week.cuts]))
    counted = f"{len(taps):,} 次，从平台送出算起，重点的也从第一次算起"
    slowest = (
        f"超过 1 秒的 {len(slow)} 次，其中碰上 kill 或断库的 {struck} 次，最久 {worst.seconds:.1f} 秒（{worst.what}）"
    )
    return [
        Row(ITEM, f"{TAP} p50", "ms", cuts[49] * 1000, note=counted),
        Row(ITEM, f"{TAP} p95", "ms", cuts[94] * 1000),
        Row(ITEM, f"{TAP} p99", "秒", cuts[98], target=SECOND, note=slowest),
        _taken_over(_struck([act for act in week.street.steps if act.is_tap], week.replicas.kills), week.pauses),
    ]


def _taken_over(struck: Sequence[Act], pauses: Sequence[float]) -> Row:
    """What a platform itself puts off for a minute is counted apart."""
    hit = [act for act in struck if not any(act.began - HOUR <= pause <= act.ended for pause in pauses)]
    late = max(hit, key=lambda act: act.seconds, default=None)
    note = f"{len(hit)} 步里最久的（{late.what}）" if late else "没有一步赶上"
    note += f"；企业微信正让人等一分钟的 {len(struck) - len(hit)} 步不算" if len(hit) < len(struck) else ""
    return Row(ITEM, "杀掉的时候正在走的，到下一步", "秒", late.seconds if late else 0.0, target=TAKEN_OVER, note=note)


def _struck(acts: Sequence[Act], moments: Sequence[float]) -> list[Act]:
    """Those during which one of the moments was. A message that died is brought again by its platform, a tap is not."""
    return [act for act in acts if any(act.began <= moment <= act.ended for moment in moments)]


def _lean(resident: Sequence[float]) -> Row:
    first, last = resident[0], resident[-1]
    note = "没有被杀的那一个，最后一小时和第一小时末"
    return Row(ITEM, "副本的内存", "MB", last, first, last / first, target=LEAN, note=note)


def _lived(week: Lived, plan: Plan, found: Found) -> Row:
    met = "，".join(f"{name} {times}" for name, times in week.met.most_common())
    street = week.street
    people = f"人重打重点 {street.again} 次，其中机器人请人再发 {street.sorry.total()} 次"
    note = f"种子 {plan.week_seed}；{met}；{people}；注明可能收到过的话 {found.marked} 条"
    return Row(ITEM, "kill -9", "次", len(week.replicas.kills), note=note)


def verdict(plan: Plan, verified: str, walks: int, seconds: float) -> Row:
    """How much of a week it was."""
    days, cases = WHOLE
    is_whole = (plan.week_days, plan.week_cases) == WHOLE
    scaled = "" if is_whole else f"缩小了：整个一周是 {days} 天、一天 {cases:,} 单；"
    note = (
        f"{scaled}{plan.week_days} 天 × {plan.week_cases:,} 单，一小时一阵、每秒最多 {plan.week_rate:.0f} 个回调，"
        f"阵与阵之间两边的时钟一起拨过去；真实用时 {seconds / 60:.0f} 分钟；{verified}"
    )
    return Row(ITEM, "走了的单", "单", walks, note=note)
