"""The command line: `python -m bot serve|run|chat`."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import ConfigurationError, Settings, load
from bot.version import VERSION

if TYPE_CHECKING:
    from bot.wiring import Wired
    from sandbox.town import Town

ENV_FILE = ".env"
DEFAULT_PORT = 8000
TICK_EVERY = 60.0  # seconds

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    _read_env_file()
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Sampan: ChatOps for DingTalk, Gitee and Jenkins"
    )
    parser.add_argument("--version", action="version", version=f"Sampan {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = argparse.ArgumentParser(add_help=False)
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serving.add_argument(
        "--port", type=int, default=os.environ.get("PORT", DEFAULT_PORT), help="default: PORT, or 8000"
    )
    commands.add_parser(
        "serve", parents=[serving], help="serve DingTalk with the configured Gitee and Jenkins"
    )
    commands.add_parser("run", parents=[serving], help="serve, or without a filled-in .env play in a sandbox")
    talking = commands.add_parser("chat", help="talk to Sampan in this terminal")
    talking.add_argument(
        "--as", dest="member", default="lin", help="the staff id that speaks; in the sandbox lin, chen or wu"
    )
    options = parser.parse_args(arguments)
    try:
        return {"serve": _serve, "run": _run, "chat": _chat}[options.command](options)
    except ConfigurationError as problem:
        print("Sampan cannot start:", *problem.problems, sep="\n  ", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _read_env_file() -> None:
    try:
        from dotenv import load_dotenv
    except ImportError:
        return  # an installation without the server extra has its variables set by its platform
    load_dotenv(Path(ENV_FILE))


def _serve(options: argparse.Namespace) -> int:
    import uvicorn

    from bot.web.app import create_app

    settings = load(os.environ)
    _say_what_is_real(settings)
    app = create_app(os.environ)
    threading.Thread(target=_keep_time, args=(app.state.shared.ready,), daemon=True).start()
    # No access log: a hook's address holds its secret.
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        access_log=False,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=30,
    )
    return 0


def _keep_time(sampan: "Wired") -> None:
    """A process is its own clock."""
    from bot.tick import tick

    while True:
        try:
            tick(sampan)
        except Exception:
            log.exception("the tick failed")
        time.sleep(TICK_EVERY)


def _say_what_is_real(settings: Settings) -> None:
    print(f"Sampan {VERSION} works for real, by {_source()}:")
    print(
        "  DingTalk  "
        + ("configured" if settings.chat_configured else "not configured: set DINGTALK_APP_SECRET")
    )
    print(
        "  Gitee     " + (settings.gitee_url if settings.gitee_tokens else "not configured: set GITEE_TOKEN")
    )
    print("  Jenkins   " + (settings.jenkins_url or "not configured: set JENKINS_URL"))


def _source() -> str:
    return f"{ENV_FILE} and the environment" if Path(ENV_FILE).exists() else "the environment"


def _run(options: argparse.Namespace) -> int:
    settings = load(os.environ)
    if settings.chat_configured:
        print(f"Listening on http://{options.host}:{options.port}/chat/dingtalk")
        return _serve(options)
    from sandbox.serving import NotStarted

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up after docker stop, too
    try:
        with _Playground(port=options.port) as town:
            _say_what_to_try(town, settings)
            while True:
                time.sleep(3600)
    except NotStarted as problem:
        print(f"{problem} Try another --port.", file=sys.stderr)
        return 1


def _say_what_to_try(town: "Town", settings: Settings) -> None:
    print("Sampan plays in a sandbox: nothing here is real. Fill in .env to work for real.")
    if settings.language == "zh":
        print("Replies are in Chinese; for English: LANGUAGE=en make run")
    tries = "/pr, /test 1, /approve 1, /merge 1, /deploy hello"
    print(f"Open {town.room.url}/ and type {tries}. Ctrl-C ends it.", flush=True)


class _Playground:
    """A sandbox with a bot in it."""

    def __init__(self, *, port: int = 0) -> None:
        self._port, self._stack = port, ExitStack()

    def __enter__(self) -> "Town":
        from bot.web.app import create_app
        from sandbox.serving import serving
        from sandbox.town import Town

        town = self._stack.enter_context(Town(port=self._port))
        app = create_app(town.environment | _own("LANGUAGE", "LOG_LEVEL", "TIMEZONE"))
        town.room.bot_url = self._stack.enter_context(serving(app))
        return town

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _own(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal import talk
    from bot.web.app import start_logging

    start_logging("ERROR")
    settings = load(os.environ)
    if settings.gitee_tokens or settings.jenkins_url:
        _say_what_is_real(settings)
        print(f"You are {options.member}, with the rights that staff id has. Type /help, or Ctrl-D to leave.")
        talk(settings, staff_id=options.member, show=print)
        return 0
    from sandbox.town import Town

    with Town() as town:
        print(f"Everything here is a sandbox. You are {options.member}. Type /help, or Ctrl-D to leave.")
        talk(load(town.environment | _own("LANGUAGE", "TIMEZONE")), staff_id=options.member, show=print)
    return 0


if __name__ == "__main__":
    sys.exit(main())
