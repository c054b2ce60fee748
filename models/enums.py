"""The vocabularies of the tables; the value is what people read or what a short column holds."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    """Where a person is reached."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"


class CaseState(StrEnum):
    """Where a case stands as a whole; its node says where exactly."""

    OPEN = "处理中"  # somebody has a task, or a stated wait runs
    HELD = "已挂起"  # put aside for a while, on purpose
    DONE = "已完成"  # the customer got what the kind of case promises
    CLOSED = "已关闭"  # ended without; see CloseReason

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of the case by itself."""
        return self in (CaseState.DONE, CaseState.CLOSED)


class CloseReason(StrEnum):
    """Why a case ended without being carried out."""

    REFUSED = "拒绝"
    WITHDRAWN = "撤销"
    EXPIRED = "超期"
    DUPLICATE = "重复"


class TaskState(StrEnum):
    """Of one person's piece of work."""

    OPEN = "open"
    HELD = "held"  # waits until another slot of the same node has agreed
    DONE = "done"  # this person acted
    DEAD = "dead"  # somebody else acted, or the branch ended


class WorkState(StrEnum):
    """Of a row that a worker takes in hand."""

    NEW = "new"  # due at its moment
    TAKEN = "taken"  # in a replica's hands for as long as that beats
    DONE = "done"
    FAILED = "failed"  # will not be tried again; the reason stands beside it


class RefundState(StrEnum):
    """Of money on its way back; only PAID is money gone."""

    PENDING = "待退款"
    SENDING = "退款中"  # confirmed by finance; the connector is asked under the refund's own key
    UNCLEAR = "待核对"  # nobody knows whether the shop has paid: with finance, who look it up and ask again
    PAID = "已退款"
    REFUSED = "退款失败"  # the shop said no; back with finance


UNDER_WAY = (RefundState.SENDING, RefundState.UNCLEAR)  #: money may be on its way: its case and amount stay as they are


class ProposalState(StrEnum):
    """Of a change to the business's own rules."""

    DRAFT = "草稿"
    ASKED = "待发布"  # its author asks a second person
    TIMED = "定时发布"  # a second person has agreed, and it goes live by itself at its moment
    LIVE = "已发布"
    DROPPED = "已作废"
    UNDONE = "已回滚"
    DONE = "已生效"  # of the staff: in force, and nothing to go back to but a further change
