"""Which column of a file means what: mapping files, read strictly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

import config
from flow.definitions import yamlfile
from flow.imports.names import INSTEAD, NAMES
from flow.imports.report import ImportRefused
from models.enums import CaseState, CloseReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Mapping as Dict
    from pathlib import Path

FOLDER = config.FOLDER / "mappings"
AMOUNTS = ("每行", "整单")
_UNIT = re.compile(r"\((?:元|件|个|只|¥|￥|RMB|CNY|人民币|必填|选填|非必填)\)$", re.IGNORECASE)
ENDS = tuple(
    map(str, (CaseState.DONE, CloseReason.REFUSED, CloseReason.WITHDRAWN, CloseReason.EXPIRED, CaseState.OPEN))
)  #: what a state of another system may mean here


@dataclass(frozen=True, slots=True)
class RowMark:
    """What tells a special row: a pattern in one of its columns."""

    column: str
    pattern: re.Pattern[str]


class Kind(NamedTuple):
    """售后类型 as it is called here, and whether it claims units."""

    name: str
    claims: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping file. Columns are lists of header names, the first one present counts."""

    name: str
    columns: Dict[str, tuple[str, ...]]
    dates: tuple[str, ...] = ()
    constants: Dict[str, str] = field(default_factory=dict)
    removed: Dict[str, re.Pattern[str]] = field(default_factory=dict)
    upper: frozenset[str] = frozenset()
    product: re.Pattern[str] | None = None
    returns: RowMark | None = None
    adjustments: RowMark | None = None
    not_titles: re.Pattern[str] | None = None
    amounts: str | None = None  # whether 实付金额 and 优惠分摊 are 每行 or 整单; None: decided from the file
    kinds: Dict[str, Kind] = field(
        default_factory=lambda: {"退货": Kind("退货", claims=True)}
    )  # by what a file calls them
    states: Dict[str, str] = field(default_factory=dict)  # 售后状态 in the words of another system, and which end it is
    gone: re.Pattern[str] | None = None  # which 在职状态 says that somebody has left
    unsold: re.Pattern[str] | None = None  # which 订单状态 says that nothing was sold
    refunded: re.Pattern[str] | None = None  # which 退款状态 says that the money has gone back
    currencies: re.Pattern[str] | None = None  # which 币种 is yuan; None: nobody has said, and any is
    partly: re.Pattern[str] | None = None  # which state says that a part of the money has gone back
    freight: re.Pattern[str] | None = None  # which SKU is freight that was sold like goods
    parted: tuple[str, ...] = ()  # headings of a file of which each row is a part of its order
    unread: tuple[str, ...] = ()  # headings that are left out knowingly, whatever money they speak of
    sheet: str = ""  # of a workbook; blank: the one that has the header

    def positions(self, header: Sequence[str]) -> dict[str, int]:
        """Where each known name stands in ``header``."""
        places = {_plain(cell): n for n, cell in reversed(list(enumerate(header))) if cell}
        found = {}
        for name in NAMES:
            known = map(_plain, self.columns.get(name, (name,)))
            place = next((places[cell] for cell in known if cell in places), None)
            if place is not None:
                found[name] = place
        return found

    def missing(self, header: Sequence[str], required: Sequence[str]) -> list[str]:
        """The required names that neither the header nor the constants give."""
        found = self.positions(header).keys() | self.constants.keys()
        return [name for name in required if name not in found and INSTEAD.get(name) not in found]

    def means(self, heading: str, name: str) -> bool:
        """Whether a heading is one of those that a column of this name may have."""
        return _plain(heading) in map(_plain, self.columns.get(name, (name,)))

    def is_parted(self, header: Sequence[str]) -> bool:
        """Whether each row is a part of its order with a number of its own, so that amounts are the row's."""
        return bool({_plain(cell) for cell in header} & set(map(_plain, self.parted)))


def _plain(heading: str) -> str:
    """A heading without what people write differently: capitals, blanks, the star of what must be filled in, a unit.

    Only units of one: amounts in thousands would be other amounts.
    """
    return _UNIT.sub("", heading.replace(" ", "").strip("*")).upper()


def of_sheet(given: Mapping | None, sheet: str) -> Mapping | None:
    """``given``, read from this sheet of the workbook; without one the shipped mappings say which column is what."""
    return replace(given or Mapping("", {}), sheet=sheet) if sheet else given


def of_amounts(given: Mapping | None, amounts: str) -> Mapping | None:
    """``given``, with amounts that are 每行 or 整单 as somebody has said for this file."""
    return replace(given or Mapping("", {}), amounts=amounts) if amounts else given


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises ImportRefused naming the file, the key and what is wrong with it."""
    try:
        raw = yamlfile.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportRefused(f"映射文件 {path} 读不了：没有这个文件或没有权限") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ImportRefused(f"映射文件 {path} 不是有效的 YAML{_place(error)}") from error
    if not isinstance(raw, dict):
        raise ImportRefused(f"映射文件 {path} 应是一组“键: 值”，至少有 列")
    values: dict[str, Any] = {}
    for key, value in ({"列": None} | raw).items():
        try:
            name, read = _KEYS[key]
            values[name] = read(value)
        except KeyError:
            raise ImportRefused(f"映射文件 {path} 的 {key}：没有这个键，能用的是 {'、'.join(_KEYS)}") from None
        except ValueError as error:
            raise ImportRefused(f"映射文件 {path} 的 {key}：{error}") from error
    return Mapping(path.stem, **values)


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"：第 {mark.line + 1} 行第 {mark.column + 1} 列写法不对" if mark else ""


def _named(value: Any) -> dict[str, Any]:
    """A table whose keys are known names."""
    if not isinstance(value, dict) or not value:
        raise ValueError("应是一组“名称: 值”")
    if unknown := [str(name) for name in value if name not in NAMES]:
        raise ValueError(f"不认识 {'、'.join(unknown)}，能用的是 {'、'.join(NAMES)}")
    return value


def _columns(value: Any) -> dict[str, tuple[str, ...]]:
    return {name: _texts(cells) for name, cells in _named(value).items()}


def _texts(value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, (str, int)) and str(text).strip() for text in texts):
        raise ValueError("应是文字，或一列文字")
    return tuple(_normal(text) for text in texts)


def _normal(text: Any) -> str:
    """As the cells of a file are, with which it is compared: （ and ( are alike."""
    return unicodedata.normalize("NFKC", str(text)).strip()


def _dates(value: Any) -> tuple[str, ...]:
    formats = _texts(value)
    sample = datetime(2011, 12, 31, 23, 59, 58, tzinfo=UTC)
    for pattern in formats:
        if not _reads_back(sample, pattern):
            raise ValueError(f"日期格式 {pattern} 要有年、月、日，例如 %Y-%m-%d")
    return formats


def _reads_back(sample: datetime, pattern: str) -> bool:
    try:
        return datetime.strptime(sample.strftime(pattern), pattern).date() == sample.date()  # noqa: DTZ007
    except ValueError:
        return False


def _pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except (re.error, TypeError) as error:
        raise ValueError(f"正则写法不对（{error}）") from error


def _mark(value: Any) -> RowMark:
    if not isinstance(value, dict) or set(value) != {"列", "正则"} or value["列"] not in NAMES:
        raise ValueError("应写成 {列: 订单号, 正则: '^C'}，列是左边的名称")
    return RowMark(value["列"], _pattern(value["正则"]))


def _upper(value: Any) -> frozenset[str]:
    return frozenset(_named(dict.fromkeys(_texts(value))))


def _amounts(value: Any) -> str:
    if value not in AMOUNTS:
        raise ValueError(f"应是 {' 或 '.join(AMOUNTS)}")
    return str(value)


def _kinds(value: Any) -> dict[str, Kind]:
    """Each kind says whether it claims units, or is another word for one that does."""
    if not isinstance(value, dict) or not value:
        raise ValueError("应写成 {退货: 是, 维修: 否, 退货退款: 退货}")
    own = {str(kind): Kind(str(kind), said == "是") for kind, said in value.items() if said in ("是", "否")}
    if unknown := [f"{kind}: {said}" for kind, said in value.items() if kind not in own and said not in own]:
        raise ValueError(
            f"应写成 {{退货: 是, 退货退款: 退货}}，右边是 是、否 或另一个类型，认不出 {'、'.join(unknown)}"
        )
    return {_normal(kind): own.get(str(kind)) or own[str(said)] for kind, said in value.items()}


def _states(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value or any(end not in ENDS for end in value.values()):
        raise ValueError(f"应写成 {{退款成功: 已完成, 退款关闭: 撤销}}，右边是 {'、'.join(ENDS)} 之一")
    return {_normal(state): str(end) for state, end in value.items()}


_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "列": ("columns", _columns),
    "日期格式": ("dates", _dates),
    "常量": ("constants", lambda value: {name: _texts(text)[0] for name, text in _named(value).items()}),
    "删去": ("removed", lambda value: {name: _pattern(text) for name, text in _named(value).items()}),
    "大写": ("upper", _upper),
    "商品编码": ("product", _pattern),
    "退货行": ("returns", _mark),
    "调整行": ("adjustments", _mark),
    "商品名不取": ("not_titles", _pattern),
    "金额": ("amounts", _amounts),
    "售后类型": ("kinds", _kinds),
    "售后状态": ("states", _states),
    "未成交": ("unsold", _pattern),
    "已退款": ("refunded", _pattern),
    "退过一部分": ("partly", _pattern),
    "邮费编码": ("freight", _pattern),
    "子订单": ("parted", _texts),
    "不读": ("unread", _texts),
    "人民币": ("currencies", _pattern),
    "离职": ("gone", _pattern),
    "工作表": ("sheet", lambda value: _texts(value)[0]),
}
