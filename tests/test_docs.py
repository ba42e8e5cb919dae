"""The documentation cannot rot: every command, option, setting and module is described, and links lead somewhere."""

import re
from pathlib import Path

import typer.main

from api.settings import Settings, variable_of
from pincite.main import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
USING = (ROOT / "docs" / "using.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")])


def commands() -> dict[str, object]:
    """Every command by the words that call it, groups followed down."""
    found: dict[str, object] = {}
    pending = [("", typer.main.get_command(app))]
    while pending:
        words, command = pending.pop()
        children = getattr(command, "commands", {})
        if not children:
            found[words] = command
        pending += [(f"{words} {name}".strip(), child) for name, child in children.items()]
    return found


def test_every_command_and_every_option_is_documented() -> None:
    for words, command in commands().items():
        assert f"pincite {words}" in USING, words
        for parameter in command.params:  # type: ignore[attr-defined]
            for option in parameter.opts:
                if option.startswith("-") and option != "--help":
                    assert f"`{option}" in USING or f" {option}" in USING, f"{words} {option}"


def test_every_setting_is_documented_with_its_description() -> None:
    for name, field in Settings.model_fields.items():
        assert f"| `{variable_of(name)}` |" in USING, name
        assert field.description, name
        assert field.description in USING, name


def test_every_module_has_its_line_in_the_architecture() -> None:
    for package in ("index", "qa", "api", "eval", "pincite"):
        for path in (ROOT / package).glob("*.py"):
            if not path.name.startswith("__"):
                assert f"`{package}/{path.name}`" in ARCHITECTURE, path


def test_the_readme_shows_both_commands() -> None:
    assert "make demo" in README
    assert "make test" in README


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_dependency_says_why() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for block in re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            assert re.search(r'",\s+# \S', line), line
