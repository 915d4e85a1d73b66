"""Review and test: pass them, and change who is asked. Both work the same way."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from sandbox.gitee.call import Call
from sandbox.gitee.commons import Permission, User
from sandbox.gitee.gates import Gate
from sandbox.gitee.merging import require_open
from sandbox.gitee.pulls import Action, Pull
from sandbox.gitee.refusals import NOT_INVITED, Refused, forbidden, invalid
from sandbox.gitee.repo import Repo


@dataclass(frozen=True)
class GateApi:
    """The four calls of one gate; `field` is the parameter that lists people."""

    field: str
    action: Action
    passed: str
    of: Callable[[Pull], Gate]

    def accept(self, call: Call) -> Response:
        """Say yes. The answer is 204 without a body, although the description declares 201."""
        repo, pull = call.pull()
        someone = call.someone()
        # Whether Gitee refuses a vote for what is closed or merged is unproven.
        require_open(pull)
        if call.flag("force"):
            self._force(repo, pull, someone)
        else:
            self._accept(repo, pull, someone)
        pull.note(someone, self.action, self.passed)
        return Response(status_code=204)

    def ask(self, call: Call) -> Response:
        """Put people on the list."""
        repo, pull = call.pull(Permission.WRITE)
        logins = self._known(call)
        self.of(pull).ask(logins)
        return self._changed(call, repo, pull, Action.ASSIGN, status=201)

    def dismiss(self, call: Call) -> Response:
        """Take people off the list."""
        repo, pull = call.pull(Permission.WRITE)
        self.of(pull).dismiss(self._known(call))
        return self._changed(call, repo, pull, Action.ASSIGN)

    def reset(self, call: Call) -> Response:
        """Take back one's own yes; an admin can take back everybody's."""
        repo, pull = call.pull()
        someone, everybody = call.someone(), call.flag("reset_all")
        if everybody and repo.permission(someone) < Permission.ADMIN:
            raise forbidden(Permission.ADMIN)
        self.of(pull).reset(None if everybody else someone.login)
        return self._changed(call, repo, pull, Action.RESET)

    def _accept(self, repo: Repo, pull: Pull, someone: User) -> None:
        # What Gitee answers to somebody who was not asked is unproven.
        invited = someone.login in self.of(pull).people
        if not invited and repo.permission(someone) < Permission.WRITE:
            raise Refused(403, NOT_INVITED)
        self.of(pull).accept(someone.login)

    def _force(self, repo: Repo, pull: Pull, someone: User) -> None:
        if repo.permission(someone) < Permission.ADMIN:
            raise forbidden(Permission.ADMIN)
        self.of(pull).forced = True

    def _known(self, call: Call) -> list[str]:
        call.required(self.field)
        logins = call.words(self.field)
        if not set(logins) <= set(call.world.commons.users):
            raise invalid(self.field)
        return logins

    def _changed(self, call: Call, repo: Repo, pull: Pull, action: Action, *, status: int = 200) -> Response:
        pull.note(call.someone(), action, f"更新了 {self.field}")
        return JSONResponse(call.views.pull(repo, pull), status_code=status)


REVIEW = GateApi("assignees", Action.REVIEW, "审查通过", lambda pull: pull.review)
TEST = GateApi("testers", Action.TEST, "测试通过", lambda pull: pull.test)
