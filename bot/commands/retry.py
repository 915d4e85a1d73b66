"""/retry and /confirm: builds that start from what was kept of them."""

from bot.arguments import Mismatch
from bot.ask import Ask
from bot.builds import GITLAB, Build, Kind, Plan, State
from bot.commands.builds import own_variables
from bot.commands.status import build_id, require_right
from bot.confirming import found, require_their_yes, use_up
from bot.jobs import check
from bot.language import mark
from bot.launching import find_job, launch
from bot.locking import require_unlocked
from bot.registry import Argument, Group, command
from bot.reply import Code, Reply, Strong, UserError, line
from bot.rights import Role
from bot.store.audit import LATELY
from bot.store.confirmations import ALPHABET, LENGTH, Confirmation
from bot.telling import state_line

_GOOD = (State.SUCCEEDED, State.JOINED)


def _what_went_wrong(ask: Ask) -> Build:
    """The newest build of the asker's here, if it went wrong and they have tried nothing else since."""
    room = ask.message.conversation_id
    build = ask.store.builds.last_of(ask.staff_id, conversation=room)
    tried = ask.store.audit.newest_try_of(ask.staff_id, conversation=room, seconds=LATELY)
    old = build is None or ask.store.now() - build.at > LATELY * 1000
    if build is None or old or build.open or build.state in _GOOD or (tried and tried.at > build.at):
        example = Code("/retry b12")
        raise UserError(
            line("Nothing of yours failed here lately; name the build: {example}", example=example)
        )
    return build


@command(
    "retry",
    aliases=("重试",),
    summary=mark("Start a build again with the same parameters, or repeat your last command that failed"),
    group=Group.BUILDS,
    role=Role.DEVELOPER,
    arguments=(Argument("id", build_id, required=False, default=_what_went_wrong),),
    examples=("/retry b12", "/retry"),
)
def retry(ask: Ask, id: Build) -> Reply:
    """A new build of the same plan, with the rights, the locks and the lists of today."""
    require_right(ask, id)
    if id.open:
        raise UserError(
            line(
                "{id} is not over yet: {state}", id=Code(id.label), state=state_line(id, now=ask.store.now())
            )
        )
    require_offered(ask, id.plan)
    job = find_job(ask.tools, id.job)
    check(job, id.parameters)
    return launch(ask, id.plan, job)


def _code(ask: Ask, word: str) -> Confirmation:
    code = word.upper()
    if len(code) != LENGTH or set(code) - set(ALPHABET):
        raise Mismatch(line("{word} is not a code of mine.", word=Code(word)))
    return found(ask, code)


@command(
    "confirm",
    aliases=("确认",),
    summary=mark("Say yes to what Sampan has asked to confirm"),
    group=Group.BUILDS,
    role=Role.MAINTAINER,
    arguments=(Argument("code", _code),),
    examples=("/confirm K7F2QX",),
)
def confirm(ask: Ask, code: Confirmation) -> Reply:
    """Start exactly what was shown, if it still may be started; the code is used up when all else is well."""
    require_their_yes(ask, code)
    plan = code.plan
    require_offered(ask, plan)
    job = find_job(ask.tools, plan.job)
    check(job, plan.parameters)
    require_unlocked(ask.store, plan, now=ask.tools.now())
    use_up(ask, code, job)
    reply = launch(ask, plan, job, confirmed=True)
    if not code.second:
        return reply
    return Reply(reply.title, (*reply.lines, line("{who} had asked for it.", who=Strong(code.who))))


def require_offered(ask: Ask, plan: Plan) -> None:
    """Refuse what could not be asked for here today: lists change, and each room has its own."""
    if not (plan.service or plan.repo):  # the first Sampan kept the job alone: it may deploy to anywhere
        raise UserError(line("What that build was for was not kept; type its command again."))
    if plan.service and plan.service not in ask.settings.services:
        raise UserError(line("I do not know the service {word}.", word=Code(plan.service)))
    if plan.repo and plan.repo not in {repo.alias for repo in ask.settings.repos}:
        raise UserError(line("I do not know the repo {word}.", word=Code(plan.repo)))
    environments = ask.environments(plan.service)
    needed = plan.kind is Kind.DEPLOY and ask.settings.environments
    if (plan.environment or needed) and plan.environment not in environments:
        raise UserError(
            line(
                "{service} does not go to {environment} from here.",
                service=Code(plan.service),
                environment=Code(plan.environment or "—"),
            )
        )
    if plan.job.startswith(GITLAB):
        _require_its_project(ask, plan)
    if plan.kind is Kind.DEPLOY and plan.version:
        from bot.versions.choosing import chosen  # a cold start does not pay for it

        chosen(ask, plan.service, plan.version)


def _require_its_project(ask: Ask, plan: Plan) -> None:
    """Refuse a pipeline of another project than today's, or with variables that are no longer let through."""
    project = ask.settings.gitlab_projects.get(plan.service)
    if project is None or not plan.job.startswith(f"{GITLAB}{project.path}@"):
        raise UserError(line("{service} is not built there any more.", service=Code(plan.service)))
    own_variables(ask, plan.service, plan.parameters)
