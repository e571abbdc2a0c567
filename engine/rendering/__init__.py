"""A ruleset in words: as a page to be read and signed off, and criterion by criterion."""

from engine.rendering.criterion import CriterionNote, explain_criterion
from engine.rendering.page import contents, render
from engine.rendering.wording import Wording

__all__ = ["CriterionNote", "Wording", "contents", "explain_criterion", "render"]
