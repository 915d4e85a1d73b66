"""The command line: `python -m bot serve|run|chat|migrate|archive|versions|doctor|audit export|diagram`."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from bot.cli import diagnosis, records, serving, upkeep, versions
from bot.settings import ConfigurationError
from bot.version import VERSION

DEFAULT_PORT = 8000


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    _read_env_file()
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except ConfigurationError as problem:
        print("Sampan cannot start:", *problem.problems, sep="\n  ", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 0
    return code


def _read_env_file() -> None:
    try:
        from dotenv import load_dotenv
    except ImportError:
        return  # an installation without the server extra has its variables set by its platform
    load_dotenv(Path(serving.ENV_FILE))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Sampan: ChatOps for DingTalk, Gitee and Jenkins"
    )
    parser.add_argument("--version", action="version", version=f"Sampan {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serving(commands)
    _add_records(commands)
    _add_upkeep(commands)
    _add_versions(commands)
    _add_diagnosis(commands)
    return parser


def _add_serving(commands: Any) -> None:
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    port = os.environ.get("PORT", DEFAULT_PORT)
    where.add_argument("--port", type=int, default=port, help="default: PORT, or 8000")
    serve = commands.add_parser(
        "serve", parents=[where], help="serve DingTalk with the configured Gitee and Jenkins"
    )
    serve.set_defaults(run=serving.serve)
    run = commands.add_parser(
        "run", parents=[where], help="serve, or without a filled-in .env play in a sandbox"
    )
    run.set_defaults(run=serving.run)
    chat = commands.add_parser("chat", help="talk to Sampan in this terminal")
    who = "the staff id that speaks; in the sandbox lin, chen or wu"
    chat.add_argument("--as", dest="member", default="lin", help=who)
    chat.set_defaults(run=serving.chat)


def _add_records(commands: Any) -> None:
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(run=records.migrate)
    audit = commands.add_parser("audit", help="the record of who did what").add_subparsers(required=True)
    export = audit.add_parser("export", help="write the audit as JSON lines, oldest first")
    since = "only from then on: 2d or 12h ago, or 2026-12-31, or 2026-12-31T18:00 (in TIMEZONE)"
    export.add_argument("--since", type=records.when, metavar="WHEN", help=since)
    export.add_argument("--until", type=records.when, metavar="WHEN", help="only what was before then")
    export.add_argument("--output", default="", metavar="FILE", help="default: the standard output")
    export.set_defaults(run=records.export_audit)


def _add_upkeep(commands: Any) -> None:
    archive = commands.add_parser("archive", help="archive the cards that have been done for long enough")
    archive.add_argument("--dry-run", action="store_true", help="list them, and change nothing")
    archive.set_defaults(run=upkeep.archive)


def _add_versions(commands: Any) -> None:
    parser = commands.add_parser("versions", help="what can be deployed, and what runs where")
    given = argparse.ArgumentParser(add_help=False)
    given.add_argument("--json", action="store_true", help="for programs")
    given.set_defaults(run=versions.versions)
    ways = parser.add_subparsers(required=True)
    listed = ways.add_parser("list", parents=[given], help="a service's versions, newest first")
    listed.add_argument("service")
    listed.add_argument("--limit", type=versions.count, metavar="N", default=20, help="default: %(default)s")
    listed.set_defaults(look=versions.listed)
    for name, look, about in (
        ("show", versions.shown, "one version"),
        ("news", versions.news, "what is new in one against what runs in each environment"),
        ("pin", versions.pinned, "keep one from being forgotten"),
        ("unpin", versions.unpinned, "let one be forgotten like others"),
    ):
        one = ways.add_parser(name, parents=[given], help=about)
        one.add_argument("id", help="v30, or 30")
        one.set_defaults(look=look)
    where = ways.add_parser("where", parents=[given], help="what runs where")
    where.add_argument("service", nargs="?", default="")
    where.set_defaults(look=versions.where)
    prune = ways.add_parser("prune", parents=[given], help="forget old versions by rule")
    prune.add_argument("service", nargs="?", default="")
    keep = "the newest so many of each service (default: KEEP_VERSIONS)"
    prune.add_argument("--keep", type=versions.count, metavar="N", help=keep)
    prune.add_argument("--dry-run", action="store_true", help="list them, and change nothing")
    prune.set_defaults(look=versions.pruned)


def _add_diagnosis(commands: Any) -> None:
    doctor = commands.add_parser("doctor", help="check this installation, without changing anything")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.set_defaults(run=diagnosis.doctor)
    diagram = commands.add_parser("diagram", help="print the states of a build as a Mermaid diagram")
    diagram.set_defaults(run=diagnosis.diagram)


if __name__ == "__main__":
    sys.exit(main())
