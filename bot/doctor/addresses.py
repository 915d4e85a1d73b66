"""The addresses that others call: whether they lead here, and what is to be pasted where."""

from collections.abc import Iterator

from bot.doctor.findings import Finding, broken, setting, warning, works
from bot.doctor.systems import EACH, Site
from bot.reply import Code, Line, line
from bot.settings import Runtime, Settings
from integrations.errors import IntegrationError
from integrations.transport import Session, deadline

MASK = "***"
WHAT = "PUBLIC_URL"


def public_url(site: Site) -> Iterator[Finding]:
    """Whether this installation answers under its own address."""
    base = site.settings.public_url
    fix = setting(WHAT, line("the address under which people and hooks reach this installation"))
    if not base:
        yield warning(WHAT, line("The addresses to paste into other systems cannot be told in full."), fix)
        return
    try:
        with deadline(EACH), Session(WHAT) as session:
            response = session.get(f"{base}/healthz")
        alive = response.status_code == 200 and response.json() == {"alive": True}
    except IntegrationError:
        # Not broken: many a network does not let its own machines reach it from outside.
        yield warning(WHAT, line("{url} cannot be reached from here.", url=Code(base)), fix)
        return
    except ValueError:
        alive = False
    if alive:
        yield works(WHAT, line("Sampan answers at {url}.", url=Code(base)))
    else:
        yield broken(WHAT, line("What answers at {url} is not Sampan.", url=Code(base)), fix)


def hooks(site: Site) -> Iterator[Finding]:
    """The address of each route that others call, and what it costs when one is off."""
    settings = site.settings
    base = settings.public_url or "https://..."
    if settings.chat_configured:
        yield _paste("DingTalk", f"{base}/chat/dingtalk", line("the robot's message address"))
    if settings.jenkins_url:
        yield from _jenkins(settings, base)
    if settings.gitee_tokens:
        yield from _gitee(settings, base)
    if settings.gitlab_projects:
        yield from _gitlab(settings, base)
    yield from _alerts(settings, base)
    if settings.runtime is not Runtime.PROCESS and settings.cron_secrets:
        where = line("what calls every minute, with the header Authorization: Bearer {mask}", mask=MASK)
        yield _paste("CRON_SECRET", f"{base}/tick", where)


def _jenkins(settings: Settings, base: str) -> Iterator[Finding]:
    if settings.jenkins_hook_tokens:
        where = line("each job's Notification endpoint (JSON, HTTP)")
        yield _paste("JENKINS_HOOK_TOKEN", f"{base}/hooks/jenkins/{MASK}", where)
        return
    costs = line("The hook is off: how a build ends is noticed only when Sampan looks, half a minute later.")
    hint = line("16 or more letters, digits, - and _; then paste {url}", url=f"{base}/hooks/jenkins/{MASK}")
    yield warning("JENKINS_HOOK_TOKEN", costs, setting("JENKINS_HOOK_TOKEN", hint))


def _gitee(settings: Settings, base: str) -> Iterator[Finding]:
    if settings.gitee_hook_tokens:
        where = line("each repository's WebHooks (Pull Request, comments), with the same password")
        yield _paste("GITEE_HOOK_TOKEN", f"{base}/hooks/gitee", where)
        return
    costs = line("The hook is off: new pull requests are not announced, and comments not obeyed.")
    hint = line("the password in Gitee's WebHooks; then paste {url}", url=f"{base}/hooks/gitee")
    yield warning("GITEE_HOOK_TOKEN", costs, setting("GITEE_HOOK_TOKEN", hint))


def _gitlab(settings: Settings, base: str) -> Iterator[Finding]:
    what, url = "GITLAB_HOOK_TOKEN", f"{base}/hooks/gitlab"
    if settings.gitlab_hook_tokens:
        where = line("each project's Webhooks (Pipeline events), with the same secret or signing token")
        yield _paste(what, url, where)
        return
    costs = line("The hook is off: how a pipeline ends is noticed only when Sampan looks, within a minute.")
    hint = line("the secret or signing token of GitLab's webhook; then paste {url}", url=url)
    yield warning(what, costs, setting(what, hint))


def _alerts(settings: Settings, base: str) -> Iterator[Finding]:
    what = "ALERT_HOOK_TOKEN"
    if settings.alert_hook_tokens:
        signed = line("Grafana's webhook contact point, with GRAFANA_HOOK_SECRET as its HMAC secret")
        bare = line("Grafana's webhook contact point; GRAFANA_HOOK_SECRET can have it signed")
        where = signed if settings.grafana_hook_secrets else bare
        yield _paste(what, f"{base}/hooks/grafana/{MASK}", where)
        yield _paste(what, f"{base}/hooks/alertmanager/{MASK}", line("Alertmanager's webhook_configs"))
    elif settings.grafana_hook_secrets:
        url = f"{base}/hooks/grafana/{MASK}"
        hint = line("16 or more letters, digits, - and _; then paste {url}", url=url)
        yield warning(what, line("The hook is off: no alert is heard."), setting(what, hint))


def _paste(what: str, url: str, where: Line) -> Finding:
    return works(what, line("{url} belongs in {where}.", url=Code(url), where=where))
