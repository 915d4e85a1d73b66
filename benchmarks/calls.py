"""How often one command asks Gitee and Jenkins, counted in the sandbox where the calls arrive."""

from benchmarks.figures import Bound, Figure
from bot.web.app import create_app
from sandbox.serving import serving
from sandbox.town import Town

LIMITS = {"/pr": 1, "/merge 1": 5, "/deploy hello": 3}
BEFORE = ("/test 1", "/approve 1")  # what a merge needs
QUIET = {"LOG_LEVEL": "WARNING", "MESSAGES_A_MINUTE": "0"}
WITHIN = 30.0  # seconds for a reply


def per_command() -> list[Figure]:
    """Vendor calls of one command, counted where they arrive."""
    with Town() as town, serving(create_app(town.environment | QUIET)) as town.room.bot_url:
        for text in BEFORE:
            _say(town, text)
        return [
            Figure(f"vendor calls of {text}", _say(town, text), Bound.AT_MOST, limit)
            for text, limit in LIMITS.items()
        ]


def _say(town: Town, text: str) -> int:
    before, replies = _calls(town), len(town.room.replies)
    town.room.deliver(text)
    town.room.wait_for(replies + 1, timeout=WITHIN)
    return _calls(town) - before


def _calls(town: Town) -> int:
    return len(town.gitee.requests) + len(town.jenkins.requests)
