"""Run ``python -m smsconf``."""

from smsconf.cli.main import main

if __name__ == "__main__":
    main()
