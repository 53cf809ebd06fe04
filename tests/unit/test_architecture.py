"""The house keeps its shape: who may import what from outside, who may start a process, how large a room may be.

Law: these tests read sources and run nothing. Which room of ours may import which is import-linter's contract in pyproject.toml.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "slurmrest_inetd"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 250
# Data: as many rows as there are.
TABLES = ("fields", "words", "error_texts.py", "endpoints.py")

# A library from outside -> the room that alone may import it.
# fmt: off
ROOMS = {
    "h11":          ("wire",),
    "orjson":       ("envelope.py",),
    "jwt":          ("auth/jwt.py",),
    "cryptography": ("auth/jwt.py",),
    "yaml":         ("yaml_text.py",),
}
# fmt: on
# Whatever starts another program, or puts it in this one's place.
SPAWNERS = {
    "os": {"fork", "forkpty", "popen", "posix_spawn", "posix_spawnp", "system"},
    "subprocess": None,
    "multiprocessing": None,
    "pty": None,
}
SPAWNER_PREFIXES = ("exec", "spawn")
THE_SPAWNER = "slurm/command.py"
# Workers, which are this program still.
THE_FORKER = "listen/crew.py"
# What a cold exchange must not pay for (DESIGN.md, law 8), at import time: inside a function it may be wanted.
DEAR = {
    "argparse",
    "asyncio",
    "dataclasses",
    "datetime",
    "enum",
    "importlib.metadata",
    "logging",
    "pathlib",
    "subprocess",
}


def name_module(path: Path) -> str:
    """The module's place inside the package: ``auth/jwt.py``."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def parse_module(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def find_imports(nodes: Iterator[ast.AST]) -> Iterator[tuple[str, str]]:
    """Every (module, name) that is imported; the name is empty for ``import module``."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def is_spawner(module: str, name: str) -> bool:
    """Whether ``module.name`` starts another program."""
    if module not in SPAWNERS:
        return False
    names = SPAWNERS[module]
    return names is None or name in names or name.startswith(SPAWNER_PREFIXES)


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_a_module_says_what_lives_there(path: Path) -> None:
    assert ast.get_docstring(parse_module(path))


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    if not any(table in path.relative_to(PACKAGE).parts for table in TABLES):
        assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_each_library_has_one_importer(path: Path) -> None:
    place = name_module(path)
    for module, _ in find_imports(ast.walk(parse_module(path))):
        rooms = ROOMS.get(module.split(".")[0])
        assert rooms is None or any(place == room or place.startswith(f"{room}/") for room in rooms), (
            f"{place} imports {module}"
        )


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_one_module_starts_programs(path: Path) -> None:
    place, tree = name_module(path), parse_module(path)
    if place == THE_SPAWNER:
        return
    for module, name in find_imports(ast.walk(tree)):
        assert not is_spawner(module, name), f"{place} imports {module}.{name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_fork = place == THE_FORKER and node.attr == "fork"
            assert is_fork or not is_spawner(node.value.id, node.attr), f"{place} uses {node.value.id}.{node.attr}"


def test_the_spawner_uses_no_shell() -> None:
    for node in ast.walk(parse_module(PACKAGE / THE_SPAWNER)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"system", "popen", "shell"}


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_nothing_dear_is_imported_with_the_module(path: Path) -> None:
    for module, _ in find_imports(iter(parse_module(path).body)):
        assert module not in DEAR


def test_every_folder_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [name_module(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "common", "base", "misc"}
    # The API's own plugin is called util; it may keep its name.
    names = {
        part.removesuffix(".py")
        for path in MODULES
        for part in path.relative_to(PACKAGE).parts
        if "plugins" not in path.parts
    }
    assert not names & drawers
