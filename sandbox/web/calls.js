// The platforms' APIs in people's words.

const NAMES = {
  "/cgi-bin/gettoken": "取令牌",
  "/cgi-bin/message/send": "发消息",
  "/cgi-bin/message/recall": "撤回消息",
  "/cgi-bin/message/update_template_card": "更新卡片",
  "/cgi-bin/media/upload": "上传文件",
  "/cgi-bin/media/get": "下载文件",
  "/cgi-bin/user/get": "查成员",
  "/cgi-bin/user/list": "列成员",
  "/cgi-bin/department/list": "列部门",
  "/cgi-bin/webhook/send": "群机器人发消息",
  "/cgi-bin/webhook/upload_media": "群机器人上传文件",
  "/v1.0/oauth2/accessToken": "取令牌",
  "/v1.0/gateway/connections/open": "建立连接",
  "/v1.0/robot/oToMessages/batchSend": "发单聊消息",
  "/v1.0/robot/groupMessages/send": "发群消息",
  "/v1.0/robot/messageFiles/download": "下载文件",
  "/v1.0/card/instances/createAndDeliver": "发卡片",
  "/v1.0/card/instances": "更新卡片",
  "/v1.0/card/callbacks/register": "登记卡片回调",
  "/media/upload": "上传文件",
  "/topapi/v2/user/get": "查成员",
  "/topapi/v2/user/list": "列成员",
  "/topapi/v2/department/get": "查部门",
  "/topapi/v2/department/listsub": "列部门",
  "/topapi/v2/department/listparentbyuser": "查上级部门",
  "/robot/sendBySession": "回复会话",
  "/robot/send": "群机器人发消息",
  "/shop/refunds": "付退款",
  "/sms": "发短信",
};

export function callName(path) {
  return NAMES[path] ?? (path.startsWith("/shop/refunds/") ? "查退款" : "其他接口");
}
