"""What a job's trace looks like: colours, and the marks around its sections.

docs.gitlab.com/ci/jobs/job_logs describes the sections; the words are those of GitLab Runner.
"""

import shlex
import time
from collections.abc import Iterable

CLEAR = "\x1b[0K"
PLAIN, BOLD, RED, CYAN = "\x1b[0;m", "\x1b[32;1m", "\x1b[31;1m", "\x1b[36;1m"
NOT_SHOWN = "# collapsed multi-line command"
CANCELED = f"{RED}ERROR: Job failed: canceled{PLAIN}\n"


def opening(sha: str, ref: str) -> str:
    """The lines before the first command."""
    return (
        f"{CLEAR}Running with gitlab-runner 17.8.0 (sandbox){PLAIN}\n"
        + _begin("get_sources")
        + f"{CLEAR}{CYAN}Getting source from Git repository{PLAIN}\n"
        + f"{BOLD}Checking out {sha[:8]} as detached HEAD (ref is {ref})...{PLAIN}\n"
        + _end("get_sources")
        + _begin("step_script")
        + f'{CLEAR}{CYAN}Executing "step_script" stage of the job script{PLAIN}\n'
    )


def script(commands: Iterable[str]) -> str:
    """A shell script that says each command before it runs it, as the runner's does."""
    return "\n".join(f"printf '%s\\n' {shlex.quote(_said(one))}\n{one}" for one in commands)


def closing(code: int, *, archive: str = "") -> str:
    """The lines after the last command."""
    if code:
        return _end("step_script") + f"{RED}ERROR: Job failed: exit status {code}{PLAIN}\n"
    return _end("step_script") + (_uploaded(archive) if archive else "") + f"{BOLD}Job succeeded{PLAIN}\n"


def _uploaded(archive: str) -> str:
    name = "upload_artifacts_on_success"
    return (
        _begin(name) + f"{CLEAR}{CYAN}Uploading artifacts for successful job{PLAIN}\n{archive}\n" + _end(name)
    )


def _said(command: str) -> str:
    first, *more = command.split("\n")
    return f"{BOLD}$ {first}{f' {NOT_SHOWN}' if more else ''}{PLAIN}"


def _begin(section: str) -> str:
    return f"section_start:{int(time.time())}:{section}\r{CLEAR}"


def _end(section: str) -> str:
    return f"section_end:{int(time.time())}:{section}\r{CLEAR}"
