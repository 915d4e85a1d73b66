"""serve, run and chat: Sampan for real, or in a sandbox."""

import os
import signal
import sys
import time
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings, load
from bot.version import VERSION

if TYPE_CHECKING:
    from sandbox.town import Town

ENV_FILE = ".env"


def serve(options: Namespace) -> int:
    """Serve what is configured, on a database that is brought up to date before."""
    import uvicorn

    from bot.cli.records import updated
    from bot.tick import keep_time
    from bot.web.app import create_app

    settings = load(os.environ)
    _say_what_is_real(settings)
    if not updated(settings.database_url):
        return 1
    app = create_app(os.environ)
    keep_time(app.state.shared.ready)
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


def _say_what_is_real(settings: Settings) -> None:
    chat = "configured" if settings.chat_configured else "not configured: set DINGTALK_APP_SECRET"
    print(f"Sampan {VERSION} works for real, by {_source()}:")
    print(f"  DingTalk  {chat}")
    gitee = settings.gitee_url if settings.gitee_tokens else "not configured: set GITEE_TOKEN"
    print(f"  Gitee     {gitee}")
    print(f"  Jenkins   {settings.jenkins_url or 'not configured: set JENKINS_URL'}")
    cards = {"trello": "Trello", "gitee": "Gitee issues"}.get(settings.tracker)
    print(f"  Cards     {cards or 'not configured: set TRACKER'}")


def _source() -> str:
    return f"{ENV_FILE} and the environment" if Path(ENV_FILE).exists() else "the environment"


def run(options: Namespace) -> int:
    """Serve, or play in a sandbox as long as nothing is configured."""
    settings = load(os.environ)
    if settings.chat_configured:
        print(f"Listening on http://{options.host}:{options.port}/chat/dingtalk")
        return serve(options)
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
    print(f"Open {town.room.url}/ and type {tries}. Ctrl-C ends it.")
    print(f"Build a version with /build mall; its pipelines are at {town.gitlab_url}/ .")
    print(f"Break the job {town.jenkins_url}/job/nightly/ or let an alert fire at {town.alerts_url}/ :")
    print(f"its card appears at {town.trello_url}/ and leaves when it is mended.", flush=True)


class _Playground:
    """A sandbox with a bot in it."""

    def __init__(self, *, port: int = 0) -> None:
        self._port, self._stack = port, ExitStack()

    def __enter__(self) -> "Town":
        from bot.tick import keep_time
        from bot.web.app import create_app
        from sandbox.serving import serving
        from sandbox.town import Town

        town = self._stack.enter_context(Town(port=self._port))
        app = create_app(town.environment | _own("LANGUAGE", "LOG_LEVEL", "TIMEZONE"))
        town.connect(self._stack.enter_context(serving(app)))
        keep_time(app.state.shared.ready)
        return town

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def _own(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def chat(options: Namespace) -> int:
    """Talk in this terminal, to what is configured or to a sandbox."""
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
