"""增加字段 提交 …: what a case is asked for at the opening, changed as if it were the form of a node. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flow.definitions.flow import HUMAN, SUBMISSION, Flow
from flow.definitions.schema import Value, keys_of, words_of
from flow.edits.form_keys import FORM
from flow.errors import PolicyRefused

if TYPE_CHECKING:
    from flow.edits.working_copy import Data

[KEY] = words_of(keys_of(Flow), Value.FORM)
_KIND, _ACTIONS = "类型", "动作"


def opened(data: Data) -> Data:
    """A flow with its opening among the nodes, unless one of them is called so."""
    if SUBMISSION in data["节点"]:
        return data
    opening = {_KIND: HUMAN, _ACTIONS: {SUBMISSION: {}}, FORM: list(data.get(KEY) or ())}
    return {**data, "节点": {**data["节点"], SUBMISSION: opening}}


def closed(data: Data, before: Data) -> Data:
    """The same as it is written; ``before``: what was opened. Raises PolicyRefused for more than a form."""
    if SUBMISSION in before["节点"]:
        return data
    nodes = dict(data["节点"])
    opening = nodes.pop(SUBMISSION)
    if strange := [key for key in opening if key not in (_KIND, _ACTIONS, FORM)]:
        raise PolicyRefused(
            f"{SUBMISSION}不是节点，没有“{'、'.join(strange)}”，只能改{SUBMISSION}时要填的："
            f"增加字段 {SUBMISSION} 购买渠道 单选 直播间|店铺 必填"
        )
    fresh = {**data, "节点": nodes}
    form = opening.get(FORM)
    if form:
        return {**fresh, KEY: form}
    return {key: value for key, value in fresh.items() if key != KEY}
