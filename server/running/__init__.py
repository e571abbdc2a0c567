"""Running it: worker processes, limits at the door, health, logs, metrics, traces."""
