"""The configured app, and what all parts of its channel share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.settings import secrets

if TYPE_CHECKING:
    from bot.channels.base import Intake, Meter
    from bot.channels.dingtalk.health import Health
    from bot.channels.dingtalk.wire import Wire
    from bot.runtime.clock import Clock
    from config.settings import DingTalkSettings


@dataclass(frozen=True, slots=True)
class App:
    """Settings, doors and state of one internal app."""

    settings: DingTalkSettings
    intake: Intake
    wire: Wire
    clock: Clock
    meter: Meter
    health: Health
    public_url: str

    @property
    def secret(self) -> str:
        return self.settings.client_secret.get_secret_value()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those that the platform may sign with: for a while after a change the old one, too."""
        return secrets(self.settings.client_secret, self.settings.client_secret_old)

    def count(self, api: str, *, counted: bool = False) -> None:
        """Meter one call; ``counted`` ones are charged to the month's quota (KB 1431)."""
        self.meter.add("dingtalk", api, counted)
