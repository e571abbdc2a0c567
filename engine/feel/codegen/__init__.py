"""From a tree to Python code. `engine.feel.compiler` is its only user."""
