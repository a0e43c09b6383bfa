"""The key of a run: the instant it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import UsageError

__all__ = ["Run"]


@dataclass(frozen=True, order=True, slots=True)
class Run:
    """One run of the pipeline, named by an instant in UTC (Airflow's partition key, ``2018-09-14T03:00:00``).

    A run that is repeated under the same key changes nothing; another key is another run.
    """

    key: str

    @classmethod
    def parse(cls, key: str) -> Run:
        """Accept an ISO instant; without an offset it is UTC.

        Raises:
            UsageError: It is none.
        """
        try:
            time = datetime.fromisoformat(key)
        except ValueError:
            raise UsageError(f"{key!r} is no partition: give an instant such as 2018-09-14T03:00:00") from None
        return cls.at(time if time.tzinfo else time.replace(tzinfo=UTC))

    @classmethod
    def at(cls, time: datetime) -> Run:
        return cls(time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"))

    @classmethod
    def now(cls) -> Run:
        return cls.at(datetime.now(UTC))

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.key).replace(tzinfo=UTC)

    @property
    def day(self) -> str:
        """Hive partition, ``2018-09-14``."""
        return self.key[:10]

    @property
    def name(self) -> str:
        """For file names: the key without colons."""
        return self.key.replace(":", "")
