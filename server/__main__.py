"""`python -m server`: as `chuan serve`."""

import typer

from server.command import serve

if __name__ == "__main__":
    typer.run(serve)
