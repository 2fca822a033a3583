"""Speaks to vendors. Knows neither Django nor the database."""

from __future__ import annotations
