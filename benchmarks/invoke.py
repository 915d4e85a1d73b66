"""A function's process, as Lambda has one: the module's `handler` is given every event of a line on stdin.

It answers each line with the moment it was done and the seconds it took. `time.monotonic` has one origin for
all processes of a machine, so whoever started this one can tell how long ago that was.
"""

import importlib
import json
import sys
import time


def main(module: str) -> None:
    """Invoke the module's handler until stdin ends."""
    handler = importlib.import_module(module).handler
    for line in sys.stdin:
        events = json.loads(line)
        began = time.monotonic()
        for event in events:
            answer = handler(event, None)
            if answer["statusCode"] != 200:
                raise SystemExit(f"{module} answered {answer}")
        now = time.monotonic()
        print(json.dumps([now, now - began]), flush=True)


main(sys.argv[1])
