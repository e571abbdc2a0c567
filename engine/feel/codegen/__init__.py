"""From a tree to Python code, for `engine.feel.compiler` and for what reads facts, `engine.fact_code`."""
