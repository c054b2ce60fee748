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
NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
COUNT = rf"(?:{NUMBER}[件个只台套盒瓶条张把支枝盏片根辆顶桶副本卷包袋箱罐杯封]|[俩仨]个?)"
#: by which goods come
VERBS = (
    "实收到|实收|收到|收了|收着|签收|收货|收|到货|到手|到|来|寄来|寄回来|寄回|寄到|送来|送到|看到|看见|见到|找到|拿到"
)
_BEHIND = rf"(?:有|是|:|：)*(?P<count>{COUNT})(?:吧|了)*$"
_SIDE = {True: "合格|完好|良品|好的?", False: "次品|不合格|坏的?|残次品?|破损品?"}
_AS = r"(?:要|得|就|只能|应该|可以)*(?:按照|按|算作|算成|算|当作|当成|当|作为|归为|归到|归)"
_AHEAD = "(?:但|可是|不过|里面|箱里|包裹里|客户|还|又)*"
_SO = r"(?:算|处理|走|办|入库|了|吧)*"


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
    before: Mapping[bool, re.Pattern[str]]  #: the same ahead of the count: ``坏的一件``, ``灯罩碎了一个``
    judged: Mapping[bool, re.Pattern[str]]  #: ``…按次品算``: the words ahead of it
    wrapping: re.Pattern[str]  #: spoken of beside the goods
    harmless: re.Pattern[str]  #: ``没有破损``: what is good to be without
    more: re.Pattern[str]  #: what came and is none of the order: ``多寄了一个水杯``
    strange: re.Pattern[str]  #: goods of another house
    awaited: re.Pattern[str]  #: more is still to come: ``还差一个``, ``分两个包裹``
    total: re.Pattern[str]  #: ahead of a count that the others are a part of
    due: re.Pattern[str]  #: ahead of a count that the order says
    within: re.Pattern[str]  #: behind a count of which the rest of the clause tells a part: ``三件里``
    part: re.Pattern[str]  #: at the head of a clause about a part of what was counted before
    lead: re.Pattern[str]  #: at the head of a clause, and says nothing


@cache
def states() -> States:
    """Made when goods are first spoken of."""
    said = {name: alternatives(words) for name, words in phrases().goods.items()}
    good = rf"(?:都|全部|是|也|能|可以)*(?:{said['好']})(?:的|了|入库)*"
    bad = (
        rf"(?:都|全部|是|也|有|被|已经|摔|压|砸|磕|撞|挤)*(?:{said['坏']})"
        r"(?:品|了|的|损|坏|裂|痕|掉|伤|开|过)*"
    )
    return States(
        lacking=re.compile(rf"^{_AHEAD}(?:{said['少了']})(?:了|寄|发|装|掉)*的?有?"),
        lacked=re.compile(
            rf"(?:还|都|也)?(?:{said['没到']}|(?:没|不)在(?:里面|里边|箱里|箱子里|包裹里|盒子里)?)(?:了|啊|呢)*$"
        ),
        good=re.compile(good),
        bad=re.compile(bad),
        all_good=re.compile(rf"{ALL}{good}|{ALL}"),
        all_bad=re.compile(rf"{ALL}{bad}|{ALL}"),
        side={
            True: re.compile(rf"^(?P<core>.*?){good}$|^(?:合格|完好|良品|好的)(?P<after>.+)$"),
            False: re.compile(rf"^(?P<core>.*?){bad}$|^(?:次品|不合格|破损|坏|破|碎|裂)(?:了)?的?(?P<after>.+)$"),
        },
        before={
            True: re.compile(rf"^(?P<what>[^\d没不未]*?){good}{_BEHIND}"),
            False: re.compile(rf"^(?P<what>[^\d没未]*?){bad}{_BEHIND}"),
        },
        judged={side: re.compile(rf"^(?P<core>.+?){_AS}(?:{names}){_SO}$") for side, names in _SIDE.items()},
        wrapping=re.compile(said["包装"]),
        harmless=re.compile(said["无害"]),
        more=re.compile(rf"^(?:{said['开头']}|还|又)*(?:{said['多了']})(?:了|来)*"),
        strange=re.compile(said["别家"], re.IGNORECASE),
        awaited=re.compile(said["还要来"].replace("…", r"[^,;。!]{0,8}?")),
        total=re.compile(rf"^(?:{said['总数']})(?:是|有|就)*"),
        due=re.compile(rf"^(?:{said['应有']})(?:是|有)*"),
        within=re.compile(
            rf"^(?P<whole>.*?{COUNT}\S{{0,6}}?)(?:{said['里面']})(?=$|有|只|就|是|的|坏|破|碎|{NUMBER})(?P<part>.*)$"
        ),
        part=re.compile(rf"^(?:{said['里面']}|有)"),
        lead=re.compile(rf"^(?:{said['开头']})+(?=\S)"),
    )
