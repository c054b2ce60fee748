"""Every key of every file of the business, with the sentence and the sheet's column that set it: docs/settable.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flow.definitions import automation_reader, choices, own_papers, permissions, policy, quiet_hours
from flow.definitions.automation_reader import KINDS as DOES
from flow.definitions.flow import Action, Amending, Branch, Field, Flow, Level, Node, OwnerRule, Reopening
from flow.definitions.permissions import FIELDS
from flow.definitions.schema import keys_of, words_of
from flow.definitions.table_text import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = tuple[str, str]  #: the part of a file, and the key

#: each part of each file, with its keys as the program reads them
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "流程 `flows/*.yaml`": {
        "流程": words_of(keys_of(Flow)), "节点": words_of(keys_of(Node)), "负责人": words_of(keys_of(OwnerRule)),
        "动作": words_of(keys_of(Action)), "去向": words_of(keys_of(Branch)), "表单": words_of(keys_of(Field)),
        "分级": words_of(keys_of(Level)), "重开": words_of(keys_of(Reopening)), "退回": words_of(keys_of(Amending)),
    },
    "政策 `policies/*.yaml`": {
        "政策": policy.KEYS, **{table: (*COLUMNS[table], "条件") for table in ("资格", "自主额度", "承担", "审批表")},
    },
    "选择 `choices.yaml`": {
        "选择": choices.KEYS, **{table: (*columns, "条件") for table, columns in
                               ((name, words_of(keys)) for name, keys in choices.COLUMNS.items())},
        "不计天数": ("名", "从", "到"),
    },
    "退货类型 `reasons.yaml`": {"退货类型": ("流程", "策略", "别名"), "种类": ("种类",)},
    "角色 `roles.yaml`": {"角色": permissions.KEYS, "看": tuple(FIELDS)},
    "通知 `notices.yaml`": {"通知": ("通知",)},
    "库区 `stock.yaml`": {"库区": ("库区",)},
    "分派表 `assignments.yaml`": {"分派表": ("分派表", "规则", "派给", "条件")},
    "自动规则 `rules.yaml`": {"自动规则": automation_reader.KEYS, "做": DOES},
    "免打扰 `calendar.yaml`": {"免打扰": (quiet_hours.FROM, quiet_hours.TO, quiet_hours.URGENT_TOO)},
    "打印模板 `papers.yaml`": {own_papers.TITLE: own_papers.KEYS},
}  # fmt: skip
#: a sentence, or several joined by ；, that sets the key in what ships; what is not here no sentence sets yet
SENTENCES: dict[Place, str] = {
    ("流程", "流程"): "新建流程 无理由退货 照 退货",
    ("流程", "开始"): "流程 退货 开始 客服审核",
    ("流程", "节点"): "增加节点 复检 在 质检 之后 负责人 质检员 时限 4小时",
    ("流程", "撤单"): "流程 退货 撤单 超期",
    ("流程", "重开"): "流程 退货 重开 14天",
    ("流程", "退回"): "流程 退货 退回 理由 必填",
    ("流程", "说明"): "流程 退货 说明 先审核，再收货",
    ("流程", "预计退款"): "流程 退货 预计退款 否",
    ("节点", "类型"): "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    ("节点", "标题"): "流程 质检 标题 验货：{商品}",
    ("节点", "说明"): "流程 质检 说明 先看外箱",
    ("节点", "负责人"): "流程 质检 负责人 仓管员",
    ("节点", "时限"): "流程 质检 时限 4小时",
    ("节点", "动作"): "增加按钮 质检 返修 去 仓库收货 结果 送去返修",
    ("节点", "显示"): "流程 质检 显示 单号、实收、备注",
    ("节点", "回避"): "流程 质检 回避 提交人",
    ("节点", "同人免审"): "流程 金额审批 同人免审 否",
    ("节点", "会签"): "流程 财务退款 会签 是",
    ("节点", "表单"): "增加字段 质检 缺陷等级 单选 轻微|中等|严重 必填",
    ("节点", "分级"): "增加级别 客服审核 客服主管 当 金额>5000",
    ("节点", "驳回即止"): "增加级别 客服审核 客服主管；流程 客服审核 驳回即止 是",
    ("节点", "抄送"): "流程 质检 抄送 客服主管",
    ("节点", "不许"): "流程 质检 不许 转交、加签",
    ("节点", "分支"): "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    ("节点", "汇合"): "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    ("节点", "等"): "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    ("节点", "去"): "增加分支 客服补证 与 仓库收货 同时 负责人 客服",
    ("负责人", "角色"): "流程 质检 负责人 仓管员",
    ("负责人", "人"): "流程 质检 负责人 人 王建国",
    ("负责人", "团队"): "流程 质检 负责人 团队 华东组",
    ("负责人", "分派表"): "流程 客服审核 负责人 分派表 客服分派",
    ("负责人", "区域"): "流程 客服审核 区域 华东",
    ("负责人", "首选"): "流程 客服审核 首选 提交人",
    ("负责人", "否则"): "流程 质检 否则 操作员",
    ("负责人", "派法"): "流程 质检 派法 轮流",
    ("负责人", "审批表"): "流程 客服审核 负责人 审批表",
    ("负责人", "提交人上级"): "流程 客服审核 负责人 提交人上级",
    ("负责人", "同区域"): "流程 客服审核 同区域 是",
    ("负责人", "同品类"): "流程 客服审核 同品类 是",
    ("负责人", "同仓库"): "流程 仓库收货 同仓库 否",
    ("动作", "去"): "流程 拒收处理 驳回 去 质检",
    ("动作", "满"): "流程 仓库收货 到时 45天",
    ("动作", "办"): "流程 质检 合格入库 办 质检合格、通知客户",
    ("动作", "记"): "流程 客服审核 同意 记 已电话=是",
    ("动作", "结果"): "流程 质检 合格入库 结果 验好了",
    ("动作", "样式"): "流程 金额审批 驳回 样式 无",
    ("动作", "理由"): "流程 金额审批 驳回 理由 必填",
    ("表单", "名"): "增加字段 质检 缺陷等级 单选 轻微|严重",
    ("表单", "填"): "增加字段 质检 缺陷等级 单选 轻微|严重",
    ("表单", "选项"): "增加字段 质检 缺陷等级 单选 轻微|严重",
    ("表单", "必填"): "增加字段 质检 缺陷等级 文本 必填",
    ("表单", "动作"): "增加字段 质检 缺陷等级 文本 在 次品处理",
    ("表单", "问"): "增加字段 质检 缺陷等级 文本 问 有多严重？",
    ("表单", "范围"): "增加字段 质检 评分 数字 范围 0~100",
    ("表单", "当"): "增加字段 质检 缺陷照片 照片 当 金额>500 必填",
    ("表单", "必填当"): "增加字段 质检 情况 文本 必填当 金额>500",
    ("表单", "默认"): "增加字段 质检 寄到 文本 默认 收货地址",
    ("节点", "字段"): "增加字段 质检 外观 单选 完好|破损；流程 财务退款 外观 隐藏",
    ("分级", "名"): "增加级别 客服审核 客服主管 名 终审",
    ("分级", "负责人"): "增加级别 客服审核 客服主管",
    ("分级", "时限"): "增加级别 客服审核 客服主管 时限 4小时",
    ("分级", "当"): "增加级别 客服审核 客服主管 当 金额>5000",
    ("重开", "期限"): "流程 退货 重开 14天",
    ("重开", "到"): "流程 退货 重开 到 金额审批",
    ("退回", "到"): "流程 退货 退回 到 未寄处理；删除节点 补充资料",
    ("退回", "理由"): "流程 退货 退回 理由 必填",
    ("政策", "政策"): "新建政策 大促 照 standard",
    ("政策", "名称"): "规则 名称 标准版",
    ("政策", "说明"): "规则 说明 平时用",
    ("政策", "退款时机"): "规则 退款时机 审批通过",
    ("政策", "双人金额"): "规则 双人金额 2000",
    ("政策", "自动上限"): "规则 自动上限 每单 300",
    ("政策", "合并计算"): "规则 合并计算 不合并",
    ("政策", "合并天数"): "规则 合并天数 7",
    ("政策", "退运费"): "规则 退运费 运费=商家|物流",
    ("政策", "资格"): "增加行 资格 三十天以上不退 结果 拒绝 说明 签收超过三十天 当 签收天数>30",
    ("政策", "自主额度"): "增加行 自主额度 客服 每单 30 每天 200",
    ("政策", "承担"): "增加行 承担 家电运费 运费 商家 当 品类=家电",
    ("政策", "审批表"): "增加行 审批表 组长审批 审批 客服组长 当 金额<=100",
    ("资格", "规则"): "增加行 资格 三十天以上不退 结果 拒绝 当 签收天数>30",
    ("资格", "结果"): "规则 允许名单 结果 拒绝",
    ("资格", "说明"): "规则 超过无理由期 说明 超过七天了",
    ("资格", "可例外"): "规则 超过无理由期 可例外 客服主管",
    ("资格", "条件"): "规则 超过无理由期 7→15",
    ("自主额度", "角色"): "增加行 自主额度 客服 每单 30 每天 200",
    ("自主额度", "每单"): "增加行 自主额度 客服 每单 30 每天 200",
    ("自主额度", "每天"): "增加行 自主额度 客服 每单 30 每天 200",
    ("自主额度", "退款时机"): "增加行 自主额度 客服 每单 30 每天 200 退款时机 审批通过",
    ("自主额度", "条件"): "增加行 自主额度 客服 每单 30 每天 200 当 类型=质量问题",
    ("承担", "规则"): "增加行 承担 家电运费 运费 商家 当 品类=家电",
    ("承担", "责任"): "增加行 承担 家电运费 责任 商家 当 品类=家电",
    ("承担", "运费"): "增加行 承担 家电运费 运费 商家 当 品类=家电",
    ("承担", "成本"): "增加行 承担 家电运费 成本 履约成本 当 品类=家电",
    ("承担", "条件"): "增加行 承担 家电运费 运费 商家 当 品类=家电",
    ("审批表", "规则"): "增加行 审批表 组长审批 审批 客服组长 当 金额<=100",
    ("审批表", "审批"): "规则 主管审批 审批 客服组长",
    ("审批表", "退款时机"): "规则 主管审批 退款时机 审批通过",
    ("审批表", "条件"): "规则 主管审批 5000→8000",
    ("选择", "政策选择"): "增加行 政策选择 直营快办 政策 express 当 店铺=直营店",
    ("选择", "退货地址"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市余杭区 1 号 当 品类=家电",
    ("选择", "风险客户"): "增加行 风险客户 常退 当 半年退货次数>=5",
    ("选择", "运输天数"): "设置 运输天数 5",
    ("选择", "不计天数"): "增加行 不计天数 春节 2027-02-05 到 2027-02-13",
    ("选择", "紧急用语"): "设置 紧急用语 加 老板催",
    ("选择", "进度页天数"): "设置 进度页天数 60",
    ("选择", "体检间隔天数"): "设置 体检间隔天数 180",
    ("选择", "体检闲置天数"): "设置 体检闲置天数 60",
    ("选择", "体检最多几样"): "设置 体检最多几样 10",
    ("政策选择", "规则"): "增加行 政策选择 直营快办 政策 express 当 店铺=直营店",
    ("政策选择", "政策"): "增加行 政策选择 直营快办 政策 express 当 店铺=直营店",
    ("政策选择", "条件"): "增加行 政策选择 直营快办 政策 express 当 店铺=直营店",
    ("退货地址", "规则"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市 1 号 当 品类=家电",
    ("退货地址", "收件人"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市 1 号 当 品类=家电",
    ("退货地址", "电话"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市 1 号 当 品类=家电",
    ("退货地址", "地址"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市 1 号 当 品类=家电",
    ("退货地址", "仓库"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571 地址 杭州市 1 号 仓库 杭州仓 当 品类=家电",
    ("退货地址", "条件"): "增加行 退货地址 家电仓 收件人 大件组 电话 0571-88880000 地址 杭州市 1 号 当 品类=家电",
    ("风险客户", "规则"): "增加行 风险客户 常退 当 半年退货次数>=5",
    ("风险客户", "条件"): "增加行 风险客户 常退 当 半年退货次数>=5",
    ("不计天数", "名"): "增加行 不计天数 春节 2027-02-05 到 2027-02-13",
    ("不计天数", "从"): "增加行 不计天数 春节 2027-02-05 到 2027-02-13",
    ("不计天数", "到"): "增加行 不计天数 春节 2027-02-05 到 2027-02-13",
    ("退货类型", "流程"): "新建流程 无理由退货 照 退货 类型 七天无理由",
    ("退货类型", "策略"): "增加原因 色差 像 质量问题 责任 仓库",
    ("种类", "种类"): "新建流程 无理由退货 照 退货",
    ("角色", "说明"): "角色 客服 说明 接待客户、开单",
    ("角色", "能"): "角色 客服 能 导出 团队",
    ("角色", "看"): "角色 客服 看 金额 无",
    ("角色", "先说"): "角色 客服 先说 待办、我的单",
    **{("看", field): f"角色 客服 看 {field} {'全' if field == '收货地址' else '无'}" for field in FIELDS},
    ("通知", "通知"): "通知 已完成退款 您的退款已经到账，进度 {链接}",
    ("库区", "库区"): "设置 库区 合格 A区",
    ("分派表", "分派表"): "增加行 分派表 夜班分派 夜班 派给 维修主管 当 紧急=是",
    ("分派表", "规则"): "增加行 维修分派 夜班 派给 维修主管 当 紧急=是",
    ("分派表", "派给"): "增加行 维修分派 夜班 派给 维修主管 同区域 派法 轮流 当 紧急=是",
    ("分派表", "条件"): "增加行 维修分派 夜班 派给 维修主管 当 紧急=是",
    ("自动规则", "名"): "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 超大额：{单号}",
    ("自动规则", "当"): "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 超大额：{单号}",
    ("自动规则", "时间"): "增加规则 催寄 每天 9:00 如果 停留天数>7 就 评论 请提醒客户寄回",
    ("自动规则", "来源"): "增加规则 签收 当 推送 来源 顺丰 如果 推送.状态=签收 就 评论 顺丰已签收",
    ("自动规则", "节点"): "增加规则 次品抄送 当 办理 节点 质检 动作 次品处理 就 抄送 财务",
    ("自动规则", "动作"): "增加规则 次品抄送 当 办理 节点 质检 动作 次品处理 就 抄送 财务",
    ("自动规则", "条件"): "规则 大额提醒 5000→8000",
    ("自动规则", "做"): "增加规则 次品抄送 当 办理 节点 质检 动作 次品处理 就 抄送 财务",
    ("自动规则", "停用"): "停用规则 大额提醒",
    ("做", "告警"): "增加规则 超大额 当 提交 如果 金额>10000 就 告警 管理群 超大额：{单号}",
    ("做", "抄送"): "增加规则 次品抄送 当 办理 节点 质检 动作 次品处理 就 抄送 财务",
    ("做", "记"): "增加规则 大单紧急 当 提交 如果 金额>1000 就 记 紧急=是",
    ("做", "评论"): "增加规则 大单留言 当 提交 如果 金额>1000 就 评论 请先电话核实",
    ("做", "通知负责人"): "增加规则 大单提醒 当 提交 如果 金额>1000 就 通知负责人 请先电话核实",
    ("免打扰", "从"): "设置 免打扰 23:00 到 07:00",
    ("免打扰", "到"): "设置 免打扰 23:00 到 07:00",
    ("免打扰", "紧急照发"): "设置 紧急照发 否",
}
#: where a sheet has the key: the sheet, and the column
COLUMN_OF: dict[Place, str] = {
    **{("节点", key.word): f"节点 {key.column.heading or key.word}" for key in keys_of(Node) if key.column},
    **{("动作", key.word): f"流转 {key.column.heading or key.word}" for key in keys_of(Action) if key.column},
    **{("去向", key.word): f"流转 {key.column.heading or key.word}" for key in keys_of(Branch) if key.column},
    **{("负责人", word): "节点 派法" if word == "派法" else "节点 负责人" for word in words_of(keys_of(OwnerRule))},
    **{("表单", word): "节点 表单" for word in words_of(keys_of(Field))},
    **{("分级", word): "时限 时限" if word == "时限" else "节点 分级" for word in words_of(keys_of(Level))},
    ("节点", "时限"): "时限 时限", ("节点", "动作"): "流转 动作", ("节点", "去"): "流转 去",
    ("动作", "去"): "流转 去", ("动作", "理由"): "流转 样式", ("动作", "换人"): "流转 样式",
    ("流程", "节点"): "节点 节点", ("流程", "开始"): "节点 入口", ("流程", "撤单"): "节点 入口",
    ("流程", "重开"): "节点 入口", ("流程", "退回"): "节点 入口", ("重开", "到"): "节点 入口",
    ("退回", "到"): "节点 入口",
    ("政策", "双人金额"): "审批表 双人金额", ("政策", "自动上限"): "审批表 自动上限 每单",
    ("政策", "退款时机"): "审批表 退款时机",
    ("政策", "审批表"): "审批表 规则", ("审批表", "规则"): "审批表 规则", ("审批表", "审批"): "审批表 审批",
    ("审批表", "退款时机"): "审批表 退款时机", ("审批表", "条件"): "审批表 金额",
    ("退货类型", "流程"): "原因 流程", ("退货类型", "策略"): "原因 责任", ("退货类型", "别名"): "原因 别名",
    ("通知", "通知"): "通知 原文", ("角色", "说明"): "角色 说明", ("角色", "能"): "角色 导出",
    ("角色", "看"): "角色 看 金额", **{("看", field): f"角色 看 {field}" for field in FIELDS},
}  # fmt: skip
#: what is set by something else that is sent in the chat
BY_FILE: dict[Place, str] = {
    **{(own_papers.TITLE, key): "发 `打印模板 退款单`，再发做好的 XLSX" for key in own_papers.KEYS}
}
#: what is installed with the program, and is no rule of the business's own
INSTALLED = (
    "`couriers.yaml` `feasts.yaml` `phrases.yaml` `wordings.yaml` `cues.yaml` `help.yaml` `headings.yaml` "
    "`unread.yaml` `mappings/` `templates/` 说的是快递、节日、人怎么说话和导入的表头，"
    "随程序安装，改了要重启，聊天里不改"
)
_HEAD = """# 每个键怎么改

这一页由 `tests/support/settable.py` 照程序读的键生成：每个文件的每个键，一句话怎么改，表格的哪一列能改。
每一句都在随安装的规矩上试过，真的改到了那个键。角色在表格里一个一行，一个指令一列。
“——”是现在还改不了的，要改文件，用 `python -m bot flow publish` 发布。怎么写见 [business.md](business.md)。
"""


def places() -> Iterator[Place]:
    """Every part with each of its keys."""
    yield from ((part, key) for parts in PARTS.values() for part, keys in parts.items() for key in keys)


def page() -> str:
    """The whole page."""
    lines = [_HEAD]
    missing = 0
    for text, parts in PARTS.items():
        lines += [f"## {text}", "", "| 哪里 | 键 | 一句话 | 表格 |", "|---|---|---|---|"]
        for part, keys in parts.items():
            for key in keys:
                sentence, column = SENTENCES.get((part, key)), COLUMN_OF.get((part, key))
                file = BY_FILE.get((part, key), "")
                missing += not (sentence or column or file)
                cells = (part, f"`{key}`", file or _code(sentence), column or "——")
                lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += ["## 不在这里的", "", INSTALLED, "", f"一句话和表格都还改不了的键：{missing} 个。", ""]
    return "\n".join(lines)


def _code(sentence: str | None) -> str:
    return f"`{sentence.replace('|', chr(92) + '|')}`" if sentence else "——"


def touched(old: Any, new: Any) -> set[str]:
    """Every key on the way to something that is not as it was."""
    if isinstance(old, dict) and isinstance(new, dict):
        changed = [key for key in {**old, **new} if old.get(key) != new.get(key) or (key in old) != (key in new)]
        return {str(key) for key in changed}.union(*(touched(old.get(key), new.get(key)) for key in changed))
    if isinstance(new, list):
        was = old if isinstance(old, list) else []
        return set().union(
            *(touched(each, new[n]) for n, each in enumerate(was[: len(new)])), *map(_keys, new[len(was) :])
        )
    return _keys(new) | _keys(old)


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value}.union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()
