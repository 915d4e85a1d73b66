"""The fields of a request: JSON, or a form whose names nest as Rack reads them.

`variables[][key]=A&variables[][value]=1` is a list of objects, `variables[A]=1` one object.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

Params = dict[str, Any]


class Malformed(ValueError):
    """A body that cannot be read."""


def decoded(query: str, body: bytes, content_type: str) -> Params:
    """Everything that was sent; the body has the last word."""
    found = _nested(query)
    if "json" not in content_type:
        return found | _nested(body.decode("utf-8", "replace"))
    try:
        sent = json.loads(body or b"{}")
        json.dumps(sent, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except ValueError:
        raise Malformed from None
    return found | sent if isinstance(sent, dict) else found


def _nested(encoded: str) -> Params:
    fields: Params = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        first, *parts = re.findall(r"[^\[\]]+|\[\]", name) or [name]
        _put(fields, first, parts, value)
    return fields


def _put(fields: Params, name: str, parts: list[str], value: str) -> None:
    """Put a value where the parts of its name lead."""
    if not parts:
        fields[name] = value
    elif parts[0] != "[]":
        inner = fields.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, parts[0], parts[1:], value)
    else:
        several = fields.setdefault(name, [])
        if isinstance(several, list):
            _append(several, parts[1:], value)


def _append(several: list[Any], parts: list[str], value: str) -> None:
    """A name that the last object has already begins the next."""
    if not parts:
        several.append(value)
        return
    if not several or parts[0] in several[-1]:
        several.append({})
    _put(several[-1], parts[0], parts[1:], value)
