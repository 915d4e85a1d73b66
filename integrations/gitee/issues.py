"""A tracker of cards in the issues of one Gitee repo; the calls are those of gitee.com/api/v5/swagger."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from integrations.errors import Garbled, NotFound, Refused
from integrations.gitee import protocol
from integrations.gitee.client import Connection, json_of
from integrations.gitee.protocol import VENDOR, Issue, IssueState
from integrations.markdown import markdown
from integrations.model import Line
from integrations.model.cards import Card, CardRef, NewCard

# No page of Gitee's gives these limits. GitLab, which it comes from, takes titles of 255 characters, and an
# older MySQL indexes 191: gitlab.com/gitlab-org/gitlab/-/issues/20090. A body is safe far below 65,535 bytes.
TITLE_LENGTH = 191
BODY_LENGTH = 10_000
COMMENT_LENGTH = 2_000  # as below a pull request
COMMENTS = 30
PER_PAGE = 100
CUT = "(…)"  # what a text ends with that was too long

Decoded = TypeVar("Decoded")


class GiteeIssues(Connection):
    """Keeps cards as issues of `repo`; raises IntegrationError, NotFound only for a card that is no more."""

    def __init__(self, url: str, tokens: Sequence[str], *, repo: str) -> None:
        super().__init__(url, tokens)
        self._owner, _, self._name = repo.partition("/")
        self._issues = f"/repos/{repo}/issues"

    def create(self, card: NewCard) -> Card:
        """Open an issue; its last line is the marker, by which it is found if the answer is lost."""
        text = markdown(card.lines, cut=CUT, limit=BODY_LENGTH - len(card.marker) - 2)
        body = f"{text}\n\n{card.marker}" if text else card.marker
        form = {"repo": self._name, "title": _title(card.title), "body": body}
        with _about_the_repo():
            answer = self._request("POST", f"/repos/{self._owner}/issues", data=form)
        return _card(_decoded(protocol.read_issue, answer))

    def find(self, ref: CardRef) -> Card | None:
        """The card of that id, or the newest open one with that marker; None if there is none."""
        if not ref.id and not ref.marker:
            return None
        issue = self._numbered(ref.id) if ref.id else self._marked(ref.marker)
        return _card(issue, self._comments(issue)) if issue else None

    def comment(self, card_id: str, lines: Sequence[Line]) -> None:
        """Write below an issue, open or closed."""
        form = {"body": markdown(lines, cut=CUT, limit=COMMENT_LENGTH)}
        json_of(self._request("POST", f"{self._path(card_id)}/comments", data=form))

    def close(self, card_id: str) -> None:
        """Close an issue; one that is closed or rejected stays what it is."""
        self._change(card_id, IssueState.CLOSED, closed=True)

    def reopen(self, card_id: str) -> None:
        """Open an issue again; one that is in progress stays so."""
        self._change(card_id, IssueState.OPEN, closed=False)

    def _change(self, number: str, state: IssueState, *, closed: bool) -> None:
        issue = self._issue(number)
        if issue.closed == closed:
            return
        # It has to be JSON, and a title that is not sent is blanked: kipyin/gitee-cli, src/api/issues.rs.
        change = {"repo": self._name, "title": issue.title, "state": str(state)}
        path = f"/repos/{self._owner}/issues/{quote(number, safe='')}"
        # The issue was there a moment ago. A 404 now ("project or enterprise") is about this call, which does
        # not reach an enterprise's issues: taken for a lost card it would have a new one made each time.
        with _about_the_repo():
            json_of(self._request("PATCH", path, json=change))

    def _numbered(self, number: str) -> Issue | None:
        try:
            return self._issue(number)
        except NotFound:
            return None

    def _issue(self, number: str) -> Issue:
        issue = _decoded(protocol.read_issue, self._request("GET", self._path(number)))
        if issue.number != number:
            raise Garbled(VENDOR, "another issue")
        return issue

    def _marked(self, marker: str) -> Issue | None:
        # Each state is a list of its own: `open` leaves out those somebody has begun to work on.
        for state in (IssueState.OPEN, IssueState.PROGRESSING):
            for issue in self._newest(state):
                if marker in map(str.strip, issue.body.splitlines()):
                    return issue
        return None

    def _newest(self, state: IssueState) -> tuple[Issue, ...]:
        query = {"state": str(state), "sort": "created", "direction": "desc", "per_page": PER_PAGE}
        with _about_the_repo():
            return _decoded(protocol.read_issues, self._request("GET", self._issues, params=query))

    def _comments(self, issue: Issue) -> tuple[str, ...]:
        """The newest comments, newest first; not asked for where the issue says it has none."""
        if issue.comments == 0:
            return ()
        query = {"order": "desc", "per_page": COMMENTS}
        try:
            answer = self._request("GET", f"{self._path(issue.number)}/comments", params=query)
        except NotFound:  # which the description has for "nothing there"
            return ()
        return _decoded(protocol.read_texts, answer)

    def _path(self, number: str) -> str:
        return f"{self._issues}/{quote(number, safe='')}"


@contextmanager
def _about_the_repo() -> Iterator[None]:
    """Keep a 404 that is not about one card from being taken for that."""
    try:
        yield
    except NotFound as problem:
        raise Refused(VENDOR, status=problem.status, message=problem.message) from None


def _decoded(decode: Callable[[object], Decoded], response: Any) -> Decoded:
    try:
        return decode(json_of(response))
    except protocol.Unreadable as problem:
        raise Garbled(VENDOR, str(problem)) from None


def _card(issue: Issue, comments: tuple[str, ...] = ()) -> Card:
    return Card(issue.number, issue.url, issue.closed, issue.labels, comments)


def _title(text: str) -> str:
    """One line that Gitee takes."""
    title = " ".join(text.split())
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
