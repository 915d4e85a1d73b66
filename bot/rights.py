"""Who may do what. Unset means nobody; `*` means everybody the platform vouches for."""

from enum import IntEnum, unique

from bot.comments import pull_of
from bot.language import mark
from bot.reply import Code, UserError, line
from bot.settings import Settings


@unique
class Role(IntEnum):
    """Each role may do what the ones before it may."""

    READER = 0
    DEVELOPER = 1
    MAINTAINER = 2
    ADMIN = 3


NAMES = {
    Role.READER: mark("reader"),
    Role.DEVELOPER: mark("developer"),
    Role.MAINTAINER: mark("maintainer"),
    Role.ADMIN: mark("admin"),
}

_VARIABLES = {Role.DEVELOPER: "DEVELOPERS", Role.MAINTAINER: "MAINTAINERS", Role.ADMIN: "ADMINS"}


def role_of(settings: Settings, staff_id: str, *, repo: str = "", service: str = "") -> Role:
    """The highest role of a staff id, for one repo alias or service where those have their own lists."""
    if not staff_id:
        return Role.READER
    lists = {
        Role.ADMIN: settings.admins,
        Role.MAINTAINER: settings.maintainers,
        Role.DEVELOPER: settings.developers,
    }
    own = settings.repo_configs.get(repo) or settings.service_configs.get(service)
    if own:
        lists[Role.MAINTAINER] = settings.maintainers if own.maintainers is None else own.maintainers
        lists[Role.DEVELOPER] = settings.developers if own.developers is None else own.developers
    return next((role for role, ids in lists.items() if staff_id in ids or "*" in ids), Role.READER)


def only_reads(settings: Settings, conversation: str) -> bool:
    """Whether nothing but reading is obeyed in this conversation.

    Below a pull request the hook's secret vouches, and the comment that was read again: no list is needed.
    """
    listed = not settings.conversations or conversation in settings.conversations
    return not listed and pull_of(settings, conversation) is None


def highest_role(settings: Settings, staff_id: str, *, conversation: str) -> Role:
    """The highest role of a staff id in any repo or service, asked for in this conversation."""
    if only_reads(settings, conversation):
        return Role.READER
    roles = [role_of(settings, staff_id)]
    roles += [role_of(settings, staff_id, repo=alias) for alias in settings.repo_configs]
    roles += [role_of(settings, staff_id, service=name) for name in settings.service_configs]
    return max(roles)


def require(
    settings: Settings, staff_id: str, role: Role, *, conversation: str, repo: str = "", service: str = ""
) -> None:
    """Refuse, with the variable to change, unless the asker has the role here."""
    require_somewhere(settings, staff_id, role, conversation=conversation)
    if role_of(settings, staff_id, repo=repo, service=service) < role:
        raise _lacking(staff_id, role, _list_of(settings, role, repo=repo, service=service))


def require_somewhere(settings: Settings, staff_id: str, role: Role, *, conversation: str) -> None:
    """Refuse whoever has the role nowhere, before their arguments are looked at."""
    if role is Role.READER:
        return
    if not staff_id:
        raise UserError(
            line("The chat does not vouch for who you are, so you can only read here."),
            line("Writing needs an app robot (DINGTALK_APP_SECRET) and a member of the robot's own company."),
        )
    if only_reads(settings, conversation):
        raise UserError(
            line("This group can only read."),
            line("To allow more, add {id} to DINGTALK_CONVERSATIONS.", id=Code(conversation)),
        )
    if highest_role(settings, staff_id, conversation=conversation) < role:
        raise _lacking(staff_id, role, _VARIABLES[role])


def _list_of(settings: Settings, role: Role, *, repo: str, service: str) -> str:
    """Where the ids are listed that count here: a variable, or a key of the file."""
    own = settings.repo_configs.get(repo) or settings.service_configs.get(service)
    key = _VARIABLES[role].lower()
    if own is None or getattr(own, key, None) is None:
        return _VARIABLES[role]
    table = f"repos.{repo}" if repo in settings.repo_configs else f"services.{service}"
    return f"[{table}] {key} (SAMPAN_CONFIG)"


def _lacking(staff_id: str, role: Role, variable: str) -> UserError:
    return UserError(
        line("This needs the role {role}, which you do not have.", role=line(NAMES[role])),
        line("Ask for your staff id {id} to be added to {variable}.", id=Code(staff_id), variable=variable),
    )
