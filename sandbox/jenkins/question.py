"""What a pipeline asks before it goes on: the `input` step."""

import hashlib
import threading
from dataclasses import dataclass, field


@dataclass(eq=False)
class Question:
    """One pause of a build; InputStep.getId makes the same kind of id out of the message."""

    message: str
    answered: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        """What it goes by in addresses."""
        return hashlib.sha256(self.message.encode()).hexdigest()[:32].capitalize()
