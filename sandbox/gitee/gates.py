"""What Gitee asks before a merge: enough people of a list have to say yes."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Gate:
    """One such question, review or test: how many are needed, who was asked, and who said yes."""

    needed: int = 0
    people: dict[str, bool] = field(default_factory=dict)
    forced: bool = False

    @property
    def accepted(self) -> int:
        """How many said yes."""
        return sum(self.people.values())

    @property
    def passed(self) -> bool:
        """Whether a merge may go through; an admin can force that."""
        return self.forced or self.accepted >= self.needed

    def ask(self, logins: Iterable[str]) -> None:
        """Put people on the list; the answers of those on it stay."""
        for login in logins:
            self.people.setdefault(login, False)

    def dismiss(self, logins: Iterable[str]) -> None:
        """Take people off the list, with their answers."""
        for login in logins:
            self.people.pop(login, None)

    def accept(self, login: str) -> None:
        """This one says yes; saying it twice counts once."""
        self.people[login] = True

    def reset(self, login: str | None = None) -> None:
        """Forget one answer, or all of them and the force with them."""
        if login is None:
            self.forced = False
            self.people = dict.fromkeys(self.people, False)
        elif login in self.people:
            self.people[login] = False
