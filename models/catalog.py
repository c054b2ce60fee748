"""Products, and orders as the shop sold them: what a return is checked against."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import MomentField, MoneyField, PriceField


class Product(Model):
    """What the shop sells."""

    id = fields.IntField(primary_key=True)
    sku = fields.CharField(64, unique=True)
    title = fields.CharField(255)
    category = fields.CharField(64, default="", db_default="")
    line = fields.CharField(64, default="", db_default="")  # 产品线
    supplier = fields.CharField(64, default="", db_default="")
    returnable = fields.BooleanField(default=True, db_default=True)
    batch_id = fields.IntField(null=True, db_index=True)

    class Meta:
        table = "product"


class Order(Model):
    """A customer's order."""

    id = fields.IntField(primary_key=True)
    shop = fields.CharField(32, default="", db_default="")
    no = fields.CharField(64)
    customer = fields.CharField(64, default="", db_default="")  # the shop's own customer number, or ""
    customer_name = fields.CharField(64, default="", db_default="")
    mobile = fields.CharField(32, default="", db_default="")
    member_level = fields.CharField(32, default="", db_default="")  # 会员等级, when the shop says so
    email = fields.CharField(128, default="", db_default="")
    address = fields.CharField(255, default="", db_default="")
    region = fields.CharField(64, default="", db_default="")
    ordered_at = MomentField(db_index=True)
    delivered_at = MomentField(null=True)
    paid = MoneyField(null=True)  # for the whole order, when the shop says so
    discount = MoneyField(null=True)  # 优惠分摊 of the whole order
    freight = MoneyField(null=True)
    batch_id = fields.IntField(null=True, db_index=True)

    class Meta:
        table = "shop_order"
        unique_together = (("no", "shop"),)
        indexes = (("customer", "ordered_at"), ("customer_name", "ordered_at"))


class OrderLine(Model):
    """One line of an order. ``claimed`` counts the units in open or finished returns and never passes ``quantity``."""

    id = fields.IntField(primary_key=True)
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "models.Order", related_name="lines", on_delete=fields.RESTRICT
    )
    order_id: int
    sku = fields.CharField(64)
    title = fields.CharField(255, default="", db_default="")
    quantity = fields.IntField()
    claimed = fields.IntField(default=0, db_default=0)
    unit_price = PriceField()  # exact, also below a 分
    paid = MoneyField(null=True)  # for the whole line after discounts, when the shop says so
    serial = fields.CharField(64, default="", db_default="")
    batch_id = fields.IntField(null=True, db_index=True)

    class Meta:
        table = "order_line"
        indexes = (("order_id", "sku"), ("sku", "order_id"))
