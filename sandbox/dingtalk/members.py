"""The people of the group, and what DingTalk calls them."""

import base64
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One person; who has no staff id belongs to another organisation."""

    key: str
    name: str
    staff_id: str | None = None

    @property
    def dingtalk_id(self) -> str:
        """The encrypted id that DingTalk shows to robots instead of the real one."""
        return encrypted_id(self.key)


def encrypted_id(of: str) -> str:
    """An id that looks like `$:LWCP_v1:$...` and stays the same for the same person."""
    digest = hashlib.sha256(of.encode()).digest()
    return f"$:LWCP_v1:${base64.b64encode(digest[:20]).decode()}"


MEMBERS = (
    Member("lin", "林小满", "lin"),
    Member("chen", "陈默", "chen"),
    Member("wu", "吴越", "wu"),
    Member("guest", "外部顾问"),
)
