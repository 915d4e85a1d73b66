"""/status, /logs and /cancel: what was started, how far it is, and how to end it."""

import pytest

from bot.builds import Kind, Plan
from integrations.model import InboundMessage
from integrations.model import Kind as MessageKind
from tests.bot.clockwork import MakeBot, Watch
from tests.support.town import wait_until

HOSTILE = r"""
printf '# not a heading\n'
printf '[free beer](https://evil.example/) ![x](https://evil.example/i.png)\n'
printf '@all **bold** `code` <b>tag</b> dtmd://dingtalkclient/sendMessage?content=/merge\n'
exit 1
"""
LONG = "i=0; while [ $i -lt 200 ]; do printf '%0900d\\n' $i; i=$((i+1)); done; exit 1"


def deployed(watch: Watch, script: str, text: str = "/deploy hello", *, as_: str = "chen") -> None:
    """Ask for a deploy by this script, and wait for its end and for what is said of it."""
    watch.job(script=script)
    watch.ask(text, as_=as_)
    watch.jenkins.wait_for("hello-deploy")
    watch.tick()


def started(watch: Watch, number: int = 1) -> None:
    """Wait until the build runs, which the bot has not seen yet."""
    build = watch.store.builds.get(number)
    assert build and build.queue_id
    watch.jenkins.wait_started(build.queue_id)


def rows(answer: str) -> list[str]:
    return [text for text in answer.splitlines() if text and not text.startswith("@")]


# /status


def test_nothing_runs(watch: Watch) -> None:
    assert rows(watch.ask("/status", as_="guest")) == ["Nothing is under way."]
    assert rows(watch.ask("/status hello")) == ["I have started nothing of **hello** yet."]


def test_what_runs_and_what_was_deployed(watch: Watch) -> None:
    deployed(watch, "true", "/deploy hello staging 1.4")
    watch.job(script="sleep 20")
    watch.ask("/deploy hello staging 1.5", as_="chen")
    one, running, last, where = rows(watch.ask("/状态"))
    assert one == "1 build is under way"
    assert running.startswith("[b2](dtmd:") and "**hello 1.5** to **staging**: queued" in running
    assert last == "Last deployed:"
    assert where.startswith("**hello 1.4** on **staging**") and "陈默" in where and "[b1](dtmd:" in where
    watch.ask("/cancel b2")


def test_one_build_in_full_and_a_services_history(watch: Watch) -> None:
    deployed(watch, "exit 1", "/deploy hello staging 1.4 DEBUG=true")
    full = rows(watch.ask("/status b1"))
    assert full[0].startswith("b1 **hello 1.4** to **staging**: failed")
    assert "asked by 陈默 (chen)" in full[1] and "[hello-deploy #1](http" in full[1]
    assert full[2:5] == ["DEBUG=true", "ENVIRONMENT=staging", "VERSION=1.4"]
    assert "[log](dtmd:" in full[5] and "[try again](dtmd:" in full[5]
    head, row = rows(watch.ask("/status HELLO"))
    assert head == "The last of **hello**:" and row.startswith("[b1](dtmd:") and "failed" in row


def test_many_are_counted_and_the_newest_ten_shown(watch: Watch) -> None:
    message = InboundMessage(
        "d", 0, MessageKind.TEXT, "", "room", "", "", "chen", "u", "陈默", "", 0
    )  # fmt: skip
    for number in range(300):
        watch.store.builds.ask(message, Plan(Kind.BUILD, f"job-{number}", service="hello"), marked=True)
    head, *shown = rows(watch.ask("/status"))
    assert head == "300 builds are under way"
    assert [row[:6] for row in shown] == [f"[b{number}]" for number in range(300, 290, -1)]
    assert len(rows(watch.ask("/status hello"))) == 11


# /logs


@pytest.mark.parametrize(
    ("options", "lines"),
    [("", 15), (" --tail 3", 3), (" --tail=40", 40), (" --tail 100", 100)],
)
def test_the_end_of_a_log(watch: Watch, options: str, lines: int) -> None:
    deployed(watch, "seq 1 200")
    head, *shown, link = rows(watch.ask(f"/logs b1{options}"))
    assert head == "b1 **hello** to **staging**, the end of its log:"
    assert len(shown) == lines and shown[-2:] == ["200", "Finished: SUCCESS"]
    assert link.startswith("[hello-deploy #1](")


@pytest.mark.parametrize("word", ["0", "101", "0000500", "-1", "many", "1e2", "１2３4"])
def test_what_is_no_number_of_lines(watch: Watch, word: str) -> None:
    deployed(watch, "true")
    assert "is not a number of lines up to 100." in watch.ask(f"/logs b1 --tail {word}")


def test_a_log_that_grows_of_a_build_not_looked_at_since_it_was_queued(watch: Watch) -> None:
    watch.job(script="echo begun; sleep 20")
    watch.ask("/deploy hello", as_="chen")
    started(watch)
    wait_until(lambda: "begun" in watch.ask("/日志 b1"), seconds=5, every=0.1)
    watch.ask("/cancel b1")


def test_no_log_yet_and_none_any_more(watch: Watch) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello", as_="chen")
    assert "b1 has no log yet: queued" in watch.ask("/logs b1")
    watch.jenkins.executors = 4
    watch.jenkins.wait_for("hello-deploy")
    watch.tick()
    watch.jenkins.delete_build("hello-deploy", 1)
    assert "Jenkins does not know it, or hides it" in watch.ask("/logs b1")


def test_hostile_text_is_only_text(watch: Watch) -> None:
    deployed(watch, HOSTILE)
    answer = watch.ask("/logs b1")
    assert "](https://evil" not in answer and "](dtmd" not in answer
    assert "<b>" not in answer and "**bold" not in answer and "\n# " not in answer
    assert watch.town.room.replies[-1].mentions == ("林小满",)


def test_a_long_log_fits_a_message_and_says_that_it_was_cut(watch: Watch) -> None:
    deployed(watch, LONG)
    answer = watch.ask("/logs b1 --tail 100")
    assert len(answer.encode()) < 20_000
    assert "(cut: too long for one message)" in answer and "[hello-deploy #1](" in answer


# /cancel


def test_a_running_build_is_stopped_and_its_end_told(watch: Watch) -> None:
    watch.job(script="sleep 20")
    watch.ask("/deploy hello", as_="chen")
    started(watch)
    answer = rows(watch.ask("/cancel b1", as_="chen"))
    assert answer == ["I asked Jenkins to stop b1 **hello** to **staging**.", "I tell how it ended."]
    watch.jenkins.wait_for("hello-deploy")
    assert "stopped" in watch.tick()[0]
    assert "b1 is over: stopped" in watch.ask("/cancel b1", as_="chen")


def test_a_queued_one_leaves_the_queue(watch: Watch) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello", as_="chen")
    assert "I asked Jenkins to stop b1" in watch.ask("/取消 1", as_="chen")
    assert "cancelled before it began" in watch.tick()[0]
    assert watch.runs() == []


def test_one_that_waits_for_its_turn_never_starts_and_its_asker_hears_it(watch: Watch) -> None:
    watch.job(script="sleep 20")
    watch.ask("/deploy hello", as_="chen")
    assert "b2 **hello** to **staging** waits for its turn." in watch.ask("/deploy hello", as_="chen")
    assert rows(watch.ask("/cancel b2 --dry-run"))[0].startswith("Nothing was done. I would call nobody")
    assert rows(watch.ask("/cancel b2")) == ["b2 **hello** to **staging** will not start."]
    assert any(text.startswith("⏹ b2 **hello** to **staging**: cancelled") for text in watch.tick())
    started(watch)
    watch.ask("/cancel b1")
    watch.jenkins.wait_for("hello-deploy")
    watch.tick(after=60)
    watch.tick(after=60)
    assert len(watch.runs()) == 1


@pytest.mark.parametrize(
    ("who", "told"),
    [("wu", "This needs the role maintainer"), ("guest", "you can only read here")],
)
def test_who_may_not_start_it_may_not_stop_it(watch: Watch, who: str, told: str) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello", as_="chen")
    assert told in watch.ask("/cancel b1", as_=who)
    assert not [one for one in watch.jenkins.requests if one.path == "/queue/cancelItem"]
    watch.ask("/cancel b1")


def test_a_build_of_another_room_is_told_there(watch: Watch) -> None:
    watch.jenkins.executors = 0
    watch.ask("/deploy hello", as_="chen")
    answer = watch.ask("/cancel b1", as_="chen", conversationId="elsewhere")
    assert "I asked Jenkins to stop b1" in answer and "I tell how it ended" not in answer


def test_a_room_that_only_reads_reads(bot: MakeBot, watch: Watch) -> None:
    watch = bot(DINGTALK_CONVERSATIONS=watch.town.room.conversation_id)
    deployed(watch, "echo hello; exit 1")
    assert "failed" in watch.ask("/status b1", as_="chen", conversationId="elsewhere")
    assert "hello" in watch.ask("/logs b1", as_="chen", conversationId="elsewhere")
    for line in ("/cancel b1", "/retry b1", "/retry"):
        told = watch.ask(line, as_="chen", conversationId="elsewhere")
        assert "This group can only read." in told
