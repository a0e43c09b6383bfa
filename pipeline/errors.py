"""Errors meant for people."""


class WirefoldError(Exception):
    """A failure whose message is one line that says what is wrong, where, and what to do.

    Shells print the message alone (exit code 1), and before it what it carries as notes, such as the end of a log;
    anything else that escapes is a bug and keeps its traceback.
    """


class UsageError(WirefoldError):
    """The caller asked for something that makes no sense (exit code 2)."""
