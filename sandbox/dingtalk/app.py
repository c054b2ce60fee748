"""What the fake DingTalk is told at the start: the app in its console, the waits and the limits of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DingTalkApp:
    """An internal app as its developer console shows it."""

    client_id: str
    client_secret: str
    robot_code: str
    corp_id: str
    token: str  #: of event subscription over HTTP
    aes_key: str  #: 43 characters
    mode: Literal["stream", "http"]  #: how robot messages and events travel; a card chooses for itself (callbackType)
    bot_url: str  #: base of ``/dingtalk/robot`` and ``/dingtalk/event`` in http mode


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits in real seconds, as dingtalk.md §1-§3 report them; tests shorten them."""

    redeliver_after: float = 15.0  #: an unanswered robot message or event comes again (§1.3)
    attempts: int = 3  #: then it is lost for good
    card: float = 2.0  #: a tap must be answered (§3.2)
    event_stream: float = 3.0  #: KB 1435
    event_http: float = 2.5  #: KB 1435
    robot_http: float = 5.0  #: not documented
    closing: float = 10.0  #: silence between the ``disconnect`` frame and the end of TCP (§1.2)
    ping_every: float = 30.0
    ping: float = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The standard edition since 2025-11-19 (KB 1431, KB 1433)."""

    qps: int = 20  #: per app and API
    monthly_calls: int = 5000
    monthly_webhooks: int = 3000  #: Webhook & Stream uses


@dataclass(slots=True)
class Address:
    """Where the sandbox listens; told by its server, or learned from the first request."""

    url: str = ""
