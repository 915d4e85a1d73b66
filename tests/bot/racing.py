"""A second process for the tests of the store: for each database, wait for the word, then do its work once.

`python -m tests.bot.racing` answers each line "DATABASE_URL" with a line that says what came of it.
"""

import sys
from contextlib import closing
from dataclasses import replace

from bot.store import Store
from tests.bot.asking import MESSAGE

CLAIMS = 100


def race(url: str) -> str:
    """Open a database and claim deliveries; the numbers of those that were won."""
    with closing(Store(url, clock=lambda: 0.0)) as store:
        claims = store.deliveries.claim
        won = [n for n in range(CLAIMS) if claims(replace(MESSAGE, delivery_id=f"d{n}"))]
    return ",".join(map(str, won))


def main() -> None:
    """Until there is no more to read."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{race(line.strip())}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
