"""What helps to write a ruleset: one to begin with, its layout, and schemas for editors."""

from engine.drafting.layout import format_text
from engine.drafting.new import NewRuleset, new_ruleset
from engine.drafting.schema import cases_schema, json_schema

__all__ = ["NewRuleset", "cases_schema", "format_text", "json_schema", "new_ruleset"]
