"""/lock, /unlock, /locks, /hold, /unhold, /stop, /start: what nobody may touch for a while."""

from dataclasses import replace

from bot.arguments import NUMBER, REPO, Mismatch, default_repo, known, reason, repo, span_of_time
from bot.ask import Ask
from bot.language import mark
from bot.locking import NAMES, facts, told
from bot.readiness import pull_name
from bot.registry import Argument, Group, Option, command
from bot.reply import Code, Line, Reply, Say, Strong, UserError, line, plain
from bot.rights import Role, require
from bot.settings import Repo
from bot.store.locks import Locked, Target

MAYBE_REPO = Argument("repo", repo, required=False, skips=True, default=default_repo)
FOR = Option("for", span_of_time, value="2h")


def _target(ask: Ask, word: str) -> Target:
    """An environment or a service; where one name is both, the environment is meant."""
    for kind, names in (
        (Locked.ENVIRONMENT, ask.settings.environments),
        (Locked.SERVICE, ask.settings.services),
    ):
        found = next((name for name in names if name.lower() == word.lower()), None)
        if found:
            return Target(kind, found)
    names = (*ask.settings.environments, *ask.settings.services)
    raise Mismatch(
        line("{word} is neither an environment nor a service.", word=Code(word)),
        known(mark("Known names: {names}"), word, names, "ENVIRONMENTS"),
    )


@command(
    "lock",
    aliases=("锁定",),
    summary=mark("Keep deploys away from an environment or a service"),
    group=Group.CONTROL,
    role=Role.ADMIN,
    arguments=(Argument("name", _target, shown="environment|service"), Argument("reason", reason, rest=True)),
    options=(FOR,),
    examples=("/lock production 双十一封网 --for 2h",),
    own=True,
    always=True,
)
def lock(ask: Ask, name: Target, reason: str, **options: float | None) -> Reply:
    """Closed for everybody, its owner too, until it is unlocked or its time is over."""
    return _close(ask, *name, reason=reason, seconds=options["for"])


@command(
    "unlock",
    aliases=("解锁",),
    summary=mark("Open a lock again"),
    group=Group.CONTROL,
    role=Role.ADMIN,
    arguments=(Argument("name", _target, shown="environment|service"),),
    examples=("/unlock production",),
    own=True,
    always=True,
)
def unlock(ask: Ask, name: Target) -> Reply:
    """The opposite of /lock."""
    return _open(ask, *name)


@command(
    "locks",
    aliases=("锁",),
    summary=mark("List what is locked, held, muted or stopped"),
    group=Group.CONTROL,
    examples=("/locks",),
)
def locks(ask: Ask) -> Reply:
    """Whose each is, why, and since when."""
    found = ask.store.locks.all()
    if not found:
        return Reply.of(line("Nothing is locked."))
    now = ask.tools.now()
    rows: list[Line] = []
    for one in found:
        rows += [line(NAMES[one.kind], name=Strong(one.name)), facts(one, now=now)]
    return Reply.of(*rows)


@command(
    "hold",
    aliases=("暂缓",),
    summary=mark("Keep a pull request from being merged"),
    group=Group.PULLS,
    role=Role.DEVELOPER,
    arguments=(NUMBER, MAYBE_REPO, Argument("reason", reason, required=False, rest=True)),
    examples=("/hold 233", "/hold 233 web 等数据库升级"),
    own=True,
    always=True,
)
def hold(ask: Ask, number: int, repo: Repo, reason: str | None) -> Reply:
    """Merges of it are refused until somebody takes the hold away."""
    why = reason or plain(line("no reason given"))
    return _close(ask, Locked.PULL, pull_name(repo, number), reason=why, seconds=None)


@command(
    "unhold",
    aliases=("取消暂缓",),
    summary=mark("Let a held pull request be merged again"),
    group=Group.PULLS,
    role=Role.DEVELOPER,
    arguments=(NUMBER, REPO),
    examples=("/unhold 233",),
    own=True,
    always=True,
)
def unhold(ask: Ask, number: int, repo: Repo) -> Reply:
    """Whoever held it, or a maintainer."""
    held = ask.store.locks.on(Locked.PULL, pull_name(repo, number))
    if held and held.staff_id != ask.staff_id:
        require(
            ask.settings,
            ask.staff_id,
            Role.MAINTAINER,
            conversation=ask.message.conversation_id,
            repo=repo.alias,
        )
    return _open(ask, Locked.PULL, pull_name(repo, number))


@command(
    "stop",
    aliases=("停止", "封网"),
    summary=mark("Stop everything that writes, for everybody"),
    group=Group.CONTROL,
    role=Role.ADMIN,
    arguments=(Argument("reason", reason, rest=True),),
    options=(FOR,),
    examples=("/stop 线上故障处理中",),
    own=True,
    always=True,
)
def stop(ask: Ask, reason: str, **options: float | None) -> Reply:
    """Reading goes on; so do /cancel, and the locks."""
    return _close(ask, Locked.EVERYTHING, "", reason=reason, seconds=options["for"])


@command(
    "start",
    aliases=("恢复", "解封"),
    summary=mark("Let everything go on after a stop"),
    group=Group.CONTROL,
    role=Role.ADMIN,
    examples=("/start",),
    own=True,
    always=True,
)
def start(ask: Ask) -> Reply:
    """The opposite of /stop."""
    return _open(ask, Locked.EVERYTHING, "")


def _close(ask: Ask, kind: Locked, name: str, *, reason: str, seconds: float | None) -> Reply:
    locks = ask.store.locks
    won = locks.close(kind, name, reason=reason, staff_id=ask.staff_id, who=ask.who, seconds=seconds)
    found = locks.on(kind, name)
    if found is None:  # its time was over at once
        raise UserError(line("Nothing is locked."))
    if not won:
        raise UserError(line("It is closed already."), *told(found, now=ask.tools.now()))
    opener = _opener(ask, kind, name)
    to_open = line("To open it: {command}", command=Say(opener, opener))
    return Reply.of(*told(found, now=ask.tools.now()), to_open)


def _opener(ask: Ask, kind: Locked, name: str) -> str:
    if kind is Locked.EVERYTHING:
        return "/start"
    if kind is not Locked.PULL:
        return f"/unlock {name}"
    path, _, number = name.rpartition("#")
    alias = next(repo.alias for repo in ask.settings.repos if repo.path == path)
    return f"/unhold {number} {alias}"


def _open(ask: Ask, kind: Locked, name: str) -> Reply:
    found = ask.store.locks.on(kind, name)
    if found is None or not ask.store.locks.open(kind, name):
        raise UserError(line("It was not closed."))
    was = replace(found, until=None)  # nothing is left of it
    return Reply.of(line(_OPENED[kind], name=Strong(name)), facts(was, now=ask.tools.now()))


_OPENED = {
    Locked.EVERYTHING: mark("Everything goes on."),
    Locked.ENVIRONMENT: mark("The environment {name} is open again."),
    Locked.SERVICE: mark("The service {name} is open again."),
    Locked.PULL: mark("{name} is no longer held."),
}
