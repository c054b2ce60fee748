"""Rules of a test's own, published as a merchant's would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.business import CONFIG, POLICY
from flow.versions import PRESET, publish
from tests.support.stage import START

if TYPE_CHECKING:
    from datetime import datetime

CHOICES = ("choices", "choices")
REASONS = ("reasons", "reasons")
SHIPPED_REASONS = (CONFIG / "reasons.yaml").read_text(encoding="utf-8")
STANDARD = (CONFIG / "policies" / "standard.yaml").read_text(encoding="utf-8")


async def publish_policy(
    more: str = "", *, name: str = "standard", text: str = STANDARD, now: datetime = START
) -> None:
    """A policy under a name, with ``more`` tables at its end."""
    named = text.replace("政策: standard", f"政策: {name}")
    await publish({(POLICY, name): f"{named}\n{more}"}, "李敏", now)


async def publish_choices(text: str, now: datetime = START) -> None:
    await publish({CHOICES: text}, "李敏", now)


async def publish_reasons(text: str, now: datetime = START) -> None:
    await publish({REASONS: text}, "李敏", now)


async def prefer(policy: str, now: datetime = START) -> None:
    """New cases take this policy."""
    await publish({(PRESET, PRESET): policy}, "李敏", now)
