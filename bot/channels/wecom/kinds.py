"""The callback events that wechatpy does not know, registered with its parser (D/90240)."""

from __future__ import annotations

import re
from typing import Any

from wechatpy.enterprise.events import register_event
from wechatpy.events import BaseEvent
from wechatpy.fields import BaseField, IntegerField, StringField

_SYMBOLOGY = re.compile(
    r"^(CODE|EAN|UPC|ITF|CODABAR|RSS|QR|PDF|DATA|AZTEC)_?[A-Z0-9_]*,"
)  #: as official accounts say it


class AgentEvent(BaseEvent):  # type: ignore[misc]
    """Any event that comes to an app."""

    agent = IntegerField("AgentID", 0)
    key = StringField("EventKey", "")


@register_event("template_card_event")
@register_event("template_card_menu_event")
class CardTapped(AgentEvent):
    """A button of a card, or its corner menu, which has no selectors."""

    task_id = StringField("TaskId", "")
    response_code = StringField("ResponseCode", "")
    selected_items = BaseField("SelectedItems")

    @property
    def selected(self) -> dict[str, str]:
        """Question key -> the chosen option's id; the first one where several may be chosen."""
        items = _listed((self.selected_items or {}).get("SelectedItem"))
        chosen = {item["QuestionKey"]: _listed((item.get("OptionIds") or {}).get("OptionId")) for item in items}
        return {key: ids[0] for key, ids in chosen.items() if ids}


@register_event("scancode_push")
@register_event("scancode_waitmsg")
class CodeScanned(AgentEvent):
    """The app menu's scanner has read a code."""

    info = BaseField("ScanCodeInfo")

    @property
    def result(self) -> str:
        """What was read, without a symbology prefix such as ``CODE_128,``."""
        return _SYMBOLOGY.sub("", str((self.info or {}).get("ScanResult") or ""))


@register_event("change_contact")
class ContactChanged(AgentEvent):
    """The address book changed; comes from ``sys``, without an app."""

    change = StringField("ChangeType", "")
    member = StringField("UserID", "")


@register_event("inactive_alert")
@register_event("close_inactive_agent")
@register_event("reopen_inactive_agent")
@register_event("low_active_alert")
@register_event("low_active")
@register_event("active_restored")
class AppAtRisk(AgentEvent):
    """WeCom switches off apps that nobody uses, and says so beforehand."""

    name = StringField("Event", "")


def _listed(value: Any) -> list[Any]:
    """One sibling arrives bare, several as a list, none as None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
