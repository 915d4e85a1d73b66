"""The optional TOML file for what outgrows environment variables; its path is SAMPAN_CONFIG."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar


@dataclass(frozen=True)
class RepoConfig:
    """[repos.ALIAS]: what is particular to one repository."""

    pr_job: str = ""
    hold_labels: tuple[str, ...] | None = None
    developers: tuple[str, ...] | None = None
    maintainers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ServiceConfig:
    """[services.NAME]: what is particular to one service."""

    test_job: str = ""
    build_job: str = ""
    deploy_job: str = ""
    release_refs: tuple[str, ...] = ()  # whose pipelines make versions, besides that of GITLAB_PROJECTS
    variables: tuple[str, ...] = ()  # those of its pipelines that people may give
    artifact: str = ""  # where a version lies: {service}/{number}, perhaps with {ref} and {sha}
    environments: tuple[str, ...] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    developers: tuple[str, ...] | None = None
    maintainers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Conversation:
    """[conversations."ID"]: what one group has for itself."""

    default_repo: str = ""
    environments: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ConfigFile:
    repos: Mapping[str, RepoConfig] = field(default_factory=dict)
    services: Mapping[str, ServiceConfig] = field(default_factory=dict)
    conversations: Mapping[str, Conversation] = field(default_factory=dict)


_TABLES: dict[str, type[Any]] = {
    "repos": RepoConfig,
    "services": ServiceConfig,
    "conversations": Conversation,
}

C = TypeVar("C")


def read_config(path: str, problems: list[str]) -> ConfigFile:
    """Read the file, if one is named; what is wrong with it is added to `problems`."""
    if not path:
        return ConfigFile()
    import tomllib

    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        problems.append("SAMPAN_CONFIG: names a file that cannot be read as TOML")
        return ConfigFile()
    _refuse_unknown(data, list(_TABLES), "", problems)
    return ConfigFile(
        **{name: _table(data.get(name, {}), name, kind, problems) for name, kind in _TABLES.items()}
    )


def _table(data: object, table: str, kind: type[C], problems: list[str]) -> dict[str, C]:
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        problems.append(f"SAMPAN_CONFIG: [{table}] must hold tables such as [{table}.name]")
        return {}
    return {name: _entry(entry, f"{table}.{name}", kind, problems) for name, entry in data.items()}


def _entry(data: dict[str, Any], where: str, kind: type[C], problems: list[str]) -> C:
    known = {one.name: one.default for one in fields(kind)}  # type: ignore[arg-type]
    _refuse_unknown(data, list(known), f"[{where}] ", problems)
    values: dict[str, Any] = {}
    for key in known.keys() & data.keys():
        value, wanted = _typed(data[key], text=known[key] == "", table=key == "parameters")
        if wanted:
            problems.append(f"SAMPAN_CONFIG: [{where}] {key} must be {wanted}")
        else:
            values[key] = value
    return kind(**values)


def _typed(value: Any, *, text: bool, table: bool) -> tuple[Any, str]:
    """The value as its field wants it, or what it should have been."""
    if table:
        good = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
        return value, "" if good else "a table of texts"
    if text:
        return value, "" if isinstance(value, str) else "a text"
    good = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return (tuple(value), "") if good else (value, "a list of texts")


def _refuse_unknown(data: dict[str, Any], known: list[str], where: str, problems: list[str]) -> None:
    for key in data.keys() - set(known):
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
        problems.append(f"SAMPAN_CONFIG: {where}{key} is not known; did you mean {near[0]}?")
