"""Everything outside the bot in one value, and how it looks as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.hints import first_words, quiet_hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.dingtalk import DingTalk
    from sandbox.faults import Faults
    from sandbox.notices import Sms
    from sandbox.shop import Shop
    from sandbox.wecom import WeCom
    from sandbox.world import Item, World


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers of one sandbox; ``webhooks`` leads from the key of a WeCom group robot to its group's name."""

    world: World
    faults: Faults
    wecom: WeCom
    dingtalk: DingTalk
    shop: Shop
    sms: Sms
    webhooks: Mapping[str, str]
    streaming: bool  #: whether the bot is to hold a line to DingTalk

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing said on DingTalk can reach the bot now."""
        return self.streaming and not self.dingtalk.connections

    def state(self) -> dict[str, Any]:
        """People, groups, what to type first, the quiet hours, all bubbles, and the pulse."""
        return {
            "first": first_words(),
            "quiet": quiet_hours(),
            "people": [asdict(person) for person in self.world.people],
            "groups": self._groups(),
            "items": [item_json(item) for item in self.world.items.values()],
            **self.pulse(),
        }

    def pulse(self) -> dict[str, Any]:
        """What changes without any bubble: armed faults and meters. The time is beside it, in ``now``."""
        return {"faults": [asdict(fault) for fault in self.faults.armed if fault.times], "meters": self._meters()}

    def now(self) -> str:
        return self.world.clock.now().isoformat()

    def media(self, media_id: str) -> tuple[bytes, str]:
        """Bytes and content type from whichever platform knows it. Raises KeyError."""
        try:
            return self.dingtalk.media(media_id)
        except KeyError:
            return self.wecom.media(media_id)

    def _groups(self) -> list[dict[str, str]]:
        groups = [{"platform": "wecom", "id": f"group:{name}", "name": name} for name in self.webhooks.values()]
        return groups + [{"platform": "dingtalk", "id": cid, "name": name} for cid, name in self.world.groups.items()]

    def _meters(self) -> dict[str, Any]:
        wecom, ding, limits = self.wecom, self.dingtalk, self.dingtalk.meters.limits
        return {
            "wecom": {"calls": dict(wecom.calls), "dropped": len(wecom.dropped), "lost": len(wecom.push.lost)},
            "dingtalk": {
                "calls": dict(ding.calls),
                "counted": ding.counted,
                "monthly_calls": limits.monthly_calls,
                "webhook_uses": ding.webhook_uses,
                "monthly_webhooks": limits.monthly_webhooks,
                "cut_off": self.is_cut_off,
                "lost": len(ding.lost),
            },
            "shop": {
                "calls": dict(self.shop.calls),
                "refunds": len(self.shop.refunds),
                "amount": str(sum((refund.amount for refund in self.shop.refunds), Decimal("0.00"))),
            },
            "sms": {"calls": dict(self.sms.calls)},
            "problems": [*wecom.problems, *ding.problems],
        }


def item_json(item: Item) -> dict[str, Any]:
    """One bubble for the page."""
    return {
        "id": item.id,
        **asdict(item.place),
        "kind": item.kind,
        "sender": item.sender,
        "at": item.at.isoformat(),
        "body": item.body,
        "state": item.state,
    }
