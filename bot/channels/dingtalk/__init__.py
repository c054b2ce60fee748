"""DingTalk: an internal app with robot, interactive cards, Stream and HTTP (dingtalk.md)."""

from __future__ import annotations

from bot.channels.dingtalk.channel import DingTalkChannel

__all__ = ["DingTalkChannel"]
