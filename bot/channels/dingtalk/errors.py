"""What the platform's refusals mean: when to try again, or who must act (dingtalk.md §4.2, §4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.base import ChannelError, InDoubt, Rejected, Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping

PERMISSION = "AccessTokenPermissionDenied"
TOKEN_CODES = frozenset({"InvalidAuthentication", "40014", "42001"})

QUOTA_SPENT = "本月的钉钉接口调用次数已用完，卡片和消息发不出去，请升级钉钉专业版"

SOON = 1  #: second, doubled by whoever tries again and again: most hiccups are over by then, and somebody waits
#: code -> seconds until a new try makes sense, and why
WAITS: dict[str, tuple[float, str]] = {
    "QpsLimitForAppkeyAndApi": (1, "调用太快"),
    "90018": (1, "调用太快"),
    "QpmLimitForAppkeyAndApi": (60, "一分钟内调用太多"),
    "QpsLimitForApi": (60, "钉钉的这个接口正忙"),
    "90002": (60, "钉钉的这个接口正忙"),
    "ApiCountLimitForOrg": (3600, QUOTA_SPENT),
    "90020": (3600, QUOTA_SPENT),
    "IpNotInWhiteList": (300, "服务器的出口 IP 不在应用的白名单里，请管理员在开发者后台的安全设置里加上"),
    "send.too.fast": (5, "机器人发得太快"),
    "send.byToken.tooFast": (5, "机器人发得太快"),
    "too.many.group": (60, "机器人一时发给太多群"),
    "too.many.people": (60, "机器人一时发给太多人"),
    "system.error": (SOON, "钉钉内部出错"),
    "system.busy": (SOON, "钉钉正忙"),
    "resource.unavailable": (SOON, "素材已失效"),
    "-1": (SOON, "钉钉内部出错"),
    "15": (SOON, "钉钉内部超时"),
    "88": (SOON, "钉钉内部超时"),
}

#: code -> why it will not be taken, and what somebody can do
REASONS: dict[str, str] = {
    "param.templateNotExist": "卡片模板不存在，请检查 DINGTALK_CARD_TEMPLATE",
    "param.templateUnpublished": "卡片模板没有发布，请在卡片平台先保存、再发布",
    "param.cardNotExist": "卡片不存在",
    "param.contentUnsafe": "内容没有通过钉钉的安全检查",
    "contain.unsafe.url": "内容里有钉钉认为不安全的链接",
    "contain.notAllowed.text": "内容里有钉钉不允许的文字",
    "param.openSpaceIdInvalid": "接收人或群不存在",
    "param.userIdNotExist": "接收人不在通讯录里",
    "robot.oto.notExist": "机器人没有开通单聊，请在开发者后台发布机器人",
    "chatbotId.notAllow.sendOTO": "机器人不能发单聊消息，请在开发者后台开通",
    "invalid.openConversationId": "群不存在，请检查 DINGTALK_GROUPS",
    "conversation.org.notMatch": "群不属于本企业，机器人不能发",
    "group.disbanded": "群已解散",
    "bot.stopped": "机器人已停用",
    "invalidParameter.robotCode.auth": "机器人编码不对，请检查 DINGTALK_ROBOT_CODE",
    "invalidParameter.robotCode.downloadCode": "文件已过期，请重新发送",
    "invalidParameter.msgParam.tooLong": "消息太长",
    "33012": "员工不在通讯录里",
    "40004": "钉钉不收这种文件",
    "40005": "钉钉不收这种文件",
    "40006": "文件太大",
}

#: path prefix -> the permission that an administrator must grant
SCOPES: dict[str, str] = {
    "/v1.0/card/": "Card.Instance.Write",
    "/v1.0/robot/": "qyapi_robot_sendmsg",
    "/topapi/v2/user/list": "qyapi_get_department_member",
    "/topapi/v2/user/": "qyapi_get_member",
    "/topapi/v2/department/": "qyapi_get_department_list",
}


class Unsure(InDoubt):
    """No answer came, so nobody knows whether the platform did it."""


class TokenRefused(Retryable):
    """The access token is not, or no longer, good."""


class Shut(Retryable):
    """No call of this app gets through until somebody acts: the month's quota (KB 1431), or the IP."""


class StaleMedia(Retryable):
    """The platform no longer knows an uploaded file; uploading it again helps."""


class TemplateRefused(Rejected):
    """Cards of this template cannot be sent at all, to anybody."""


_KINDS: dict[str, type[Retryable]] = {
    "ApiCountLimitForOrg": Shut,
    "90020": Shut,
    "IpNotInWhiteList": Shut,
    "resource.unavailable": StaleMedia,
    "15": Unsure,
    "88": Unsure,
}


def code_of(body: Mapping[str, Any], status: int) -> str:
    """The platform's own code; old APIs wrap the cause into ``sub_code``. Empty when it did what was asked."""
    if "errcode" in body:
        code = str(body.get("sub_code") or body["errcode"])
        return "" if code == "0" else code
    return "" if status < 400 else str(body.get("code") or status)


def refusal(path: str, status: int, code: str, client_id: str) -> ChannelError:
    """The error for ``code``, whose reason names what an administrator must do, if anybody must."""
    name = code if code in WAITS or code in REASONS else code.rsplit(".", 1)[-1]
    if code in TOKEN_CODES or status == 401:
        return TokenRefused(f"{code} 访问凭证失效", 60)
    if name in WAITS:
        seconds, reason = WAITS[name]
        return _KINDS.get(name, Retryable)(f"{code} {reason}", seconds)
    if status >= 500 or status == 429:
        return Unsure(f"{code} 钉钉暂时不可用", SOON)
    if name in {PERMISSION, "60011"}:
        return _unpermitted(path, code, client_id)
    reason = REASONS.get(name, f"钉钉没有接受，代码 {code}")
    return (TemplateRefused if name.startswith("param.template") else Rejected)(code, reason)


def _unpermitted(path: str, code: str, client_id: str) -> Rejected:
    scope = next((scope for prefix, scope in SCOPES.items() if path.startswith(prefix)), "")
    link = f"https://open-dev.dingtalk.com/appscope/apply?content={client_id}%23{scope}"
    reason = f"应用缺少权限 {scope}，请管理员申请：{link}" if scope else "应用缺少调用这个接口的权限"
    return (TemplateRefused if path.startswith("/v1.0/card/") else Rejected)(code, reason)
