"""`python -m clients.cli`: the `chuan` command without its entry point."""

from clients.cli import main

main()
