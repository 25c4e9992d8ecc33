"""Moments as an operator reads them: local time of the exercise."""

from datetime import datetime
from zoneinfo import ZoneInfo


def told(moment: datetime | None, zone: str) -> str:
    return "" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")
