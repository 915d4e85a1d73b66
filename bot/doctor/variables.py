"""The variables: which are set, and what each that is missing switches off. Pure; no value is ever shown."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.doctor.findings import Finding, Level, broken, setting, works
from bot.language import mark
from bot.reply import Code, Line, join, line, plain
from bot.settings import ConfigurationError, Runtime, Settings, load

# Set by the platforms themselves.
_OF_THE_PLATFORM = {"AWS_LAMBDA_FUNCTION_NAME", "VERCEL"}


@dataclass(frozen=True)
class Gap:
    """A variable that is missing, and when that matters."""

    variable: str
    level: Level
    when: Callable[[Settings], object]
    costs: str
    hint: str = ""


def _wants_jenkins(settings: Settings) -> bool:
    return bool(settings.services or settings.jenkins_url or settings.jenkins_user or settings.jenkins_tokens)


def _hears(settings: Settings) -> bool:
    return bool(settings.jenkins_hook_tokens or settings.alert_hook_tokens)


def _nobody(settings: Settings) -> bool:
    repos, services = settings.repo_configs.values(), settings.service_configs.values()
    own = [*(one.maintainers for one in repos), *(one.maintainers for one in services)]
    return not (settings.admins or settings.maintainers or any(own))


GAPS = (
    Gap(
        "DINGTALK_APP_SECRET",
        Level.BROKEN,
        lambda it: not it.chat_configured,
        mark("Nobody is heard: the chat's route answers 503."),
        mark("the app robot's AppSecret; or DINGTALK_OUTGOING_TOKEN"),
    ),
    Gap(
        "DINGTALK_APP_SECRET",
        Level.WARNING,
        lambda it: it.outgoing_tokens,
        mark("Nobody can be told apart, so everybody can only read."),
        mark("an app robot's AppSecret, in place of DINGTALK_OUTGOING_TOKEN"),
    ),
    Gap(
        "DINGTALK_APP_KEY",
        Level.WARNING,
        lambda it: it.app_secrets and not (it.app_key or it.group_webhook),
        mark("News of what takes over 90 minutes reach no room, and the secret cannot be checked from here."),
        mark("the app's AppKey"),
    ),
    Gap(
        "DINGTALK_GROUP_WEBHOOK",
        Level.WARNING,
        lambda it: it.outgoing_tokens and not it.group_webhook,
        mark("News of what takes over 90 minutes reach no room."),
        mark("the group robot's address"),
    ),
    Gap(
        "DINGTALK_CONVERSATIONS",
        Level.WARNING,
        lambda it: it.app_secrets and not it.conversations,
        mark("Commands are obeyed in every group, and DingTalk's signature does not cover what was said."),
        mark("ids of your groups; /whoami shows them"),
    ),
    Gap(
        "DINGTALK_GROUP_WEBHOOK",
        Level.WARNING,
        lambda it: _hears(it) and not (it.group_webhook or (it.app_key and it.conversations)),
        mark("No room is told of what breaks."),
        mark("the group robot's address; or DINGTALK_APP_KEY and DINGTALK_CONVERSATIONS"),
    ),
    Gap(
        "REPOS",
        Level.WARNING,
        lambda it: not it.repos,
        mark("No pull request can be touched."),
        mark("alias=owner/name,alias=owner/name"),
    ),
    Gap(
        "GITEE_TOKEN",
        Level.BROKEN,
        lambda it: it.repos and not it.gitee_tokens,
        mark("Pull requests can neither be read nor merged."),
        mark("a personal access token with user_info, projects, pull_requests"),
    ),
    Gap(
        "SERVICES",
        Level.WARNING,
        lambda it: not it.services,
        mark("Nothing can be tested, built or deployed."),
        mark("the names of your services"),
    ),
    Gap(
        "JENKINS_URL",
        Level.BROKEN,
        lambda it: _wants_jenkins(it) and not it.jenkins_url,
        mark("No job can be started."),
        mark("the root address, with https"),
    ),
    Gap(
        "JENKINS_USER",
        Level.BROKEN,
        lambda it: _wants_jenkins(it) and not it.jenkins_user,
        mark("No job can be started."),
        mark("a service account"),
    ),
    Gap(
        "JENKINS_TOKEN",
        Level.BROKEN,
        lambda it: _wants_jenkins(it) and not it.jenkins_tokens,
        mark("No job can be started."),
        mark("the service account's API token, not its password"),
    ),
    Gap(
        "GITLAB_TOKEN",
        Level.BROKEN,
        lambda it: it.gitlab_projects and not it.gitlab_tokens,
        mark("No pipeline can be started, and none becomes a version."),
        mark("an access token with the scope api and the role Maintainer"),
    ),
    Gap(
        "GITLAB_PROJECTS",
        Level.WARNING,
        lambda it: it.gitlab_tokens and not it.gitlab_projects,
        mark("No service is built on GitLab."),
        "myservice=group/project@main",
    ),
    Gap(
        "TRELLO_DONE_LIST",
        Level.WARNING,
        lambda it: it.tracker == "trello" and not it.trello_done_list,
        mark("What is done stays on the board: nothing is archived."),
        mark("the id of the list of what is done"),
    ),
    Gap(
        "ADMINS",
        Level.WARNING,
        lambda it: not it.admins,
        mark("Nobody can lock an environment, or stop everything."),
        mark("DingTalk staff ids; /whoami shows yours"),
    ),
    Gap(
        "MAINTAINERS",
        Level.WARNING,
        _nobody,
        mark("Nobody can approve, merge or deploy."),
        mark("DingTalk staff ids; /whoami shows yours"),
    ),
    Gap(
        "CRON_SECRET",
        Level.BROKEN,
        lambda it: it.runtime is not Runtime.PROCESS and not it.cron_secrets,
        mark("/tick is off, so nothing is followed, and nothing told later."),
        mark("any long text, the same in what calls /tick"),
    ),
    Gap(
        "DATABASE_URL",
        Level.WARNING,
        lambda it: it.temporary_state,
        mark("Records are temporary: each instance has its own, and they are lost with it."),
        "postgresql://USER:PASSWORD@HOST/DATABASE",
    ),
)


class _Asked(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env, self.names = env, set[str]()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._env[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._env)

    def __len__(self) -> int:
        return len(self._env)


@dataclass(frozen=True)
class Reading:
    """What an environment comes to; `settings` is None when something is wrong with it."""

    settings: Settings | None
    problems: tuple[str, ...]
    given: frozenset[str]  # names
    absent: frozenset[str]


def read(env: Mapping[str, str]) -> Reading:
    """Read the settings, and note the name of every variable that is read."""
    asked, settings, problems = _Asked(env), None, list[str]()
    try:
        settings = load(asked)
    except ConfigurationError as problem:
        problems = problem.problems
    names = asked.names - _OF_THE_PLATFORM
    given = frozenset(name for name in names if env.get(name, "").strip())
    return Reading(settings, tuple(problems), given, frozenset(names - given))


def variables(reading: Reading) -> Iterator[Finding]:
    """Every variable: wrong, set, left at its default, or missing."""
    wrong, missing = set[str](), list[Gap]()
    for problem in reading.problems:
        names, _, sentence = problem.partition(": ")
        wrong |= set(names.split(", "))
        yield broken(names, (sentence,), "\n".join(map(setting, names.split(", "))))
    what = plain(line("Variables"))
    if reading.settings is None:
        yield broken(what, line("Until these are mended nothing works, and nothing else can be checked."))
    else:
        missing = [gap for gap in GAPS if gap.when(reading.settings)]
    yield works(what, line("Set: {names}", names=_listed(reading.given - wrong)))
    absent = reading.absent - {gap.variable for gap in missing}
    yield works(what, line("Not set, so off or at their defaults: {names}", names=_listed(absent)))
    for gap in missing:
        yield Finding(gap.level, gap.variable, line(gap.costs), setting(gap.variable, line(gap.hint)))


def _listed(names: Iterable[str]) -> Line:
    return join([Code(name) for name in sorted(names)], ", ") or ("—",)
