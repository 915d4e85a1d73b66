"""Who sends a request: a key and a token, in the Authorization header or in the query."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.datastructures import Headers

from sandbox.trello.refusals import BAD_KEY, BAD_TOKEN, Refused
from sandbox.trello.things import Member
from sandbox.trello.world import World

_PART = re.compile(r'(oauth_consumer_key|oauth_token)="([^"]*)"')


def caller(world: World, headers: Headers, query: Mapping[str, str]) -> Member | None:
    """The member whose token it is; None without a token, and without a good key Refused."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    parts = dict(_PART.findall(rest)) if scheme.lower() == "oauth" else {}
    key = unquote(parts.get("oauth_consumer_key", query.get("key", "")))
    token = unquote(parts.get("oauth_token", query.get("token", "")))
    if key not in world.keys:
        raise Refused(401, BAD_KEY)
    if token and token not in world.tokens:
        raise Refused(401, BAD_TOKEN)
    world.limits.count(key=key, token=token)
    return world.tokens.get(token)
