"""Journeys begin where the actions' tests do: with articles, a series, readers and an issue."""

from tests.actions.conftest import articles, composed, issue, readers, series

__all__ = ["articles", "composed", "issue", "readers", "series"]
