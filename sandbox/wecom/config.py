"""What the administrator has typed into the console for one self-built app."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WeComApp:
    """One self-built app and its callback; an empty ``callback_url`` is an app that receives nothing."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)  #: EncodingAESKey, 43 letters and digits
    callback_url: str = ""
