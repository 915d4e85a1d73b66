"""One command line being carried out: who asks, where, and what they may use."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot import parsing
from bot.comments import pull_of
from bot.rights import Role, highest_role
from bot.settings import Repo, Settings
from integrations.model import InboundMessage

if TYPE_CHECKING:
    from bot.jobs import BuildServer
    from bot.pulls import CodeHost
    from bot.store import Store
    from bot.versions.server import Pipelines


class Tools(Protocol):
    """What commands work with."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> "Store": ...
    def code_host(self, repo: Repo) -> "CodeHost": ...
    def build_server(self, job: str) -> "BuildServer": ...
    def pipelines(self) -> "Pipelines": ...
    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Ask:
    """A handler's first argument."""

    tools: Tools
    message: InboundMessage
    command: parsing.Command
    dry_run: bool = False

    @property
    def settings(self) -> Settings:
        return self.tools.settings

    @property
    def store(self) -> "Store":
        return self.tools.store

    @property
    def staff_id(self) -> str:
        """The asker's staff id; empty when nobody vouches for it."""
        return self.message.staff_id

    @property
    def who(self) -> str:
        """The asker for people to read: a name, without anybody's markup, and the id that counts."""
        return named(self.message.name, self.staff_id)

    @property
    def login(self) -> str:
        """The asker's login on the code host, by an explicit pair only."""
        return self.settings.gitee_users.get(self.staff_id, "") if self.staff_id else ""

    @property
    def role(self) -> Role:
        """The highest role the asker has in this conversation."""
        return highest_role(self.settings, self.staff_id, conversation=self.message.conversation_id)

    @property
    def default_repo(self) -> Repo | None:
        """The repo that is meant where none is named: of the pull request above, of this room, of all."""
        pull = pull_of(self.settings, self.message.conversation_id)
        if pull:
            return pull[0]
        own = self.settings.conversation_configs.get(self.message.conversation_id)
        if own and own.default_repo:
            return next(repo for repo in self.settings.repos if repo.alias == own.default_repo)
        return self.settings.default_repo

    def environments(self, service: str) -> tuple[str, ...]:
        """The environments that this service may go to from this room, in the configured order."""
        allowed = self.settings.environments
        for own in (
            self.settings.service_configs.get(service),
            self.settings.conversation_configs.get(self.message.conversation_id),
        ):
            if own and own.environments is not None:
                allowed = tuple(name for name in allowed if name in own.environments)
        return allowed


def named(name: str, staff_id: str) -> str:
    """Somebody for people to read: a name, without anybody's markup, and the id that counts."""
    plain_name = re.sub(r"[^\w .·-]", "", name) or "?"
    return f"{plain_name} ({staff_id})" if staff_id and staff_id != plain_name else plain_name
