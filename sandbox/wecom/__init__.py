"""A WeCom on loopback: the APIs, the callbacks and the phones, strict about every documented limit."""

from __future__ import annotations

from sandbox.wecom.config import WeComApp
from sandbox.wecom.copies import DeadButton
from sandbox.wecom.phone import WeComPhones
from sandbox.wecom.push import Delivery
from sandbox.wecom.server import WeCom

__all__ = ["DeadButton", "Delivery", "WeCom", "WeComApp", "WeComPhones"]
