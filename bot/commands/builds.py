"""/jenkins, /build and /deploy."""

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.arguments import SERVICE, Mismatch, known, service
from bot.ask import Ask
from bot.builds import GITLAB, Kind, Plan
from bot.entries import is_ref
from bot.jobs import OURS
from bot.language import mark
from bot.launching import launch, planned
from bot.registry import Argument, Group, command
from bot.reply import Code, Line, Reply, Say, Span, Strong, UserError, join, line
from bot.rights import Role

if TYPE_CHECKING:
    from bot.store.versions import Version

VERSION = re.compile(r"[\w.+-]{1,64}", re.ASCII)


def environment_name(ask: Ask, word: str) -> str:
    names = ask.settings.environments
    found = next((name for name in names if name.lower() == word.lower()), None)
    if found is None:
        raise Mismatch(
            line("I do not know the environment {word}.", word=Code(word)),
            known(mark("Known environments: {names}"), word, names, "ENVIRONMENTS"),
        )
    return found


def _version(ask: Ask, word: str) -> str:
    # Without this a mistyped environment would be deployed as a version, to the wrong place.
    if difflib.get_close_matches(word.lower(), [name.lower() for name in ask.settings.environments]):
        raise Mismatch
    if not any(ch.isdigit() for ch in word):
        raise Mismatch(line("A version without a digit is written {pair}.", pair=Code(f"VERSION={word}")))
    return _plain_version(word)


def _plain_version(word: str) -> str:
    if not VERSION.fullmatch(word):
        raise Mismatch(line("{word} is not a version.", word=Code(word)))
    return word


@command(
    "jenkins test",
    summary=mark("Run a service's test job"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(SERVICE,),
    pairs=True,
    examples=("/jenkins test myservice",),
)
def jenkins_test(ask: Ask, service: str, pairs: Mapping[str, str]) -> Reply:
    """The test job of a service."""
    return _start(ask, Kind.TEST, service, given=_free(pairs))


def _ref(_: Ask, word: str) -> str:
    if not is_ref(word):
        raise Mismatch(line("{word} is not a branch or a tag.", word=Code(word)))
    return word


@command(
    "build",
    aliases=("jenkins build", "构建"),
    summary=mark("Build a service: run its build job, or its pipeline for a branch or tag"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(SERVICE, Argument("ref", _ref, required=False)),
    pairs=True,
    examples=("/build myservice", "/build myservice release/2.1", "/build myservice BRANCH=main"),
)
def build(ask: Ask, service: str, ref: str | None, pairs: Mapping[str, str]) -> Reply:
    """The build job of a service, or a pipeline of its project on GitLab."""
    project = ask.settings.gitlab_projects.get(service)
    if project:
        plan = Plan(Kind.BUILD, f"{GITLAB}{project.path}@{ref or project.ref}", service=service)
        return launch(ask, *planned(ask, plan, ours={}, given=own_variables(ask, service, pairs)))
    if ref:
        pair = Code(f"BRANCH={ref}")
        raise UserError(
            line(
                "{service} is built by a job of Jenkins, which takes parameters: {pair}",
                service=Code(service),
                pair=pair,
            )
        )
    return _start(ask, Kind.BUILD, service, given=_free(pairs))


@command(
    "deploy",
    aliases=("jenkins deploy", "部署", "发布"),
    summary=mark("Deploy a service; alone it lists what there is"),
    group=Group.BUILDS,
    role=Role.MAINTAINER,
    arguments=(
        Argument("service", service, required=False),
        Argument("environment", environment_name, required=False, skips=True),
        Argument("version", _version, required=False),
    ),
    pairs=True,
    examples=("/deploy myservice", "/deploy myservice staging 1.4.2"),
)
def deploy(
    ask: Ask, service: str | None, environment: str | None, version: str | None, pairs: Mapping[str, str]
) -> Reply:
    """The deploy job of a service, to an environment, of a version."""
    if service is None:
        return _deployable(ask)
    environment, version, rest = _from_pairs(ask, environment, version, pairs)
    target = target_of(ask, service, environment)
    given = dict(rest)
    if environment:
        given["ENVIRONMENT"] = target
    from bot.versions.choosing import chosen  # a cold start does not pay for it

    registered = chosen(ask, service, version)
    if version and not registered:
        given["VERSION"] = version
    return _start(
        ask,
        Kind.DEPLOY,
        service,
        given=given,
        environment=target,
        version=version or "",
        registered=registered,
    )


_JOBS = {Kind.TEST: "test_job", Kind.BUILD: "build_job", Kind.DEPLOY: "deploy_job"}


def _start(
    ask: Ask,
    kind: Kind,
    service: str,
    *,
    given: Mapping[str, str],
    environment: str = "",
    version: str = "",
    registered: "Version | None" = None,
) -> Reply:
    """Start one of a service's jobs, by the service's own configuration where it has one."""
    own = ask.settings.service_configs.get(service)
    pattern = getattr(own, _JOBS[kind], "") or getattr(ask.settings, _JOBS[kind])
    job = pattern.format(service=service)
    plan = Plan(kind, job, service=service, environment=environment, version=version)
    ours = {**(own.parameters if own else {}), **({"ENVIRONMENT": environment} if environment else {})}
    if registered is None:
        return launch(ask, *planned(ask, plan, ours=ours, given=given))
    from bot.versions.choosing import planned_with

    return launch(ask, *planned_with(ask, plan, registered, ours=ours, given=given))


def own_variables(ask: Ask, service: str, pairs: Mapping[str, str]) -> Mapping[str, str]:
    """A person's own variables of a pipeline, each of which the service's configuration lets through.

    A pipeline takes any, PATH too, and with CI_DEBUG_TRACE its log shows every secret, masked or not:
    docs.gitlab.com/ci/variables/variables_troubleshooting/#enable-debug-logging
    """
    own = ask.settings.service_configs.get(service)
    allowed = own.variables if own else ()
    unknown = [name for name in _free(pairs) if name not in allowed]
    if unknown:
        raise UserError(
            line(
                "{names}: not for a pipeline of {service}.",
                names=Code(", ".join(unknown)),
                service=Code(service),
            ),
            known(mark("Known variables: {names}"), unknown[0], allowed, f"[services.{service}] variables"),
        )
    return pairs


def _free(pairs: Mapping[str, str]) -> Mapping[str, str]:
    """A person's own parameters; the ones that Sampan fills in are not among them."""
    taken = [name for name in pairs if name.upper() in OURS]
    if taken:
        raise UserError(line("{names} cannot be given by hand here.", names=Code(", ".join(taken))))
    return pairs


def _from_pairs(
    ask: Ask, environment: str | None, version: str | None, pairs: Mapping[str, str]
) -> tuple[str | None, str | None, Mapping[str, str]]:
    """ENVIRONMENT= and VERSION= in any case mean the arguments, so that the same checks hold."""
    rest = {name: value for name, value in pairs.items() if name.upper() not in ("ENVIRONMENT", "VERSION")}
    for name, value in pairs.items():
        try:
            if name.upper() == "ENVIRONMENT":
                environment = _agree(name, environment, environment_name(ask, value))
            elif name.upper() == "VERSION":
                version = _agree(name, version, _plain_version(value))
        except Mismatch as problem:
            raise UserError(*problem.lines) from None
    return environment, version, _free(rest)


def _agree(name: str, one: str | None, other: str) -> str:
    if one not in (None, other):
        raise UserError(line("{name} is given twice, and differently.", name=Code(name)))
    return other


def target_of(ask: Ask, service: str, environment: str | None) -> str:
    """The environment to deploy to, checked; empty when none is configured."""
    allowed, protected = ask.environments(service), ask.settings.protected
    if not ask.settings.environments:
        return ""
    if not allowed:
        raise UserError(line("No environment is open to {service} from here.", service=Code(service)))
    if environment is None:
        environment = next((name for name in allowed if name not in protected), None)
        if environment is None:
            raise UserError(
                line("Every environment here is protected; name the one you mean."), _known(allowed)
            )
    if environment not in allowed:
        raise UserError(
            line(
                "{service} does not go to {environment} from here.",
                service=Code(service),
                environment=Code(environment),
            ),
            _known(allowed),
        )
    return environment


def _known(names: tuple[str, ...]) -> Line:
    return known(mark("Known environments: {names}"), "", names, "ENVIRONMENTS")


def _deployable(ask: Ask) -> Reply:
    if not ask.settings.services:
        return Reply.of(line("Nothing can be deployed: set {variable}.", variable=Code("SERVICES")))
    lines = [line("What can be deployed")]
    for name in ask.settings.services:
        lines.append((Strong(name), "  ", *join(_targets(ask, name))))
    return Reply.of(*lines)


def _targets(ask: Ask, service: str) -> list[Span | Line]:
    """A click for each environment that is open; a protected one asks before it starts."""
    if not ask.settings.environments:
        return [Say(f"/deploy {service}", f"/deploy {service}")]
    targets: list[Span | Line] = []
    for name in ask.environments(service):
        click = Say(name, f"/deploy {service} {name}")
        asks = name in ask.settings.protected
        targets.append(line("{name} (asks first)", name=click) if asks else click)
    return targets or [line("nowhere from here")]
