"""Settings of the property tests of the expression language."""

from hypothesis import settings

# How long an example takes says nothing: the machine may be busy.
settings.register_profile("feel", deadline=None)
settings.load_profile("feel")
