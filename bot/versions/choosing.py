"""Which version is meant: by its name, or the newest that was built; and why one cannot be."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.builds import Plan
from bot.jobs import VERSION_ID, VERSION_PATH, link
from bot.launching import planned
from bot.reply import Code, Line, Say, UserError, join, line
from bot.versions.names import number_of
from bot.versions.states import State
from integrations.model import Job

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.store.versions import Version

NEAREST = 5


def is_registered(ask: "Ask", service: str) -> bool:
    """Whether nothing else than its versions can be deployed of a service."""
    return service in ask.settings.gitlab_projects


def chosen(ask: "Ask", service: str, word: str | None) -> "Version | None":
    """The version that a word of a deploy means, None for a text that is only the job's affair.

    Raises UserError for one that is unknown, or was not built.
    """
    if word is None:
        return _newest(ask, service)
    if number := number_of(word):
        return good(ask, service, number, word)
    if is_registered(ask, service):
        raise UserError(
            line("I know no version {word} of {service}.", word=Code(word), service=Code(service)),
            *_offer(ask.store.versions.good(service, at_most=NEAREST)),
        )
    return None


def _newest(ask: "Ask", service: str) -> "Version | None":
    newest = ask.store.versions.good(service, at_most=1)
    if not newest and is_registered(ask, service):
        told = line("No version of {service} was built yet.", service=Code(service))
        click = Say(f"/build {service}", f"/build {service}")
        raise UserError(told, line("To build one: {command}", command=click))
    if newest and (newest[0].path or is_registered(ask, service)):
        return good(ask, service, newest[0].id, newest[0].label)
    return None


def good(ask: "Ask", service: str, number: int, word: str) -> "Version":
    """A version of this service that was built; else UserError with those that are near."""
    versions = ask.store.versions
    found = versions.get(number)
    nearest = _offer(versions.good_near(service, number, at_most=NEAREST))
    if found is None or found.service != service:
        raise UserError(
            line("I know no version {word} of {service}.", word=Code(word), service=Code(service)), *nearest
        )
    if found.state != State.SUCCESS:
        raise UserError(
            line(
                "{version} of {service} was not built: {state}",
                version=Code(found.label),
                service=Code(service),
                state=found.state,
            ),
            *nearest,
        )
    if not found.path:
        raise UserError(line("I do not know where {version} lies.", version=Code(found.label)), *nearest)
    return found


def _offer(versions: Iterable["Version"]) -> list[Line]:
    names = [Code(one.label) for one in versions if one.path]
    return [line("Built: {names}", names=join(names))] if names else []


def planned_with(
    ask: "Ask",
    plan: Plan,
    version: "Version",
    *,
    ours: Mapping[str, str],
    given: Mapping[str, str],
) -> tuple[Plan, Job]:
    """Fit the deploy of a version to its job; UserError if a version that was named is not for that job."""
    told = {VERSION_ID: version.label, VERSION_PATH: version.path}
    named = plan.version or is_registered(ask, plan.service)
    if named:
        told["VERSION"] = version.label
    fitted, job = planned(ask, replace(plan, version=version.label), ours={**ours, **told}, given=given)
    if told.keys() & fitted.parameters.keys():
        return fitted, job
    if named:
        raise UserError(
            line("Nothing was started: {job} does not take a version.", job=link(job)),
            line("It has to define one of: {names}", names=join([Code(name) for name in told])),
        )
    return replace(fitted, version=""), job
