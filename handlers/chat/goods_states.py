"""How people say that goods came, are good or bad, or wrapped: config/phrases.yaml, ``货的样子``, as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flow.definitions.patterns import alternatives
from handlers.chat.phrases import phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = r"(?:东西|货|商品|包裹)?(?:全部都|全部|全都|所有的?都?|全|都|一起)"


@dataclass(frozen=True, slots=True)
class States:
    """The patterns; ``good`` and ``bad`` are parts of others."""

    lacking: re.Pattern[str]  #: ahead of what did not come
    lacked: re.Pattern[str]  #: behind it
    good: re.Pattern[str]
    bad: re.Pattern[str]
    all_good: re.Pattern[str]
    all_bad: re.Pattern[str]
    side: Mapping[bool, re.Pattern[str]]  #: what is good, and what is not, with the words around it
    wrapping: re.Pattern[str]  #: spoken of beside the goods
    harmless: re.Pattern[str]  #: ``没有破损``: what is good to be without


@cache
def states() -> States:
    """Made when goods are first spoken of."""
    said = {name: alternatives(words) for name, words in phrases().goods.items()}
    good = rf"(?:都|全部|是|也|能|可以)*(?:{said['好']})(?:的|了|入库)*"
    bad = (
        rf"(?:都|全部|是|也|有|被|已经|摔|压|砸|磕|撞|挤)*(?:{said['坏']})"
        r"(?:品|了|的|损|坏|裂|痕|掉|伤)*"
    )
    return States(
        lacking=re.compile(rf"^(?:但|可是|不过|里面|箱里|包裹里|客户|还|又)*(?:{said['少了']})(?:了|寄|发|装|掉)*"),
        lacked=re.compile(
            rf"(?:还)?(?:{said['没到']}|(?:没|不)在(?:里面|里边|箱里|箱子里|包裹里|盒子里)?)(?:了|啊|呢)*$"
        ),
        good=re.compile(good),
        bad=re.compile(bad),
        all_good=re.compile(rf"{ALL}{good}|{ALL}"),
        all_bad=re.compile(rf"{ALL}{bad}|{ALL}"),
        side={
            True: re.compile(rf"^(?P<core>.*?){good}$|^(?:合格|完好|良品|好的)(?P<after>.+)$"),
            False: re.compile(rf"^(?P<core>.*?){bad}$|^(?:次品|不合格|破损|坏|破|碎|裂)(?:了)?(?P<after>.+)$"),
        },
        wrapping=re.compile(said["包装"]),
        harmless=re.compile(said["无害"]),
    )
