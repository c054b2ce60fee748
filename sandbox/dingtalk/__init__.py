"""The fake DingTalk: its API, Stream gateway, callbacks and phones, as dingtalk.md describes the real one."""

from __future__ import annotations

from sandbox.dingtalk.app import DingTalkApp, Limits, Timing
from sandbox.dingtalk.refusals import DeadButton
from sandbox.dingtalk.server import DingTalk

__all__ = ["DeadButton", "DingTalk", "DingTalkApp", "Limits", "Timing"]
