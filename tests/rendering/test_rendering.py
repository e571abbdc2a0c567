"""Rulesets in words: expressions, criteria, and whole pages, over the shipped rulesets and one with every construct."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from browser import Browser
from pages import read
from shipped_rulesets import CATALOGUE
from typer.testing import CliRunner

import rulesets
from clients.cli import app
from engine import Ruleset, load
from engine.explanation.law import write_law
from engine.rendering import Wording, explain_criterion, render
from engine.ruleset.localized import Language

DATA = Path(__file__).parents[1] / "data"
GOLDENS = DATA / "rendering"
EVERY = DATA / "ruleset" / "good"
SHIPPED = CATALOGUE.list()
LANGUAGES: tuple[Language, ...] = ("vi", "en")
MANAGER = next(rulesets.FOLDER.rglob("public-employee-manager/2.0.0.yaml"))


@pytest.mark.parametrize("name", ["every-construct", "tables", "worded"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_expressions_read_as_sentences(
    name: str, language: Language, golden: Callable[[Path, str], None]
) -> None:
    file = GOLDENS / f"{name}.yaml"
    ruleset = load(file if file.exists() else EVERY / f"{name}.yaml")
    wording = Wording(ruleset, language)
    lines = [
        f"{criterion.name}: {' '.join(text.split())}\n    {wording.of(text)}\n"
        for criterion in ruleset.criteria
        for text in (criterion.expression, criterion.applies)
        if text
    ]
    golden(GOLDENS / f"{name}.{language}.expected", "".join(lines))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ruleset", SHIPPED, ids=repr)
def test_a_page_says_all_that_its_ruleset_says(ruleset: Ruleset, language: Language) -> None:
    html = render(ruleset, language)
    shown = read(html)
    texts = [ruleset.title, *(outcome.label for outcome in ruleset.outcomes)]
    texts += [fact.label for fact in ruleset.facts.values()]
    texts += [criterion.label for criterion in ruleset.criteria]
    texts += [gap.says for gap in ruleset.gaps]
    texts += [question.asks for question in ruleset.questions.values()]
    texts += [source.title for source in ruleset.sources.values()]
    texts += [table.label for table in ruleset.tables.values()]
    for text in texts:
        assert " ".join(text.in_(language).split()) in unescape(shown.text)
    for criterion in ruleset.criteria:
        assert write_law(criterion.citations, language) in shown.text
    assert {address.removeprefix("#") for address in shown.addresses} <= set(shown.ids)
    assert all(address.startswith("#") for address in shown.addresses), "it stands alone"
    assert len(shown.ids) == len(set(shown.ids))
    assert render(ruleset, language) == html


def test_a_question_is_linked_from_the_rules_it_touches() -> None:
    asked = [ruleset for ruleset in SHIPPED if ruleset.questions]
    assert asked
    for ruleset in asked:
        addresses = read(render(ruleset, "en")).addresses
        for question in ruleset.questions.values():
            if any(touched.startswith(("criteria.", "gaps.", "tables.")) for touched in question.touches):
                assert f"#q-{question.name}" in addresses


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_criterion_is_explained(language: Language, golden: Callable[[Path, str], None]) -> None:
    notes = [
        explain_criterion(load(MANAGER), name, language, cases={"met": "a case", "unknown": "another"})
        for name in ("served_six_months", "targets_exceeded", "not_disciplined", "absence_within_the_text")
    ]
    golden(GOLDENS / f"criteria.{language}.expected", "\n\n".join(note.text() for note in notes) + "\n")
    assert json.loads(json.dumps(notes[0].data))["criterion"] == "served_six_months"


def test_explain_shows_cases_of_the_file_beside_and_names_what_comes_near() -> None:
    done = CliRunner().invoke(app, ["ruleset", "explain", str(MANAGER), "targets_exceeded", "--lang", "en"])
    assert done.exit_code == 0
    assert "Shown by the cases:" in done.stdout
    data = CliRunner().invoke(
        app, ["ruleset", "explain", str(MANAGER), "targets_exceeded", "--format", "json"]
    )
    assert set(json.loads(data.stdout)) >= {"criterion", "met", "law", "decides", "cases"}
    lost = CliRunner().invoke(app, ["ruleset", "explain", str(MANAGER), "targets_exceded"])
    assert lost.exit_code == 2
    assert 'Did you mean "targets_exceeded"?' in lost.stderr


def test_render_writes_a_page_each_and_one_that_leads_to_them(tmp_path: Path) -> None:
    one = CliRunner().invoke(app, ["ruleset", "render", str(MANAGER), "--lang", "en"])
    assert one.exit_code == 0
    assert one.stdout.startswith("<!DOCTYPE html>")
    assert "with exactly 50 % of the targets exceeded" in one.stdout, "the cases are listed"
    out = tmp_path / "pages"
    done = CliRunner().invoke(app, ["ruleset", "render", str(MANAGER.parent), "--out", str(out)])
    assert done.exit_code == 0
    listed = read((out / "index.vi.html").read_text("utf-8")).addresses
    assert sorted(listed) == sorted(path.name for path in out.iterdir() if path.name != "index.vi.html")
    assert len(listed) == 2
    several = CliRunner().invoke(app, ["ruleset", "render", str(MANAGER.parent)])
    assert several.exit_code == 2
    assert "name a folder for their pages with --out" in several.stderr


@pytest.mark.parametrize("name", ["vn.nd90.public-employee.manager", "vn.nd335.civil-servant"])
def test_a_browser_shows_and_prints_it(browser: Browser, tmp_path: Path, name: str) -> None:
    ruleset = next(each for each in reversed(SHIPPED) if each.id == name)
    file = tmp_path / "page.html"
    file.write_text(render(ruleset, "vi"), encoding="utf-8")
    tab = browser.open(file.as_uri())
    for width in (360, 794, 1280):
        tab.set_width(width)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.emulate_print()
    assert tab.print()
    assert tab.requests == [file.as_uri()]
    assert tab.complaints == []
