"""WeCom: the self-built app's callback and API, and the group robots' webhooks."""

from __future__ import annotations

from bot.channels.wecom.channel import WeComChannel

__all__ = ["WeComChannel"]
