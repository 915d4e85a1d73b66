"""--dry-run on every command that writes: the exact calls are shown, and nothing is called or kept."""

import re

import pytest

from bot import commands
from bot.incidents.intake import take_in
from bot.incidents.life import Kind as What
from bot.incidents.life import Signal, Verdict
from bot.registry import Spec, registry
from tests.bot.clockwork import Watch
from tests.bot.versions.stored import built, deploy, met

commands.load()

WRITING = [spec for spec in registry.specs.values() if spec.writes]
ADMIN = "lin"
NOTHING = "Nothing was done. I would call"
UNDOES = {
    "unlock": "/lock production x",
    "unhold": "/hold 1 x",
    "start": "/stop x",
    "unmute": "/mute nightly 2h x",
    "unpin": "/pin v1",
}


def deploy_two(watch: Watch) -> None:
    """Two versions that were built and deployed, one after the other."""
    for version in built(watch.store, 101, 102):
        watch.store.versions.lies_at(version.id, path=f"mall/{version.number}")
        deploy(watch.store, version.label)


def prepared(watch: Watch, spec: Spec) -> str:
    """A command's own example, in a town where it would work."""
    line = spec.examples[0].replace("myservice", "hello").replace("233", str(watch.new_pull().number))
    watch.jenkins.executors = 0
    if "b12" in line:
        watch.ask("/deploy hello staging 1.4")
        if spec.name != "cancel":
            watch.ask("/cancel b1")
            watch.tick()
        line = line.replace("b12", "b1")
    if "K7F2QX" in line:
        found = re.search(r"/confirm (\w{6})", watch.ask("/deploy hello production 1.4"))
        assert found
        line = line.replace("K7F2QX", found[1])
    if spec.name in ("ack", "close", "mute", "unmute"):
        broken = Signal(Verdict.FAILURE, 1, watch.store.now())
        take_in(watch.store, What.JOB, "nightly", [broken])
        line = line.replace("i7", "i1")
    if spec.name in ("pin", "unpin"):
        line = line.replace("v30", met(watch.store).label)
    if spec.name == "rollback":
        line = line.replace("hello", "mall")
        deploy_two(watch)
    if spec.name in UNDOES:
        watch.ask(UNDOES[spec.name])
    if spec.name == "merge":
        number = line.split()[1]
        watch.ask(f"/approve {number}", as_="chen")
        watch.ask(f"/test {number}", as_="chen")
    return line


def kept(watch: Watch) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store but what any message leaves there."""
    with watch.store.database.lent() as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = {row["name"] for row in found} - {"deliveries", "audit"}
        return {name: [tuple(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}


def writes(watch: Watch) -> list[str]:
    """What was written outside since the last look, in order for each system."""
    found = []
    for requests in (watch.town.gitee.requests, watch.jenkins.requests):
        calls = [(one.method, one.path) for one in requests]
        found += [f"{method} {path}" for method, path in calls if method not in ("GET", "HEAD")]
        requests.clear()
    return found


def shown(answer: str) -> list[str]:
    """The calls of an answer, without what would be sent."""
    return re.findall(r"^(?:Gitee|Jenkins): ([A-Z]+ \S+)", answer, re.MULTILINE)


@pytest.mark.parametrize("spec", WRITING, ids=lambda spec: str(spec.name))
def test_it_shows_the_calls_that_are_made_without_it(watch: Watch, spec: Spec) -> None:
    line = prepared(watch, spec)
    writes(watch)
    before, lines = kept(watch), len(list(watch.store.audit.everything()))
    answer = watch.ask(f"{line} --dry-run", as_=ADMIN)
    assert answer.startswith(NOTHING), answer
    assert writes(watch) == [] and kept(watch) == before
    assert len(list(watch.store.audit.everything())) == lines + 1
    real = watch.ask(line, as_=ADMIN)
    assert not real.startswith(NOTHING) and writes(watch) == shown(answer), real
    assert bool(shown(answer)) is not spec.own


def test_what_would_be_sent_is_shown_too(watch: Watch) -> None:
    number = watch.new_pull().number
    deploy = watch.ask("/deploy hello staging 1.4 DEBUG=true --dry-run", as_="chen")
    assert "Jenkins: POST /job/hello-deploy/buildWithParameters " in deploy
    assert "ENVIRONMENT=staging" in deploy and "VERSION=1.4" in deploy and "DEBUG=true" in deploy
    merge = watch.ask(f"/merge {number} --squash --dry-run", as_="chen")
    assert f"Gitee: PUT /api/v5/repos/acme/web/pulls/{number}/merge merge_method=squash" in merge
    watch.jenkins.executors = 0
    watch.ask("/deploy hello staging", as_="chen")
    assert "Jenkins: POST /queue/cancelItem id=" in watch.ask("/cancel b1 --dry-run", as_="chen")


def test_a_confirmation_is_named_and_not_made(watch: Watch) -> None:
    answer = watch.ask("/deploy hello production --dry-run", as_="chen")
    assert "It would ask for a confirmation first." in answer and "/confirm" not in answer


@pytest.mark.parametrize(
    ("line", "who", "told"),
    [
        ("/deploy hello --dry-run", "wu", "This needs the role maintainer"),
        ("/stop x --dry-run", "chen", "This needs the role admin"),
        ("/deploy hello nowhere --dry-run", "chen", "I do not know the environment nowhere."),
        ("/deploy hello COLOUR=red --dry-run", "chen", "the job defines no such parameter"),
        ("/status --dry-run", "chen", "--dry-run is not an option of this command."),
    ],
)
def test_it_is_refused_what_would_be_refused(watch: Watch, line: str, who: str, told: str) -> None:
    assert told in watch.ask(line, as_=who)


def test_locked_is_locked(watch: Watch) -> None:
    watch.ask("/lock staging 维护")
    assert "is locked." in watch.ask("/deploy hello staging --dry-run", as_="chen")
    watch.ask("/stop 维护")
    assert "Everything is stopped." in watch.ask("/build hello --dry-run", as_="wu")


def test_a_slot_that_is_taken_stays_whose_it_is(watch: Watch) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello staging", as_="chen")
    before = kept(watch)
    assert watch.ask("/deploy hello staging --dry-run", as_="chen").startswith(NOTHING)
    assert kept(watch) == before
