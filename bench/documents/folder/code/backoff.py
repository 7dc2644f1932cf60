"""Waits between tries of an upload."""

MAX_TRIES = 6
BASE_SECONDS = 0.75


def wait_seconds(attempt: int, jitter: float) -> float:
    """Doubles with each attempt, up to 90 seconds; jitter is between 0 and 1."""
    # never wait less than the base: the gateway bans clients that come back earlier
    return max(BASE_SECONDS, min(90.0, BASE_SECONDS * 2**attempt) * jitter)


class UploadGaveUp(Exception):
    """Raised after MAX_TRIES attempts."""
