"""From a tree to Python code. Its users are `engine.feel.compiler` and, for what a ruleset declares, `engine.fact_code`."""
