"""What the tests of hooks share: Gitee's signature, and waiting until all that followed is over."""

import base64
import hashlib
import hmac
import time

from sandbox.town import GITEE_HOOK_TOKEN
from tests.bot.clockwork import Watch
from tests.support.town import wait_until

UNFINISHED = "deliveries WHERE finished_at IS NULL"


def signed(offset: float = 0.0, *, secret: str = GITEE_HOOK_TOKEN) -> dict[str, str]:
    """The headers of a webhook that was signed so many seconds from now."""
    stamp = str(round((time.time() + offset) * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"X-Gitee-Timestamp": stamp, "X-Gitee-Token": base64.b64encode(digest).decode()}


def count(watch: Watch, table: str) -> int:
    """How many rows there are."""
    with watch.store.database.lent() as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def settle(watch: Watch) -> None:
    """Wait until every hook was answered and worked on, and nothing waits to be said."""
    watch.town.gitee.hooks.settle()
    wait_until(lambda: count(watch, UNFINISHED) == 0)
    wait_until(lambda: count(watch, "outbox WHERE due_at IS NOT NULL") == 0)
