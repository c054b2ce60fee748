"""Tables, enums and frozen values: what is kept, not what is done with it."""

from models.auditing import AuditAnchor, AuditEntry
from models.case import Case, CaseLine, Event, Task
from models.catalog import Order, OrderLine, Product
from models.delivery import CallMeter, Inbox, Outbox, Replica, SentCard
from models.enums import UNDER_WAY, CaseState, CloseReason, Platform, ProposalState, RefundState, TaskState, WorkState
from models.evidence import Photo
from models.imports import ImportBatch
from models.keys import CaseLink, LinkKey
from models.leave import Leave
from models.ledger import Counter, Definition, Refusal
from models.lists import CustomerEntry
from models.people import Dialog, Group, Member, MemberRole
from models.print_files import PrintFile
from models.proposal import Proposal
from models.work import CustomerNotice, HookCall, Inspection, Parcel, Refund, RuleTurn, StockMove

__all__ = [
    "UNDER_WAY",
    "AuditAnchor", "AuditEntry", "CallMeter", "Case", "CaseLine", "CaseLink", "CaseState",
    "CloseReason", "Counter", "CustomerEntry", "CustomerNotice", "Definition", "Dialog", "Event",
    "Group", "HookCall", "ImportBatch", "Inbox", "Inspection", "Leave", "LinkKey", "Member", "MemberRole",
    "Order", "OrderLine", "Outbox", "Parcel", "Photo", "Platform", "PrintFile", "Product", "Proposal",
    "ProposalState", "Refund", "RefundState", "Refusal", "Replica", "RuleTurn", "SentCard", "StockMove", "Task",
    "TaskState", "WorkState",
]  # fmt: skip
