"""Keys that change while the shop works: replicas know old and new, then the others change, then the old ones go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.server import SHOP_SIGNING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.outside import Outside
    from bench.week.replicas import Replicas
    from bench.week.walk import Gate

NEW = {"WECOM_TOKEN": "WeekToken2026", "WECOM_AES_KEY": "WeekKey" * 6 + "0", "SHOP_API_SECRET": "changed in the week"}


@dataclass(slots=True)
class Keys:
    """``began``: hours after which the change begins; it ends by itself as the replicas are started anew."""

    world: Outside
    began: int
    stage: str = field(default="旧")

    def settings(self) -> Mapping[str, str]:
        """What a replica that is started now is told."""
        app = self.world.wecom
        old = {"WECOM_TOKEN": app.token, "WECOM_AES_KEY": app.aes_key, "SHOP_API_SECRET": SHOP_SIGNING}
        if self.stage == "旧":
            return old
        return NEW if self.stage == "新" else NEW | {f"{name}_OLD": value for name, value in old.items()}

    async def go_on(self, hour: int, replicas: Replicas, gate: Gate) -> None:
        """One stage further, once every replica has been started in the present one.

        What a platform has under way at the moment that its key is changed is waited for: which key it reads the answer
        with is its own business.
        """
        has_old = ["WECOM_TOKEN_OLD" in each.environ for each in replicas.all]
        if self.stage == "旧" and hour >= self.began:
            self.stage = "新旧"
        elif self.stage == "新旧" and all(has_old):
            await gate.close()
            self.world.sandbox.wecom.crypto.change(NEW["WECOM_TOKEN"], NEW["WECOM_AES_KEY"])
            self.world.sandbox.shop.change_secret(NEW["SHOP_API_SECRET"])
            gate.open()
            self.stage = "新"
