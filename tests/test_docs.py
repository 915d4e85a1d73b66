"""The pages say what the code does: commands, variables, links, and the page that adds a command."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from bot import builds, commands
from bot.language import speaking, translate
from bot.registry import registry
from bot.rights import NAMES
from bot.settings import load

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
# Set by the platforms themselves, to be read and not to be set.
OF_THE_PLATFORM = {"AWS_LAMBDA_FUNCTION_NAME", "VERCEL"}

ADDING = ROOT / "docs" / "adding-a-command.md"
CONFIGURATION = ROOT / "docs" / "configuration.md"
OPERATING = ROOT / "docs" / "operating.md"
MERMAID_BLOCK = re.compile(r"^```mermaid\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
ALARMS = ("warning", "error", "exception")
FILE_BLOCK = re.compile(r"^`([\w./]+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SH_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOML_BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"""(?:\]\(|src="|href=")([^)"\s]+)""")
COPIED = ("api", "bot", "integrations", "sandbox", "tests/support", "pyproject.toml")

commands.load()


class Recording(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def rows(page: Path, *, key: str) -> dict[str, list[str]]:
    """The rows of a page's tables whose first cell is one code span like `key`: the other cells by it."""
    found = {}
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if cells and (span := re.fullmatch(rf"`({key})`", cells[0])):
            assert span[1] not in found, f"{page.name} has two rows for {span[1]}"
            found[span[1]] = cells[1:]
    return found


@pytest.mark.parametrize("language", READMES)
def test_the_table_of_commands_is_what_is_declared(language: str) -> None:
    with speaking(language):
        declared = {
            spec.usage: (translate(NAMES[spec.role]), {f"/{alias}" for alias in spec.aliases})
            for spec in registry.specs.values()
        }
    table = rows(READMES[language], key="/[^`]+")
    assert {usage: (cells[0], spans(cells[2])) for usage, cells in table.items()} == declared
    assert all(cells[1] for cells in table.values())


def spans(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def variables() -> set[str]:
    env = Recording()
    load(env)
    return env.asked - OF_THE_PLATFORM


@pytest.mark.parametrize("language", READMES)
def test_the_table_of_variables_is_what_is_read(language: str) -> None:
    table = rows(READMES[language], key="[A-Z][A-Z_]+")
    assert set(table) == variables()
    assert all(meaning for _default, meaning in table.values())


def test_env_example_has_what_is_read() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert {line.partition("=")[0] for line in lines if "=" in line and line[0] != "#"} == variables()


def test_the_toml_example_loads_and_has_every_key(tmp_path: Path) -> None:
    (example,) = TOML_BLOCK.findall(CONFIGURATION.read_text("utf-8"))
    file = tmp_path / "sampan.toml"
    file.write_text(example, "utf-8")
    names = {"REPOS": "web=acme/web", "SERVICES": "myservice", "ENVIRONMENTS": "staging,production"}
    settings = load({"SAMPAN_CONFIG": str(file), **names})
    for tables in (settings.repo_configs, settings.service_configs, settings.conversation_configs):
        (entry,) = tables.values()
        unset = type(entry)()
        assert all(getattr(entry, one.name) != getattr(unset, one.name) for one in fields(entry))


def test_the_diagram_of_a_build_is_the_table_that_the_code_obeys() -> None:
    assert MERMAID_BLOCK.findall(OPERATING.read_text("utf-8")) == [builds.diagram()]


def test_every_state_of_a_build_has_a_sentence() -> None:
    said = rows(OPERATING, key="[a-z_]+")
    assert set(said) == {state.value.replace(" ", "_") for state in builds.State}
    assert all(sentence for (sentence,) in said.values())


def test_every_alarming_log_line_is_explained() -> None:
    _, _, section = OPERATING.read_text("utf-8").partition("## What each log line means")
    explained = re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)
    assert set(explained) == alarms()
    assert len(explained) == len(set(explained))


def alarms() -> set[str]:
    """The templates of every line that the code logs above INFO."""
    files = [file for folder in ("api", "bot", "integrations") for file in (ROOT / folder).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return {ast.literal_eval(node.args[0]) for node in nodes if isinstance(node, ast.Call) and alarming(node)}


def alarming(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="log"), attr=level):
            return level in ALARMS
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = CODE_BLOCK.sub("", page.read_text("utf-8"))
    targets = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in targets if not resolves(page, link)] == []


def resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path) if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub and Gitee make addresses of them."""
    text = CODE_BLOCK.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_to_be_made_can_be_made(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    said = re.findall(r"^make +([\w-]+)", "".join(SH_BLOCK.findall(page.read_text("utf-8"))), re.MULTILINE)
    assert set(said) <= targets


def test_what_is_to_be_run_is_on_the_command_line() -> None:
    known = re.search(r"\{([\w,]+)\}", python(ROOT, "-m", "bot", "--help"))
    said = {word for page in PAGES for word in re.findall(r"-m bot (\w+)", page.read_text("utf-8"))}
    assert known and said <= set(known[1].split(","))


def test_third_party_has_what_is_required() -> None:
    required = re.findall(r"^[a-z][\w-]*", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    table = rows(ROOT / "THIRD_PARTY.md", key="[a-z][a-z0-9-]*")
    assert set(required) <= set(table)
    assert all(licence for licence, _what_for in table.values())


HELP = """
from pathlib import Path
import bot
from tests.support.bots import bot_and_room

here = Path.cwd()
assert Path(bot.__file__).is_relative_to(here), "this is not the copy"
with bot_and_room(here) as pair:
    assert "/hello [name]" in pair.ask("/help") and "/你好" in pair.ask("/help hello")
"""


def test_adding_a_command_works_as_the_page_says(tmp_path: Path) -> None:
    copy_to(tmp_path)
    written = dict(FILE_BLOCK.findall(ADDING.read_text("utf-8")))
    assert len(written) == 2
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    tests = [name for name in written if name.startswith("tests/")]
    assert "4 passed" in python(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    python(tmp_path, "-c", HELP)


def copy_to(folder: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def python(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
