"""What went wrong outside, said to the room: the system's name, and what to do, never its raw words."""

from bot.language import mark
from bot.reply import Code, Line, line
from integrations import errors

_VARIABLES = {
    "Gitee": ("GITEE_URL", "GITEE_TOKEN"),
    "GitLab": ("GITLAB_URL", "GITLAB_TOKEN"),
    "Jenkins": ("JENKINS_URL", "JENKINS_USER, JENKINS_TOKEN"),
    "Trello": ("TRELLO_URL", "TRELLO_KEY, TRELLO_TOKEN"),
    "DingTalk": ("DINGTALK_WEBHOOK_HOSTS", "DINGTALK_APP_SECRET"),
}

# The first kind that fits is told.
_TOLD: tuple[tuple[type[errors.IntegrationError], str], ...] = (
    (
        errors.Busy,
        mark("{vendor} is busy with earlier requests of ours. Nothing was done; try again shortly."),
    ),
    (errors.NotSent, mark("{vendor} cannot be reached. Nothing was done.")),
    (errors.Unclear, mark("{vendor} did not answer in time.")),
    (
        errors.Garbled,
        mark("{vendor} answered with something else than its API does, a login page perhaps. Check {url}."),
    ),
    (errors.Unauthorized, mark("{vendor} refused Sampan's credential. Check {token}.")),
    (errors.Forbidden, mark("{vendor} does not let Sampan's account do that.")),
    (errors.NotFound, mark("{vendor} does not know it, or hides it from Sampan's account.")),
    (errors.TooMany, mark("{vendor} says we ask too often. Try again in a few minutes.")),
    (errors.Down, mark("{vendor} is having trouble ({status}). Try again later.")),
    (errors.Refused, mark("{vendor} refused ({status}).")),
    (errors.IntegrationError, mark("{vendor} failed.")),
)


def explain(problem: errors.IntegrationError) -> list[Line]:
    """The lines for the room about a failure outside."""
    url, token = _VARIABLES.get(problem.vendor, ("?", "?"))
    template = next(text for kind, text in _TOLD if isinstance(problem, kind))
    status = problem.status if isinstance(problem, errors.Refused) else 0
    told = line(template, vendor=problem.vendor, url=Code(url), token=Code(token), status=status)
    message = problem.message if isinstance(problem, errors.Refused) else ""
    return [told, line("It says: {message}", message=message)] if message else [told]


def no_time_left(lines: list[str]) -> list[Line]:
    """Name the lines of a message that were not reached."""
    return [line("No time was left for:"), *((Code(text),) for text in lines)]


def temporary() -> Line:
    """What a function without a database of its own owes to say."""
    return line("Sampan's records here are temporary: set {variable}.", variable=Code("DATABASE_URL"))
