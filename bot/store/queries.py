"""Named queries of one kind of record, and their rows as typed values."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import aiosql
from pydantic import TypeAdapter

from bot.store.database import Database

SQL = Path(__file__).parent / "sql"

T = TypeVar("T")
_adapters: dict[Any, TypeAdapter[Any]] = {}


class Queries:
    """The queries of one .sql file; a dialect's own file replaces those it has under the same name."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database, self._kind = database, kind

    def one(self, name: str, /, **values: Any) -> Mapping[str, Any] | None:
        """The first row, or None."""
        with self._database.lent() as connection:
            row = self._query(name)(connection, **values)
            return None if row is None else dict(row)

    def all(self, name: str, /, **values: Any) -> list[Mapping[str, Any]]:
        """Every row, fetched before another thread has the connection."""
        with self._database.lent() as connection:
            return [dict(row) for row in self._query(name)(connection, **values)]

    def change(self, name: str, /, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        with self._database.lent() as connection:
            return int(self._query(name)(connection, **values))

    def _query(self, name: str) -> Any:
        own = _loaded(f"{self._database.dialect}/{self._kind}", self._database.driver)
        return getattr(own, name, None) or getattr(_loaded(self._kind, self._database.driver), name)


@cache
def _loaded(path: str, driver: str) -> Any:
    file = SQL / f"{path}.sql"
    return aiosql.from_path(file, driver) if file.exists() else None


def typed(kind: type[T], row: Mapping[str, Any]) -> T:
    """A row as a value of this kind; raises pydantic's ValidationError when it is none."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    value: T = _adapters[kind].validate_python(row)
    return value
