"""What Sampan needs of the server that runs the pipelines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from integrations.model.pipelines import Pipeline
from integrations.model.runs import Story


class Pipelines(Protocol):
    """Pipelines and what is new between commits; calls raise IntegrationError."""

    def pipeline(self, project: str, id: int) -> Pipeline: ...
    def pipelines(self, project: str, *, updated_after: datetime) -> Sequence[Pipeline]: ...
    def variables(self, project: str, id: int) -> Mapping[str, str] | None: ...
    def changes(self, project: str, old: str, new: str) -> Story: ...
