"""Jenkins' answers cut to what was asked for: `tree=builds[number,result]{0,5}`, or a `depth`.

The language is that of NamedPathPruner in jenkinsci/stapler; every Jenkins explains it on its page /api/.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(r"[\[\]{},]|[^\[\]{},\s]+")


@dataclass(frozen=True)
class Bean:
    """An object that Jenkins exports; seen from another object, only its `brief` fields show."""

    fields: Mapping[str, Any]
    brief: tuple[str, ...] = ("name", "url")
    asked: tuple[str, ...] = ()  # shown only when named in a tree


@dataclass
class Node:
    """The names asked for below one name, and the range of a list."""

    names: dict[str, "Node"] = field(default_factory=dict)
    range: slice = field(default_factory=lambda: slice(None))


def parse(text: str) -> Node:
    """Read a tree filter; raises ValueError where it is malformed."""
    tokens = TOKEN.findall(text)
    node = Node(_names(tokens))
    if tokens:
        raise ValueError(f"Malformed tree expression: {tokens[0]} is too much")
    return node


def prune(value: Any, tree: Node) -> Any:
    """What `tree` asks of a value; `_class` comes with every object."""
    if isinstance(value, Bean):
        return prune(value.fields, tree)
    if isinstance(value, Mapping):
        wanted = ((key, tree.names.get(key) or tree.names.get("*"), one) for key, one in value.items())
        return {key: _ranged(one, node) for key, node, one in wanted if node or key == "_class"}
    return [prune(one, tree) for one in value] if isinstance(value, list) else value


def by_depth(value: Any, depth: int) -> Any:
    """A value as it is without a tree: objects further away than `depth` show their brief fields."""
    if isinstance(value, Bean):
        near = depth >= 0
        shown = {key: one for key, one in value.fields.items() if _visible(value, key, near=near)}
        return {key: by_depth(one, depth - 1) for key, one in shown.items()}
    if isinstance(value, Mapping):
        return {key: by_depth(one, depth) for key, one in value.items()}
    return [by_depth(one, depth) for one in value] if isinstance(value, list) else value


def _visible(bean: Bean, key: str, *, near: bool) -> bool:
    return key not in bean.asked if near else key in ("_class", *bean.brief)


def _ranged(value: Any, node: Node | None) -> Any:
    node = node or Node()
    return prune(value[node.range] if isinstance(value, list) else value, node)


def _names(tokens: list[str]) -> dict[str, Node]:
    names = {}
    while True:
        name = _take(tokens)
        names[name] = node = Node()
        if tokens[:1] == ["["]:
            _expect(tokens, "[")
            node.names = _names(tokens)
            _expect(tokens, "]")
        if tokens[:1] == ["{"]:
            node.range = _range(tokens)
        if tokens[:1] != [","]:
            return names
        _expect(tokens, ",")


def _range(tokens: list[str]) -> slice:
    """{M,N} from M up to and without N, {M,} from M, {,N} up to N, {N} only that one."""
    _expect(tokens, "{")
    start = 0 if tokens[:1] == [","] else _number(tokens)
    stop: int | None = start + 1
    if tokens[:1] == [","]:
        _expect(tokens, ",")
        stop = None if tokens[:1] == ["}"] else _number(tokens)
    _expect(tokens, "}")
    return slice(start, stop)


def _take(tokens: list[str]) -> str:
    if not tokens or tokens[0] in "[]{},":
        raise ValueError("Malformed tree expression: a name is missing")
    return tokens.pop(0)


def _number(tokens: list[str]) -> int:
    text = _take(tokens)
    if not text.isdecimal():
        raise ValueError(f"Malformed tree expression: {text} is not a number")
    return int(text)


def _expect(tokens: list[str], token: str) -> None:
    if tokens[:1] != [token]:
        raise ValueError(f"Malformed tree expression: {token} is missing")
    tokens.pop(0)
