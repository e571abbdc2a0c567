"""The page of a verdict: what it says, that it stands alone, and how a real browser shows and prints it."""

from __future__ import annotations

import base64
import re
from datetime import date
from pathlib import Path

import pytest
from browser import Browser
from example_records import FOLDER, verdict_on
from generated_rulesets import OUTCOMES, records, rulesets
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import CASES, language_of, page_of, read, verdict_of
from typer.testing import CliRunner

from clients.cli import app
from engine import evaluate
from engine.explanation.page import page
from engine.explanation.structure import build

A_DAY = date(2024, 12, 31)
A4_POINTS = (595, 842)
MOST_SHEETS = 4  # of 26 criteria with their law, and the place to sign
WIDTHS = (320, 794, 1280)  # pixels: a small telephone, a sheet of A4 on a screen, a desk


@pytest.mark.parametrize("name", CASES)
def test_a_page_shows_the_ladder_and_the_reasons(name: str) -> None:
    case = CASES[name]
    shown = read(page_of(case))
    assert shown.rungs == case["rungs"]
    for words in case["shows"]:
        assert words in shown.text


@pytest.mark.parametrize("name", CASES)
def test_a_page_says_all_that_the_explanation_says(name: str) -> None:
    case = CASES[name]
    explanation = build(verdict_of(case), language_of(case))
    text = read(page_of(case)).text
    assert explanation.result in text
    assert explanation.warning in text
    assert explanation.closing in text
    for section in explanation.sections:
        for entry in section.entries:
            for words in (entry.text, entry.law, *entry.items):
                assert " ".join(words.split()) in text


@pytest.mark.parametrize("name", CASES)
def test_a_page_stands_alone(name: str) -> None:
    shown = read(page_of(CASES[name]))
    assert shown.tags.isdisjoint({"script", "img", "link", "iframe", "object", "b", "i"})
    assert all(address.startswith("#") for address in shown.addresses)
    assert {address.removeprefix("#") for address in shown.addresses} <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))


def test_no_other_languages() -> None:
    verdict = verdict_of(CASES["a gate"])
    with pytest.raises(ValueError, match="no explanations in 'fr'"):
        page(verdict, "fr")  # type: ignore[arg-type] # what a caller without types may do


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_verdict_has_a_page_whose_ladder_agrees_with_it(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    verdict = evaluate(generated.ruleset, record, evaluated_on=A_DAY, foresight=True)
    html = page(verdict, data.draw(st.sampled_from(["vi", "en"])))
    rungs = dict(zip(reversed(OUTCOMES), read(html).rungs, strict=True))
    judgement = verdict.judgement
    reached = [outcome for outcome, state in rungs.items() if state == "reached"]
    assert reached == ([verdict.outcome] if verdict.outcome else [])
    open_ = [outcome for outcome, state in rungs.items() if state in ("possible", "in_gap")]
    assert open_[:1] == ([judgement.highest] if judgement.highest else [])
    assert open_[-1:] == ([judgement.lowest] if judgement.lowest else [])
    for why_not in judgement.why_not:
        if why_not.outcome is not None:
            assert rungs[why_not.outcome] in ("blocked", "limited", "possible", "in_gap")


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_same_verdict_gives_the_same_bytes(data: st.DataObject) -> None:
    generated = data.draw(rulesets())
    record = data.draw(records(generated))
    shuffled = dict(data.draw(st.permutations(list(record.items()))))
    pages = [page(evaluate(generated.ruleset, same, evaluated_on=A_DAY), "vi") for same in (record, shuffled)]
    assert pages[0].encode() == pages[1].encode()


def test_the_command_prints_the_page_and_whom_it_is_about() -> None:
    arguments = ["evaluate", "vn.nd90.public-employee", str(FOLDER / "02-good.json"), "--foresight"]
    result = CliRunner().invoke(app, [*arguments, "--format", "html"])
    assert result.exit_code == 0
    assert result.stdout == page(verdict_on("02-good"), "vi", subject="Trần Văn Bình")
    refused = CliRunner().invoke(app, [*arguments, "--format", "html", "--server", "localhost:1"])
    assert refused.exit_code == 2
    assert "leave out --server" in refused.stderr


def test_a_browser_shows_and_prints_every_page(
    browser: Browser, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for number, (name, case) in enumerate(CASES.items()):
        file = tmp_path / f"{number:02}.html"
        file.write_text(page_of(case), encoding="utf-8")
        with subtests.test(name):
            tab = browser.open(file.as_uri())
            visible = " ".join(str(tab.evaluate("document.body.innerText")).split())
            for words in case["shows"]:
                assert words in visible
            for width in WIDTHS:
                tab.set_width(width)
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
            file.with_suffix(".png").write_bytes(base64.b64decode(tab.screenshot()))

            tab.emulate_print()
            assert tab.evaluate("document.querySelector('.proof table').getBoundingClientRect().height") > 0
            pdf = base64.b64decode(tab.print())
            file.with_suffix(".pdf").write_bytes(pdf)
            sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
            assert {(round(float(w)), round(float(h))) for w, h in sizes} == {A4_POINTS}
            assert 1 <= len(re.findall(rb"/Type /Page\b", pdf)) <= MOST_SHEETS

            assert tab.requests == [file.as_uri()]
            assert tab.complaints == []
