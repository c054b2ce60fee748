"""Which column of a file means what: mapping files, read strictly, and the shipped ones recognised by the header."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flow import yamlfile
from flow.imports.report import FIX_COLUMNS, ImportRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from collections.abc import Mapping as Dict

    from flow.imports.table import Table

FOLDER = Path(__file__).parents[2] / "config" / "mappings"
SHIPPED = {
    "orders": ("default", "online-retail"),
    "cases": ("cases", "online-retail"),
    "members": ("members",),
    "products": ("products",),
}
REQUIRED = {
    "orders": ("订单号", "SKU", "数量", "单价", "下单时间"),
    "cases": ("SKU", "数量", "申请时间"),
    "members": ("姓名", "角色"),
    "products": ("SKU", "名称"),
}
#: every name that a mapping may give a column; those without a column of their own in the mapping are found by name
NAMES = (
    "订单号", "SKU", "商品", "数量", "单价", "下单时间", "客户", "客户姓名", "客户手机", "客户邮箱", "收货地址", "区域",
    "品类", "供应商", "店铺", "签收时间", "实付金额", "优惠分摊", "运费", "序列号", "单号", "类型", "退货类型", "原因",
    "申请时间", "完成时间", "退款金额", "备注", "姓名", "角色", "企业微信", "钉钉", "上级", "团队", "仓库", "名称",
    "产品线", "可退",
)  # fmt: skip
AMOUNTS = ("每行", "整单")
ALIKE = 0.6  # how much alike a heading and a known one must be to be taken for a slip
SHOWN_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class RowMark:
    """What tells a special row: a pattern in one of its columns."""

    column: str
    pattern: re.Pattern[str]


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
    kinds: Dict[str, bool] = field(default_factory=lambda: {"退货": True})  # 售后类型, and whether it claims units

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
        found = self.positions(header)
        return [name for name in required if name not in found and name not in self.constants]


def _plain(heading: str) -> str:
    """A heading without what people write differently: capitals, blanks, the star of what must be filled in."""
    return heading.replace(" ", "").strip("*").upper()


def fitted(kind: str, table: Table, given: Mapping | None) -> Mapping:
    """The mapping for a file whose header may stand below a title: the table begins at the first row that fits.

    Raises ImportRefused naming the columns found and those wanted, where the best row lacks some.
    """
    candidates = _candidates(kind, given)
    lacking = []
    for place, row in enumerate(table.heads):
        lacks = [len(mapping.missing(row.cells, _required(kind, mapping))) for mapping in candidates]
        lacking.append(min(lacks))
        if not lacking[-1]:
            table.begin(place)
            break
    else:
        table.begin(lacking.index(min(lacking)))
    if table.head.problem:
        raise ImportRefused(f"{table.name} 的表头（第 {table.head.line} 行）不能用：{table.head.problem}")
    try:
        return choose(kind, table.header, given)
    except ImportRefused as error:
        raise ImportRefused(f"{error}{table.unread and f'；{table.unread}'}") from error


def _candidates(kind: str, given: Mapping | None) -> list[Mapping]:
    return [given] if given else [load_mapping(FOLDER / f"{name}.yaml") for name in SHIPPED[kind]]


def choose(kind: str, header: Sequence[str], given: Mapping | None) -> Mapping:
    """The mapping for a header: the one given, or the first shipped one whose required columns are there.

    Raises ImportRefused naming the columns found and those wanted.
    """
    candidates = _candidates(kind, given)
    lacks = {mapping.name: mapping.missing(header, _required(kind, mapping)) for mapping in candidates}
    for mapping in candidates:
        if not lacks[mapping.name]:
            _check_twice(mapping, header)
            return mapping
    mapping = min(candidates, key=lambda each: len(lacks[each.name]))
    missing = lacks[mapping.name]
    found = "、".join(cell for cell in header if cell)
    advice = "请改映射文件" if given else "请改表头或用 --mapping 给出映射文件"
    raise ImportRefused(
        f"文件里的列是 {found}；按映射 {mapping.name} 还缺 {'、'.join(missing)}{_nearest(mapping, missing, header)}，"
        f"{advice}（写法见 docs/data.md）"
    )


def _nearest(mapping: Mapping, missing: Sequence[str], header: Sequence[str]) -> str:
    """What each missing column may be called, and a heading that looks like it."""
    told = []
    for name in missing:
        known = mapping.columns.get(name, (name,))
        near = next((cell for cell in header if cell and difflib.get_close_matches(cell, known, 1, ALIKE)), "")
        also = f"也认 {'、'.join(other for other in known if other != name)[:60]}" if len(known) > 1 else ""
        like = f"文件里的“{near}”像是它" if near else ""
        if also or like:
            told.append(f"{name}{'，'.join(part for part in (also, like) if part)}")
    return f"（{'；'.join(told)}）" if told else ""


def remarks(mapping: Mapping, table: Table) -> list[str]:
    """What an operator should know of how the file was understood: titles that were skipped, columns not used."""
    said = [table.unread] if table.unread else []
    if table.titles:
        titles = "；".join(" ".join(cell for cell in row.cells if cell)[:30] for row in table.titles[:3])
        said.append(f"表头在第 {table.head.line} 行，上面的 {len(table.titles)} 行没有读：{titles}")
    positions = mapping.positions(table.header)
    used = {table.header[place] for place in positions.values()}
    others = [cell for cell in table.header if cell and cell not in used and cell not in FIX_COLUMNS]
    if others:
        more = f" 等 {len(others)} 列" if len(others) > SHOWN_COLUMNS else ""
        said.append(f"没有用到的列：{'、'.join(others[:SHOWN_COLUMNS])}{more}{_meant(mapping, others, positions)}")
    return said


def _meant(mapping: Mapping, others: Iterable[str], positions: Collection[str]) -> str:
    """Which unused columns look like one that the file does not have."""
    wanted = {word: name for name in NAMES if name not in positions for word in mapping.columns.get(name, (name,))}
    found = ((cell, difflib.get_close_matches(cell, wanted, 1, ALIKE)) for cell in others)
    told = [f"“{cell}”是不是 {wanted[near[0]]}？" for cell, near in found if near]
    return f"（{''.join(told)}是的话把表头改成这个名字，或写进映射）" if told else ""


def _required(kind: str, mapping: Mapping) -> tuple[str, ...]:
    """Return lines among order lines are read as orders are, a table of cases has columns of its own."""
    return REQUIRED["orders"] if kind == "cases" and mapping.returns else REQUIRED[kind]


def _check_twice(mapping: Mapping, header: Sequence[str]) -> None:
    """A name that stands twice in the header leaves open which column is meant."""
    used = {header[place] for place in mapping.positions(header).values()}
    if twice := sorted(name for name in used if list(header).count(name) > 1):
        raise ImportRefused(f"表头里有重复的列：{'、'.join(twice)}，请删掉或改名")


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
    return tuple(str(text).strip() for text in texts)


def _dates(value: Any) -> tuple[str, ...]:
    formats = _texts(value)
    sample = datetime(2011, 12, 31, 23, 59, 58)  # noqa: DTZ001 - only tries the format
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


def _kinds(value: Any) -> dict[str, bool]:
    if not isinstance(value, dict) or not value or any(claims not in ("是", "否") for claims in value.values()):
        raise ValueError("应写成 {退货: 是, 维修: 否}")
    return {str(kind): claims == "是" for kind, claims in value.items()}


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
}
