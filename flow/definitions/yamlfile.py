"""How the business's YAML is read and written: plain values, no key twice, no bomb of aliases."""

from __future__ import annotations

import pickle
import re
from functools import lru_cache
from typing import Any

import yaml

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C is ten times as fast at start
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_MAYBE_ALIAS = re.compile(r"[*]\w")
WIDTH = 118
KEPT = 256  #: texts whose values are kept: all of a business, with some drafts of them
_FLOW_CHARS = 100  #: a mapping or list of plain values that is shorter than this stands on one line


class _Loader(_BASE):  # type: ignore[misc]  # chosen at run time
    """Refuses what YAML permits and no business file means."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            word = getattr(key, "value", None)
            if isinstance(word, str) and word in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{word}”写了两次", key.start_mark)
            seen.add(word if isinstance(word, str) else None)
        return dict(super().construct_mapping(node, deep))


#: yes, no, on and off are words here, as in YAML 1.2: a choice may be called so
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:bool"]
    for first, forms in _BASE.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read(text: str) -> Any:
    """Plain values only, the caller's own to change. The same few texts are read again and again, so they are kept.

    Raises yaml.YAMLError for what is no YAML, for a key written twice, and for an alias.
    """
    return pickle.loads(_packed(text))  # noqa: S301  # bytes of ours


@lru_cache(maxsize=KEPT)
def _packed(text: str) -> bytes:
    """The values of a text, packed: unpacking takes a twentieth of the time that parsing does."""
    try:
        return pickle.dumps(_parsed(text), pickle.HIGHEST_PROTOCOL)
    except RecursionError as error:
        raise yaml.YAMLError(str(error)) from error


def _parsed(text: str) -> Any:
    if _MAYBE_ALIAS.search(text):  # looking at every token costs as much as reading; most files have none
        _no_alias(text)
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader, made stricter
    except (ValueError, OverflowError, RecursionError) as error:  # 2026-13-45, or a mapping in a mapping in a mapping …
        raise yaml.YAMLError(str(error)) from error


def _no_alias(text: str) -> None:
    for event in yaml.parse(text, Loader=_BASE):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "不能用 * 引用别处", event.start_mark)  # type: ignore[arg-type]


def trouble(error: yaml.YAMLError) -> str:
    """Where and what, in a sentence: 第 12 行第 3 列：“质检”写了两次."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "里面有写不成的日期或数字，或者嵌套太深"
    where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列：" if mark else ""
    return f"{where}{problem if any(ord(char) > 127 for char in problem) else '格式不对，看看缩进、冒号和引号'}"


class _Dumper(_DUMPER):  # type: ignore[misc]  # chosen at run time
    """Writes short inner mappings and lists on one line, as people do."""

    def ignore_aliases(self, data: Any) -> bool:
        """What stands in two places is written out twice: ``read`` takes no aliases."""
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: Any = None) -> Any:
        return super().represent_mapping(tag, mapping, _one_line(mapping))

    def represent_sequence(self, tag: str, sequence: Any, flow_style: Any = None) -> Any:
        return super().represent_sequence(tag, sequence, _one_line(sequence))


def _one_line(value: Any) -> bool:
    items = list(value.values()) if isinstance(value, dict) else list(value)
    nested = any(isinstance(item, dict | list) and item for item in items)
    return bool(items) and not nested and len(str(value)) <= _FLOW_CHARS


def write(data: Any) -> str:
    """The text of plain values; ``read`` gives the same back."""
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH))
