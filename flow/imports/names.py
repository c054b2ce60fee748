"""The names that a mapping may give a column, and which kind of thing stands under each."""

from __future__ import annotations

_ORDERS = (
    "订单号", "SKU", "商品", "数量", "单价", "下单时间", "客户", "客户姓名", "客户手机", "客户邮箱", "收货地址", "区域",
    "品类", "供应商", "店铺", "签收时间", "实付金额", "优惠分摊", "运费", "序列号", "订单状态", "每行总价",
    "退款状态", "币种",
)  # fmt: skip
_RETURN_LINES = ("原因", "备注")  # of an order file, where its mapping tells of returns
_CASES = (
    "店铺", "单号", "订单号", "客户", "SKU", "数量", "类型", "状态", "退货类型", "原因", "申请时间", "完成时间",
    "退款金额", "备注", "区域",
)  # fmt: skip
_MEMBERS = ("姓名", "角色", "企业微信", "钉钉", "上级", "团队", "区域", "仓库", "品类", "店铺", "在职状态")
_PRODUCTS = ("SKU", "名称", "品类", "产品线", "供应商", "可退")
OF_KIND = {"orders": _ORDERS, "cases": _CASES, "members": _MEMBERS, "products": _PRODUCTS}
#: every name; those without a column of their own in the mapping are found by name
NAMES = tuple(dict.fromkeys(name for names in (*OF_KIND.values(), _RETURN_LINES) for name in names))
REQUIRED = {
    "orders": ("订单号", "SKU", "数量", "单价", "下单时间"),
    "cases": ("SKU", "数量", "申请时间"),
    "members": ("姓名", "角色"),
    "products": ("SKU", "名称"),
}
INSTEAD = {"单价": "每行总价"}  #: of a required name: from which other one it can be worked out
PHONE = "客户手机"
AMOUNTS = frozenset({"数量", "单价", "每行总价", "实付金额", "优惠分摊", "运费", "退款金额"})
MOMENTS = frozenset({"下单时间", "签收时间", "申请时间", "完成时间"})
WORDS = frozenset({"商品", "名称", "收货地址", "原因", "备注"})  #: free text; all but these three kinds tell who is who


def is_code(name: str) -> bool:
    """Whether a column tells who or what somebody is, so that one wrong digit is another."""
    return name not in AMOUNTS and name not in MOMENTS and name not in WORDS


def read_for(kind: str, *, returns: bool) -> tuple[str, ...]:
    """The names that an import of this kind reads; ``returns`` where order lines tell of returns too."""
    return (*OF_KIND["orders"], *_RETURN_LINES) if returns else OF_KIND[kind]
