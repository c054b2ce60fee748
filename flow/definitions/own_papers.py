"""打印模板: which workbook of the owner's a paper is printed by; of the file only its name and its digest. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flow.definitions import yamlfile
from flow.definitions.nearest import suggestion
from flow.errors import DefinitionError
from models.views.papers import PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE = "打印模板"
FILE, PRINT = "文件", "指纹"
KEYS = (FILE, PRINT)
MAX_NAME = 80  #: characters of the name of a file
SHOWN = 8  #: characters of a digest that people are shown
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """A workbook that is kept under its SHA-256, and what its owner called it."""

    file: str
    digest: str


def parse_papers(text: str, source: str = "打印模板文件") -> dict[str, OwnPaper]:
    """The papers that have a workbook of their own. Raises DefinitionError naming every problem."""
    try:
        raw = dict(yamlfile.read(text) or {}).get(TITLE) or {}
    except yaml.YAMLError as error:
        raise DefinitionError([f"{source}：{yamlfile.trouble(error)}"]) from error
    except (TypeError, ValueError) as error:
        raise DefinitionError([f"{source}：要有“{TITLE}”，下面一张单据一项"]) from error
    if not isinstance(raw, dict):
        raise DefinitionError([f"{source}：“{TITLE}”下面要一张单据一项，例如 退款单: {{文件: …, 指纹: …}}"])
    if problems := [f"{source} {problem}" for name, body in raw.items() for problem in _problems(str(name), body)]:
        raise DefinitionError(problems)
    return {str(name): OwnPaper(str(body[FILE]), str(body[PRINT])) for name, body in raw.items()}


def _problems(name: str, body: Any) -> Iterator[str]:
    if name not in PAPERS:
        yield f"没有单据“{name}”{suggestion(name, PAPERS)}"
    if not isinstance(body, dict) or set(body) != set(KEYS):
        yield f"{name}：要写“{FILE}”和“{PRINT}”两项"
        return
    if not 0 < len(str(body[FILE])) <= MAX_NAME:
        yield f"{name} {FILE}：要有文件名，最多 {MAX_NAME} 个字"
    if not _DIGEST.fullmatch(str(body[PRINT])):
        yield f"{name} {PRINT}：要是 64 位的 SHA-256；模板在聊天里发给我，指纹我来算"


def data_of(papers: dict[str, OwnPaper]) -> dict[str, Any]:
    """As the file says it."""
    return {TITLE: {name: {FILE: own.file, PRINT: own.digest} for name, own in papers.items()}}
