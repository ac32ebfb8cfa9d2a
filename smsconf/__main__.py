"""Run ``smsconf``, or ``python -m smsconf``."""

import os
import signal
from types import FrameType


def start() -> None:
    """Load the command line and run it; a Ctrl-C while it loads ends it, and nothing has begun."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    from smsconf.cli.main import main

    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(130)


if __name__ == "__main__":
    start()
