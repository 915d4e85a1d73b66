"""Who may come in, with a password or an API token, and the crumbs that passwords need."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

SALT = secrets.token_hex(16)


class Permission(StrEnum):
    """What somebody may do with every job."""

    READ = "Read"
    BUILD = "Build"
    CANCEL = "Cancel"


EVERYTHING = frozenset(Permission)


@dataclass(frozen=True)
class User:
    """One account; an empty password or token opens nothing."""

    id: str
    password: str = ""
    token: str = ""
    permissions: frozenset[Permission] = EVERYTHING


@dataclass(frozen=True)
class Visitor:
    """Who sent a request, and whether an API token proves it."""

    user: User
    by_token: bool = False


ANONYMOUS = User("anonymous", permissions=frozenset({Permission.READ}))


class Users:
    """All accounts, and the web sessions that crumbs are bound to."""

    def __init__(self) -> None:
        self.anonymous = ANONYMOUS
        self._users: dict[str, User] = {}
        self._sessions: set[str] = set()

    def add(self, user: User) -> None:
        """Make an account, or replace it."""
        self._users[user.id] = user

    def authenticate(self, name: str, secret: str) -> Visitor | None:
        """The visitor with this name whose password or API token it is."""
        user = self._users.get(name)
        if user and secret and secret in (user.token, user.password):
            return Visitor(user, by_token=secret == user.token)
        return None

    def open_session(self) -> str:
        """A new web session."""
        session = secrets.token_hex(16)
        self._sessions.add(session)
        return session

    def forget_sessions(self) -> None:
        """Drop every web session, as a restart does."""
        self._sessions.clear()

    def crumb(self, user: User, session: str) -> str | None:
        """The crumb of a session that is alive; hudson.security.csrf.DefaultCrumbIssuer."""
        if session not in self._sessions:
            return None
        return hashlib.sha256(f"{user.id};{session};{SALT}".encode()).hexdigest()
