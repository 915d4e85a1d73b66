"""Confirmation: a protected environment asks for a yes, from the same person or from a second one."""

from enum import Enum, unique

from bot.ask import Ask
from bot.builds import Kind, Plan
from bot.jobs import link
from bot.reply import Code, Line, Reply, Say, Strong, UserError, line
from bot.rights import Role, require
from bot.settings import Settings
from bot.store.confirmations import Confirmation, Shown
from bot.telling import what
from integrations.model import Job

GUESSES, GUESSING = 10, 600.0  # refused codes of one person within so many seconds


@unique
class Need(Enum):
    """Who has to say yes, and within how many seconds."""

    SAME_PERSON = 60.0
    SECOND_PERSON = 600.0


def needs(settings: Settings, plan: Plan) -> Need | None:
    """What a plan needs before it may start."""
    if plan.kind is not Kind.DEPLOY or not plan.environment:
        return None
    if plan.environment in settings.second_person:
        return Need.SECOND_PERSON
    return Need.SAME_PERSON if plan.environment in settings.protected else None


def ask_for(ask: Ask, plan: Plan, job: Job, need: Need) -> Reply:
    """Show the plan and keep it, letter by letter, until somebody says yes."""
    second = need is Need.SECOND_PERSON
    code = ask.store.confirmations.ask(
        Shown(plan, takes(job)),
        conversation=ask.message.conversation_id,
        staff_id=ask.staff_id,
        who=ask.who,
        second=second,
        seconds=need.value,
    )
    lines = [line("{what}: confirm it first.", what=what(plan)), *details(plan)]
    if second:
        lines.append(line("Another maintainer has to say yes within 10 minutes:"))
    else:
        lines.append(line("Say yes yourself within 60 seconds:"))
    return Reply.of(*lines, (Say(f"/confirm {code}", f"/confirm {code}"),))


def takes(job: Job) -> tuple[str, ...]:
    """The names of what a job takes; with another set of them it may do something else."""
    return tuple(sorted(one.name for one in job.parameters))


def details(plan: Plan) -> list[Line]:
    """Everything that is bound by the confirmation."""
    lines = [line("Job: {job}", job=Code(plan.job))]
    if plan.sha:
        lines.append(line("Commit: {sha}", sha=Code(plan.sha)))
    return lines + [(Code(f"{name}={value}"),) for name, value in sorted(plan.parameters.items())]


def found(ask: Ask, code: str) -> Confirmation:
    """What a code stands for here; raises UserError, and after many wrong ones without a look."""
    if ask.store.audit.refusals(ask.staff_id, "confirm", seconds=GUESSING) >= GUESSES:
        raise UserError(line("Too many of your codes were wrong. Wait ten minutes."))
    confirmation = ask.store.confirmations.look(code, conversation=ask.message.conversation_id)
    if confirmation is None:
        raise UserError(
            line("There is nothing to confirm by {code}: used, too late, or not for here.", code=Code(code))
        )
    return confirmation


def require_their_yes(ask: Ask, confirmation: Confirmation) -> None:
    """Refuse unless this person may say this yes, and who asked may still ask for it."""
    if confirmation.second and ask.staff_id == confirmation.staff_id:
        raise UserError(line("You asked for it yourself; another maintainer has to say yes."))
    if not confirmation.second and ask.staff_id != confirmation.staff_id:
        raise UserError(line("{who} asked for it, and has to say yes.", who=Strong(confirmation.who)))
    for staff_id in (ask.staff_id, confirmation.staff_id):
        require(
            ask.settings,
            staff_id,
            Role.MAINTAINER,
            conversation=ask.message.conversation_id,
            service=confirmation.plan.service,
        )


def use_up(ask: Ask, confirmation: Confirmation, job: Job) -> None:
    """Take the yes, once, if the job still takes what it took when it was shown."""
    if takes(job) != confirmation.shown.takes:
        told = line("The parameters of {job} have changed meanwhile; ask for it again.", job=link(job))
        raise UserError(told, line("Nothing was started."))
    if not ask.dry_run and not ask.store.confirmations.use(confirmation.code):
        raise UserError(line("Somebody was faster with {code}.", code=Code(confirmation.code)))
