"""One of the bots: what `python -m bot serve` runs, with the tide for a clock."""

import os
import sys
from pathlib import Path

import uvicorn

from benchmarks.chaos.tide import Tide
from bot.settings import load
from bot.store.migrating import migrate
from bot.tick import keep_time
from bot.web.app import create_app
from bot.web.state import State
from bot.wiring import Wired


def main(port: str, clock: str) -> None:
    """Serve until killed."""
    settings = load(os.environ)
    migrate(settings.database_url)
    app = create_app(os.environ)
    app.state.shared = State(Wired(settings, clock=Tide(Path(clock)).now))
    keep_time(app.state.shared.ready)
    uvicorn.run(app, port=int(port), access_log=False, lifespan="off", log_level="warning")


main(*sys.argv[1:])
