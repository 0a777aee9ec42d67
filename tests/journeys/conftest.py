"""Journeys begin where the actions' tests do: with articles, a series and readers."""

from tests.actions.conftest import articles, readers, series

__all__ = ["articles", "readers", "series"]
