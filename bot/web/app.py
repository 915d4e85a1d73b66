"""The FastAPI app: the same one for a process, Vercel and Lambda."""

import logging
import sys
from collections.abc import Mapping

from fastapi import FastAPI

from bot.commands import load as load_commands
from bot.settings import ConfigurationError, Runtime, load
from bot.version import VERSION
from bot.web import chat, clock, health, hooks
from bot.web.state import State
from bot.web.workers import Inline
from bot.wiring import Wired

log = logging.getLogger(__name__)


def create_app(env: Mapping[str, str]) -> FastAPI:
    """Build the app from environment variables; one that cannot be used answers 503 and logs why."""
    load_commands()
    state = _state(env)
    # The routes are described to tests, by app.openapi(), and to nobody else.
    app = FastAPI(title="Sampan", version=VERSION, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.shared = state
    for module in (chat, clock, hooks, health):
        app.include_router(module.router)
    return app


def _state(env: Mapping[str, str]) -> State:
    try:
        settings = load(env)
    except ConfigurationError as problem:
        start_logging("INFO")
        for sentence in problem.problems:
            log.error("configuration: %s", sentence)
        return State(None, problem="; ".join(problem.problems))
    start_logging(settings.log_level)
    if settings.runtime is Runtime.LAMBDA:
        return State(Wired(settings), workers=Inline(), front=Inline())
    return State(Wired(settings))


def start_logging(level: str) -> None:
    """Log to stderr, once; libraries that would log addresses with secrets are kept quiet."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("api", "bot", "integrations"):
        logging.getLogger(name).setLevel(level)
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.WARNING)
