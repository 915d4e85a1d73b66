"""The pipelines that make versions: the account, and for each project whether it may build there."""

from collections.abc import Iterator
from functools import partial

from bot.doctor.findings import Finding, broken, failed, setting, warning, works
from bot.doctor.systems import ALL_OF_ONE, AT_ONCE, EACH, PipelineServer, Site, signed_in
from bot.doctor.together import side_by_side
from bot.reply import Code, line
from bot.settings import Project
from integrations.errors import IntegrationError, NotFound
from integrations.model import Job
from integrations.model.account import Access
from integrations.transport import deadline, rehearsing


def gitlab(site: Site) -> Iterator[Finding]:
    """The token, and every project that it should build."""
    settings = site.settings
    if not settings.gitlab_tokens:
        return
    server = site.gitlab()
    url = setting("GITLAB_URL", line("the root address, with https"))
    token = setting("GITLAB_TOKEN", line("an access token with the scope api and the role Maintainer"))
    with rehearsing():  # what would write raises
        account = yield from signed_in("GitLab", server.account, site.now, url=url, credential=token)
        if account:
            checks = {
                f"{service} ({one.path})": partial(_project, server, service, one, account.name, token)
                for service, one in settings.gitlab_projects.items()
            }
            yield from side_by_side(checks, within=ALL_OF_ONE, at_once=AT_ONCE)


def _project(
    server: PipelineServer, service: str, project: Project, login: str, token: str
) -> Iterator[Finding]:
    what = f"{service} ({project.path})"
    entry = line("group/project as in its address; or let {login} in", login=login)
    fix = setting("GITLAB_PROJECTS", entry, value=f"{service}=group/project@{project.ref}")
    try:
        with deadline(EACH):
            job, access = server.find(f"{project.path}@{project.ref}"), server.access(project.path)
    except NotFound:
        told = line("GitLab has no such project, or hides it from {login}.", login=Code(login))
        yield broken(what, told, fix)
    except IntegrationError as problem:
        yield failed(what, problem, url=fix, credential=token)
    else:
        yield judged(what, job, access, ref=project.ref, login=login, token=token)


def judged(what: str, job: Job, access: Access, *, ref: str, login: str, token: str) -> Finding:
    """Whether pipelines can be started in a project, and what a low role costs."""
    if not job.buildable:
        settings = job.url.partition("/-/")[0] + "/edit"
        return broken(what, line("It is archived, or CI/CD is switched off in it."), settings)
    if access is Access.READ:
        told = line("The role of {login} is below Developer: no pipeline can be started.", login=Code(login))
        return broken(what, told, token)
    if access is Access.BUILD:
        costs = line(
            "{login} is a Developer: protected branches may refuse it, and the variables of other people's "
            "pipelines are known by the webhook alone.",
            login=Code(login),
        )
        return warning(what, costs, token)
    return works(what, line("Its versions are built on {ref}.", ref=Code(ref)))
