"""The build server: its account, and for each job whether it takes what Sampan sends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.builds import Kind
from bot.doctor.findings import Finding, Level, broken, failed, setting, works
from bot.doctor.systems import ALL_OF_ONE, AT_ONCE, EACH, BuildServer, Site, signed_in
from bot.doctor.together import side_by_side
from bot.jobs import SAMPAN_ID, VERSION_ID, VERSION_PATH
from bot.language import mark
from bot.reply import Code, Line, join, line
from bot.settings import Settings
from integrations.errors import IntegrationError, NotFound
from integrations.model import Job
from integrations.transport import deadline, rehearsing

# Which of our parameters each kind of job should define, and what follows when it does not.
WANTED: Mapping[Kind, Mapping[str, str]] = {
    Kind.DEPLOY: {
        "ENVIRONMENT": mark("It decides by itself where to, and a named environment is refused."),
        "VERSION": mark("A named version is refused."),
    },
    Kind.PULL: {
        "PR_NUMBER": mark("It is not told the number of the pull request."),
        "PR_SHA": mark("It may test another commit than the one that is then marked as tested."),
        "REPO": mark("It is not told the repository."),
    },
}
TOLD = (VERSION_ID, VERSION_PATH, "VERSION")  # what tells a job which version it deploys
UNMARKED = mark("Jenkins may make one build of two people's, and one whose trigger's answer is lost is lost.")


@dataclass(frozen=True)
class Expected:
    """A job that the configuration names, and what it should take."""

    job: str
    kind: Kind
    variable: str
    environments: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)  # the file's own
    registered: bool = False  # nothing is deployed but versions that were built on GitLab


def jenkins(site: Site) -> Iterator[Finding]:
    """The service account, and every job it should find."""
    settings = site.settings
    if not (settings.jenkins_url and settings.jenkins_user and settings.jenkins_tokens):
        return
    server = site.jenkins()
    url = setting("JENKINS_URL", line("the root address, with https"))
    token = setting("JENKINS_TOKEN", line("the API token of JENKINS_USER, not its password"))
    with rehearsing():  # what would write raises
        account = yield from signed_in("Jenkins", server.account, site.now, url=url, credential=token)
        if account:
            checks = {one.job: partial(_look, server, one, account.name) for one in expected(settings)}
            yield from side_by_side(checks, within=ALL_OF_ONE, at_once=AT_ONCE)


def expected(settings: Settings) -> list[Expected]:
    """The jobs behind each service and each repo's pull requests, each once."""
    jobs = []
    for service in settings.services:
        own = settings.service_configs.get(service)
        given = own.parameters if own else {}
        goes_to = settings.environments if own is None or own.environments is None else own.environments
        in_pipelines = service in settings.gitlab_projects  # which test and build it
        for kind in (Kind.DEPLOY,) if in_pipelines else (Kind.TEST, Kind.BUILD, Kind.DEPLOY):
            pattern = getattr(own, f"{kind}_job", "") or getattr(settings, f"{kind}_job")
            environments = goes_to if kind is Kind.DEPLOY else ()
            variable = f"JENKINS_{kind.upper()}_JOB"
            name = pattern.format(service=service)
            jobs.append(Expected(name, kind, variable, environments, given, registered=in_pipelines))
    for repo in settings.repos:
        if job := settings.pr_job_of(repo):
            jobs.append(Expected(job, Kind.PULL, "JENKINS_PR_JOB"))
    return jobs


def _look(server: BuildServer, wanted: Expected, login: str) -> Iterator[Finding]:
    fix = setting(wanted.variable, line("the job's name; or let {login} read and build it", login=login))
    try:
        with deadline(EACH):
            job = server.find(wanted.job)
    except NotFound:
        told = line("Jenkins has no such job, or hides it from {login}.", login=Code(login))
        yield broken(wanted.job, told, fix)
    except IntegrationError as problem:
        yield failed(wanted.job, problem, url=fix, credential=fix)
    else:
        yield judged(wanted, job)


def judged(wanted: Expected, job: Job) -> Finding:
    """Whether a job can be built and takes what it is to get; the mend goes into its `parameters` block."""
    if not job.buildable:
        return broken(job.name, line("The job is disabled."), f"{job.url}configure")
    told, fixes = _refuses(wanted, job)
    if wanted.registered and not any(map(job.parameter, TOLD)):
        names = join([Code(name) for name in TOLD], ", ")
        told.append(line("It takes none of {names}: every deploy is refused.", names=names))
        fixes += map(_definition, (VERSION_ID, VERSION_PATH))
    level = Level.BROKEN if told else Level.WARNING
    missing = _missing(wanted, job)
    for name, costs in missing.items():
        told.append(line("No {name}: {costs}", name=Code(name), costs=line(costs)))
        fixes.append(_definition(name, wanted.environments if name == "ENVIRONMENT" else ()))
    if not told:
        takes = join([Code(one.name) for one in job.parameters], ", ")
        return works(job.name, line("It takes {names}.", names=takes))
    return Finding(level, job.name, join(told, " "), "\n".join(dict.fromkeys(fixes)))


def _missing(wanted: Expected, job: Job) -> dict[str, str]:
    names = {**WANTED.get(wanted.kind, {}), SAMPAN_ID: UNMARKED}
    if wanted.kind is Kind.DEPLOY and not wanted.environments:
        del names["ENVIRONMENT"]
    if wanted.registered or job.parameter(VERSION_ID) or job.parameter(VERSION_PATH):
        names.pop("VERSION", None)
    names |= dict.fromkeys(wanted.parameters, mark("What SAMPAN_CONFIG has for it is not sent."))
    return {name: costs for name, costs in names.items() if job.parameter(name) is None}


def _refuses(wanted: Expected, job: Job) -> tuple[list[Line], list[str]]:
    """Values that will be sent and are not among those that the job offers."""
    told, fixes = list[Line](), list[str]()
    sent = {"ENVIRONMENT": wanted.environments} | {name: (one,) for name, one in wanted.parameters.items()}
    for parameter in job.parameters:
        lacking = [one for one in sent.get(parameter.name, ()) if one not in parameter.choices]
        if parameter.choices and lacking:
            names = join([Code(one) for one in lacking], ", ")
            told.append(line("{name} does not offer {values}.", name=Code(parameter.name), values=names))
            fixes.append(_definition(parameter.name, (*parameter.choices, *lacking)))
    return told, fixes


def _definition(name: str, choices: tuple[str, ...] = ()) -> str:
    # https://www.jenkins.io/doc/book/pipeline/syntax/#parameters
    return f"choice(name: '{name}', choices: {list(choices)})" if choices else f"string(name: '{name}')"
