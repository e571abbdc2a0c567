"""What chuan costs, as ratios to others and to itself; `python -m bench` runs it and writes report.md."""
