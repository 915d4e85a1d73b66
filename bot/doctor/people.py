"""The people: whether those who approve and merge are known on the code host, too."""

from collections.abc import Iterator

from bot.doctor.findings import Finding, setting, warning, works
from bot.doctor.systems import Site
from bot.reply import Code, join, line, plain


def people(site: Site) -> Iterator[Finding]:
    """Who may approve and merge, and has no login in GITEE_USERS."""
    settings, known = site.settings, site.settings.gitee_users
    trusted = {*settings.admins, *settings.maintainers} - {"*"}
    lacking = sorted(trusted - set(known))
    if not settings.gitee_tokens or not trusted:
        return
    if not lacking:
        yield works(plain(line("People")), line("All maintainers and admins have a login on Gitee."))
        return
    ids = join([Code(one) for one in lacking], ", ")
    told = line("Whether a pull request is their own cannot be told: {ids}", ids=ids)
    pairs = ",".join([*(["..."] if known else []), *(f"{one}=LOGIN" for one in lacking)])
    yield warning("GITEE_USERS", told, setting("GITEE_USERS", value=pairs))
