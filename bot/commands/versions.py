"""/versions, /where, /rollback, /pin and /unpin: what can be deployed, and what runs where."""

from typing import TYPE_CHECKING

from bot.arguments import SERVICE, Mismatch, service
from bot.ask import Ask
from bot.commands.builds import environment_name, target_of
from bot.commands.retry import require_offered
from bot.jobs import check
from bot.language import mark
from bot.launching import find_job, launch
from bot.registry import Argument, Group, command
from bot.reply import Code, Line, Link, Reply, Say, Span, Strong, UserError, join, line, plain
from bot.rights import Role
from bot.times import ago

if TYPE_CHECKING:
    from bot.store.builds import Deployed
    from bot.store.versions import Version

SHOWN = 10

_STATES = {
    "requested": mark("requested"),
    "pending": mark("waits"),
    "running": mark("running"),
    "success": mark("built"),
    "failed": mark("failed"),
    "canceled": mark("cancelled"),
}


def version_id(ask: Ask, word: str) -> "Version":
    """v30, or 30."""
    from bot.versions.names import number_of  # a cold start does not pay for it

    number = number_of(word, bare=True)
    if number is None:
        raise Mismatch(line("{word} is not the name of a version.", word=Code(word)))
    version = ask.store.versions.get(number)
    if version is None:
        raise Mismatch(line("I know no version {word}.", word=Code(word)))
    return version


@command(
    "versions",
    aliases=("版本列表",),
    summary=mark("List a service's versions, or show one and what is new in it"),
    group=Group.BUILDS,
    arguments=(SERVICE, Argument("id", version_id, required=False)),
    examples=("/versions myservice", "/versions myservice v30"),
)
def versions(ask: Ask, service: str, id: "Version | None") -> Reply:
    """Newest first; or one in full."""
    if id is None:
        return _listed(ask, service)
    if id.service != service:
        raise UserError(line("{version} is of {service}.", version=Code(id.label), service=Code(id.service)))
    return _in_full(ask, id)


def _listed(ask: Ask, service: str) -> Reply:
    found = ask.store.versions.of_service(service, at_most=SHOWN)
    if not found:
        return Reply.of(line("There is no version of {service} yet.", service=Strong(service)))
    runs = ask.store.versions.running(service)
    lines = [line("The last versions of {service}:", service=Strong(service))]
    return Reply.of(*lines, *(_row(ask, version, runs.get(version.id, [])) for version in found))


def _row(ask: Ask, version: "Version", runs: list[str]) -> Line:
    label = Say(version.label, f"/versions {version.service} {version.label}")
    facts: list[Span | Line] = [state(version), *_commit(version), ago(version.at, now=ask.tools.now())]
    facts += [version.who] if version.who else []
    facts += [line("runs on {places}", places=Strong(", ".join(one or "—" for one in runs)))] if runs else []
    facts += ["📌"] if version.pinned_by else []
    return (label, "  ", *join(facts))


def state(version: "Version") -> Line:
    """How far it is; a word of the pipeline's own is shown as it is."""
    known = _STATES.get(version.state)
    return line(known) if known else (Code(version.state),)


def _commit(version: "Version") -> list[Span | Line]:
    return [part for part in (version.ref, Code(version.sha[:8]) if version.sha else "") if part]


def _in_full(ask: Ask, version: "Version") -> Reply:
    runs = ask.store.versions.running(version.service).get(version.id, [])
    head = line(
        "{version} of {service}: {state}",
        version=Code(version.label),
        service=Strong(version.service),
        state=state(version),
    )
    lines = [head, _row(ask, version, runs)]
    if version.path:
        lines.append(line("It lies at {path}", path=Code(version.path)))
    if version.url:
        lines.append((Link(plain(line("pipeline")), version.url),))
    lines += [(Code(path),) for path in version.artifacts[:SHOWN]]
    return Reply.of(*lines, *_news(ask, version), *_next(ask, version))


def _news(ask: Ask, version: "Version") -> list[Line]:
    """What is new in it against what runs now, in each environment."""
    from bot.versions.differences import differences

    return differences(ask, version)


def _next(ask: Ask, version: "Version") -> list[Line]:
    if version.state != "success":
        return []
    clicks = [
        Say(name, f"/deploy {version.service} {name} {version.label}")
        for name in ask.environments(version.service)
    ]
    return [line("Deploy it: {clicks}", clicks=join(clicks))] if clicks else []


@command(
    "where",
    aliases=("在哪",),
    summary=mark("Show which version runs where"),
    group=Group.BUILDS,
    arguments=(Argument("service", service, required=False),),
    examples=("/where", "/where myservice"),
)
def where(ask: Ask, service: str | None) -> Reply:
    """By deploys that succeeded."""
    found = ask.store.versions.deployed(service or "")
    if not found:
        return Reply.of(line("Nothing was deployed yet."))
    lines = [line("What runs where")]
    for name in dict.fromkeys(one.service for one in found):
        lines.append((Strong(name),))
        lines += [_place(ask, one) for one in found if one.service == name]
    return Reply.of(*lines)


def _place(ask: Ask, one: "Deployed") -> Line:
    facts: list[Span | Line] = [Code(one.version or "?"), ago(one.at, now=ask.tools.now()), one.name]
    return (one.environment or "—", "  ", *join([*facts, Say(f"b{one.build}", f"/status b{one.build}")]))


@command(
    "rollback",
    aliases=("回滚",),
    summary=mark("Deploy again what ran before what runs now"),
    group=Group.BUILDS,
    role=Role.MAINTAINER,
    arguments=(SERVICE, Argument("environment", environment_name, required=False)),
    examples=("/rollback myservice", "/rollback myservice production"),
)
def rollback(ask: Ask, service: str, environment: str | None) -> Reply:
    """The same deploy as then, with the locks and the confirmations of today."""
    target = target_of(ask, service, environment)
    before = ask.store.versions.ran_before(service, target)
    then = ask.store.builds.get(before.build) if before else None
    if before is None or then is None:
        raise UserError(
            line(
                "Of {service} no other version ran on {environment} before.",
                service=Code(service),
                environment=Code(target or "—"),
            )
        )
    if not before.version:
        told = line("What ran on {environment} before is not known.", environment=Code(target or "—"))
        raise UserError(
            told, line("Name a version: {command}", command=Code(f"/deploy {service} {target} v30"))
        )
    require_offered(ask, then.plan)
    job = find_job(ask.tools, then.job)
    check(job, then.parameters)
    reply = launch(ask, then.plan, job)
    now = next(one for one in ask.store.versions.deployed(service) if one.environment == target)
    both = _both(ask, now, before)
    return Reply(reply.title, (*reply.lines, both) if ask.dry_run else (both, *reply.lines))


def _both(ask: Ask, now: "Deployed", before: "Deployed") -> Line:
    return line(
        "Runs now: {now}, {since}. Ran before: {before}, deployed {then}.",
        now=Code(now.version or "?"),
        since=ago(now.at, now=ask.tools.now()),
        before=Code(before.version or "?"),
        then=ago(before.at, now=ask.tools.now()),
    )


@command(
    "pin",
    aliases=("保留",),
    summary=mark("Keep a version from being forgotten"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", version_id),),
    examples=("/pin v30",),
    own=True,
)
def pin(ask: Ask, id: "Version") -> Reply:
    """Until somebody unpins it."""
    ask.store.versions.pin(id.id, by=ask.who)
    return Reply.of(
        line("{version} of {service} is kept.", version=Code(id.label), service=Strong(id.service))
    )


@command(
    "unpin",
    aliases=("取消保留",),
    summary=mark("Let a version be forgotten like others"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", version_id),),
    examples=("/unpin v30",),
    own=True,
)
def unpin(ask: Ask, id: "Version") -> Reply:
    """The opposite of /pin."""
    ask.store.versions.pin(id.id, by="")
    return Reply.of(
        line(
            "{version} of {service} is kept no longer than others.",
            version=Code(id.label),
            service=Strong(id.service),
        )
    )
