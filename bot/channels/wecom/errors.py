"""What WeCom's error codes mean for us, and what an administrator can do about them (wecom.md §4.6)."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bot.channels.base import ChannelError, InDoubt, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

Answer = dict[str, Any]

SOON = 1.0  #: second, doubled by whoever tries again and again: most hiccups are over by then, and somebody waits
ADMIN_PAUSE = 300.0  #: seconds until a setting may have been put right


class NeedsAdmin(Retryable):
    """Nothing comes through until somebody changes a setting; what is waiting goes out after that."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, ADMIN_PAUSE)


class RobotGone(NeedsAdmin):
    """A group's robot was removed or switched off, or its key has been changed."""


STALE_TOKEN = frozenset({40001, 40014, 42001})  #: the token died early; 40001 of gettoken itself is a wrong secret
MEDIA_GONE = "40007"
ROBOT_GONE = frozenset({93000, 93004, 93008})
TASK_ID = 42014  #: also the answer to a task_id that was used before

_BUSY = {  #: errcode -> seconds to wait
    -1: SOON,
    40014: 1.0,
    42001: 1.0,
    45009: 60.0,
    45033: 1.0,
}
_BAD_CREDENTIAL = "企业微信的 Secret 不对或已重置：在管理后台“应用管理”查看应用的 Secret，更新 WECOM_SECRET"
_ADMIN = {
    40001: _BAD_CREDENTIAL,
    40091: _BAD_CREDENTIAL,
    40013: "企业 ID 不对：在管理后台“我的企业”查看企业 ID，更新 WECOM_CORP_ID",
    40056: "应用的 AgentId 不对：在管理后台“应用管理”查看 AgentId，更新 WECOM_AGENT_ID",
    43012: "应用没有配置回调地址：在管理后台“接收消息”里设置 API 接收，地址以 /wecom/callback 结尾",
    48002: "应用没有调用这个接口的权限：在管理后台给应用开通发消息和通讯录权限",
    48006: "接口权限因长期未使用被收回：在管理后台重新启用应用",
    50001: "回调域名不是可信域名：在管理后台设置本企业已备案的可信域名",
    50003: "应用已停用：在管理后台启用应用",
    60020: "本机出口 IP{ip} 不在企业可信 IP 里：在管理后台应用详情页“企业可信IP”里加上它",
    80001: "可信域名的备案主体不是本企业：在管理后台换成本企业备案的域名",
    93000: "群机器人的 webhook 地址无效，或机器人已被移出群：在群里重新添加，更新 WECOM_GROUP_WEBHOOKS",
    93004: "群机器人已停用：在群设置里启用",
    93008: "群机器人不在群里：在群里重新添加，更新 WECOM_GROUP_WEBHOOKS",
}
FINAL = {
    40003: "企业微信里没有这个成员",
    46004: "企业微信里没有这个成员",
    60111: "企业微信里没有这个成员",
    60011: "这个成员或部门不在应用可见范围内：请管理员在应用详情页调整可见范围",
    60021: "这个成员或部门不在应用可见范围内：请管理员在应用详情页调整可见范围",
    81013: "接收人不在应用可见范围内或已离职：请管理员在应用详情页调整可见范围",
    82001: "没有写接收人",
    40004: "企业微信不收这种格式的文件",
    40006: "文件大小不合要求",
    40007: "文件已过期或不存在",
    40009: "图片大小不合要求",
    44004: "消息内容是空的",
    45001: "文件太大",
    45002: "消息内容太长",
}


def failure(api: str, answer: Mapping[str, Any]) -> ChannelError:
    """The exception for an answer whose errcode is not 0: decided by the code, never by ``errmsg``."""
    code = errcode(answer)
    log.warning("wecom refused %s: errcode %d", api, code)
    if code in _BUSY:
        return Retryable(f"企业微信忙，稍后再试（{code}）", _BUSY[code])
    if code in _ADMIN:
        kind = RobotGone if code in ROBOT_GONE else NeedsAdmin
        return kind(_ADMIN[code].format(ip=_egress_ip(answer)))
    return Rejected(str(code), FINAL.get(code, f"企业微信拒绝了这个请求（{code}）"))


def errcode(answer: Mapping[str, Any]) -> int:
    """0 when the answer carries none. A value that is no number is an unreadable answer: Retryable."""
    try:
        return int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        raise InDoubt("企业微信的回答看不懂", SOON) from None


def _egress_ip(answer: Mapping[str, Any]) -> str:
    """The address that WeCom saw; nobody else tells an administrator which one to enter."""
    found = re.search(r"from ip:?\s*([0-9A-Fa-f.:]+[0-9A-Fa-f])", str(answer.get("errmsg", "")))
    return f" {found[1]}" if found else ""
