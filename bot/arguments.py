"""From the words of a line to the typed arguments of its command."""

import difflib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from bot.ask import Ask
from bot.comments import pull_of
from bot.language import mark
from bot.parsing import Word
from bot.registry import Argument, Option, Spec
from bot.reply import Code, Line, UserError, join, line
from bot.settings import Repo

# Gitee numbers pull requests in a 32 bit integer.
LARGEST = 2**31 - 1


class Mismatch(Exception):
    """A word that is not of this argument's kind; `lines` say why."""

    def __init__(self, *lines: Line) -> None:
        super().__init__()
        self.lines = lines


def bind(ask: Ask, spec: Spec, words: Iterable[Word]) -> dict[str, Any]:
    """The handler's keyword arguments; raises UserError with the usage and an example."""
    positional, options, pairs = _sort(spec, _spread(ask, list(words)))
    bound = _positional(ask, spec, positional)
    _fill(ask, spec, bound)
    for option in spec.options:
        bound[option.name] = _option(ask, spec, option, options)
    if spec.pairs:
        bound["pairs"] = pairs
    return bound


def usage(spec: Spec, *why: Line) -> UserError:
    """What was wrong, how the command goes, and one example."""
    lines = [*why, line("Usage: {usage}", usage=Code(spec.usage))]
    if spec.examples:
        lines.append(line("Example: {example}", example=Code(spec.examples[0])))
    return UserError(*lines)


def _sort(spec: Spec, words: list[Word]) -> tuple[list[Word], dict[str, str], dict[str, str]]:
    positional: list[Word] = []
    options: dict[str, str] = {}
    pairs: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        text = _hyphened(word)
        key, equals, value = text.partition("=")
        if text.startswith("--"):
            option = _known_option(spec, key[2:].lower(), word, valued=bool(equals))
            if option.convert is not None and not equals:
                value = next(waiting, Word("", 0)).text
            _once(spec, options, option.name, value)
        elif spec.pairs and equals and re.fullmatch(r"[A-Za-z_][\w.-]*", key):
            _once(spec, pairs, key, value)
        else:
            positional.append(word)
    _check_exclusive(spec, options)
    return positional, options, pairs


def _hyphened(word: Word) -> str:
    return re.sub(r"^(?:——?|––?|−−)(?=\w)", "--", word.text)  # phones turn two hyphens into a dash


def is_option(word: Word, option: Option) -> bool:
    """Whether a word is this option, which takes no value."""
    return _hyphened(word).lower() == f"--{option.name}"


def _once(spec: Spec, given: dict[str, str], name: str, value: str) -> None:
    if name.lower() in {one.lower() for one in given}:
        raise usage(spec, line("{name} is given twice.", name=Code(name)))
    given[name] = value


def _known_option(spec: Spec, name: str, word: Word, *, valued: bool) -> Option:
    found = next((option for option in spec.options if option.name == name), None)
    if found is None or (valued and found.convert is None):
        raise usage(spec, line("{option} is not an option of this command.", option=Code(word.text)))
    return found


def _check_exclusive(spec: Spec, given: dict[str, str]) -> None:
    groups: dict[str, list[str]] = {}
    for option in spec.options:
        if option.name in given and option.exclusive:
            groups.setdefault(option.exclusive, []).append(f"--{option.name}")
    for names in groups.values():
        if len(names) > 1:
            raise usage(spec, line("{options} contradict each other.", options=Code(" ".join(names))))


def _option(ask: Ask, spec: Spec, option: Option, given: dict[str, str]) -> Any:
    if option.name not in given:
        return False if option.convert is None else None
    if option.convert is None:
        return True
    if not given[option.name]:
        raise usage(spec, line("{option} needs a value.", option=Code(f"--{option.name}")))
    try:
        return option.convert(ask, given[option.name])
    except Mismatch as problem:
        raise usage(spec, *problem.lines) from None


def _positional(ask: Ask, spec: Spec, words: list[Word]) -> dict[str, Any]:
    bound: dict[str, Any] = {}
    waiting = list(words)
    why: list[Line] = []
    for argument in spec.arguments:
        bound[argument.name] = None
        if waiting:
            taken = waiting if argument.rest else waiting[:1]
            try:
                bound[argument.name] = argument.convert(ask, " ".join(word.text for word in taken))
                waiting = waiting[len(taken) :]
            except Mismatch as problem:
                why.extend(problem.lines)
                if not argument.skips:
                    raise usage(spec, *(why or [_too_many(waiting[0])])) from None
        elif argument.required and argument.default is None:
            raise _missing(spec, argument)
    if waiting:
        raise usage(spec, *(why or [_too_many(waiting[0])]))
    return bound


def _too_many(word: Word) -> Line:
    return line("{word} is one word too many.", word=Code(word.text))


def _fill(ask: Ask, spec: Spec, bound: dict[str, Any]) -> None:
    """Put defaults where nothing was given; raises UserError where there is no sensible one."""
    for argument in spec.arguments:
        if bound[argument.name] is None and argument.default:
            bound[argument.name] = argument.default(ask)
            if bound[argument.name] is None and argument.required:
                raise _missing(spec, argument)


def _missing(spec: Spec, argument: Argument) -> UserError:
    return usage(spec, line("{argument} is missing.", argument=Code(argument.usage)))


# A pasted address of a pull request stands for its number and its repo.

_PULL_PATH = re.compile(r"/([^/]+/[^/]+)/pulls/(\d+)(?:[/?#.].*)?$")


def _spread(ask: Ask, words: list[Word]) -> list[Word]:
    for index, word in enumerate(words):
        if word.text.startswith(("https://", "http://")):
            try:
                parts = urlsplit(word.text)
            except ValueError:  # no address, so no number either
                continue
            found = _PULL_PATH.search(parts.path)
            if found and parts.netloc.lower() == urlsplit(ask.settings.gitee_url).netloc.lower():
                number, repo = Word(found[2], word.at), Word(found[1], word.at)
                return [*words[:index], number, repo, *words[index + 1 :]]
        elif not _hyphened(word).startswith("--"):
            break  # an address in a reason is a part of the reason
    return words


# The kinds of words.


def pr_number(_: Ask, word: str) -> int:
    """233, #233 or !233."""
    digits = word.lstrip("#!！")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and 0 < int(digits) <= LARGEST):
        raise Mismatch(line("{word} is not a pull request number.", word=Code(word)))
    return int(digits)


def page_number(_: Ask, word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 6 and 0 < int(word) <= 1000):
        raise Mismatch(line("{word} is not a page number.", word=Code(word)))
    return int(word)


def repo(ask: Ask, word: str) -> Repo:
    """An alias or owner/name of the allow-list; a bare name if it is one only."""
    repos, wanted = ask.settings.repos, word.lower()
    for found in (
        [one for one in repos if one.alias.lower() == wanted],
        [one for one in repos if one.path.lower() == wanted],
        [one for one in repos if one.path.split("/")[1].lower() == wanted],
    ):
        if len({one.path for one in found}) == 1:
            return found[0]
        if found:
            choices = join([Code(f"{one.alias} = {one.path}") for one in found])
            raise Mismatch(line("{word} could be: {choices}", word=Code(word), choices=choices))
    raise Mismatch(
        line("I do not know the repo {word}.", word=Code(word)),
        known(mark("Known repos: {names}"), word, [one.alias for one in repos], "REPOS"),
    )


def service(ask: Ask, word: str) -> str:
    """A name of the allow-list."""
    found = next((one for one in ask.settings.services if one.lower() == word.lower()), None)
    if found is None:
        known_ones = known(mark("Known services: {names}"), word, ask.settings.services, "SERVICES")
        raise Mismatch(_no_service(ask, word), known_ones)
    return found


def _no_service(ask: Ask, word: str) -> Line:
    if word.lower() in map(str.lower, ask.settings.environments):
        return line("{word} is an environment; name the service before it.", word=Code(word))
    return line("I do not know the service {word}.", word=Code(word))


def text(_: Ask, word: str) -> str:
    return word


def reason(_: Ask, word: str) -> str:
    """A few words of why."""
    if not word or len(word) > 200:
        raise Mismatch(line("A reason has up to {n} characters.", n=200))
    return word


_UNITS = {"m": 60, "min": 60, "分钟": 60, "h": 3600, "小时": 3600, "d": 86_400, "天": 86_400}


def span_of_time(_: Ask, word: str) -> float:
    """30m, 2h or 7d, in seconds; 30分钟, 2小时, 7天 as well."""
    found = re.fullmatch(r"(\d{1,4})(m|min|h|d|分钟|小时|天)", word.lower())
    if not found or not int(found[1]) or int(found[1]) * _UNITS[found[2]] > 366 * 86_400:
        raise Mismatch(line("{word} is not a length of time such as 30m, 2h or 7d.", word=Code(word)))
    return float(int(found[1]) * _UNITS[found[2]])


def known(template: str, word: str, names: Iterable[str], variable: str) -> Line:
    """The names there are, nearest first, at {names} of the template."""
    ordered = sorted(
        names, key=lambda name: -difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio()
    )
    if not ordered:
        return line("None is configured: set {variable}.", variable=Code(variable))
    return line(template, names=join([Code(name) for name in ordered[:10]]))


def default_repo(ask: Ask) -> Repo:
    """The only sensible repo; never a guess."""
    if ask.default_repo is None:
        raise UserError(
            line("Which repo? Name it at the end of the command."),
            known(mark("Known repos: {names}"), "", [one.alias for one in ask.settings.repos], "REPOS"),
        )
    return ask.default_repo


REPO = Argument("repo", repo, required=False, default=default_repo)


def number_above(ask: Ask) -> int | None:
    """Of the pull request below which a comment stands."""
    pull = pull_of(ask.settings, ask.message.conversation_id)
    return pull[1] if pull else None


NUMBER = Argument("number", pr_number, default=number_above)
SERVICE = Argument("service", service)
