"""The parts of the static check; `engine.feel.check` is its face."""
