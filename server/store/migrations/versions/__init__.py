"""The migrations of the store, in order; Alembic runs them. One that was released never changes."""
