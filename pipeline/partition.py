"""The key of a run: the instant it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import UsageError

__all__ = ["ROW_BITS", "Run"]

ROW_BITS = 24  # bits of an article number that say which row of its run it is


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
            return cls.at(time if time.tzinfo else time.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            raise UsageError(f"{key!r} is no partition: give an instant such as 2018-09-14T03:00:00") from None

    @classmethod
    def at(cls, time: datetime) -> Run:
        return cls(time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"))

    @classmethod
    def now(cls) -> Run:
        return cls.at(datetime.now(UTC))

    @classmethod
    def named(cls, name: str) -> Run:
        """The run behind a file name, with or without its suffix."""
        stem = name.split(".")[0]
        return cls(f"{stem[:13]}:{stem[13:15]}:{stem[15:17]}")

    @classmethod
    def numbered(cls, number: int) -> Run:
        """The run that an article number belongs to."""
        return cls.at(datetime.fromtimestamp(number >> ROW_BITS, UTC))

    @property
    def first_number(self) -> int:
        """Number of its first article: seconds since 1970 times 2^24. The others follow by their rows in the file."""
        return int(self.time.timestamp()) << ROW_BITS

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
