"""Tables, enums and frozen values: what is kept, not what is done with it."""

from models.case import Case, CaseLine, Event, Task
from models.catalog import Order, OrderLine, Product
from models.delivery import CallMeter, Inbox, Outbox, SentCard
from models.enums import CaseState, CloseReason, Platform, RefundState, TaskState, WorkState
from models.imports import ImportBatch
from models.ledger import Counter, Definition
from models.people import Dialog, Group, Member, MemberRole
from models.work import CustomerNotice, Inspection, Parcel, Refund, StockMove

__all__ = [
    "CallMeter", "Case", "CaseLine", "CaseState", "CloseReason", "Counter", "CustomerNotice", "Definition", "Dialog",
    "Event", "Group", "ImportBatch", "Inbox", "Inspection", "Member", "MemberRole", "Order", "OrderLine", "Outbox",
    "Parcel", "Platform", "Product", "Refund", "RefundState", "SentCard", "StockMove", "Task", "TaskState", "WorkState",
]  # fmt: skip
