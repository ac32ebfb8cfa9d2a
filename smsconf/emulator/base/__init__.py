"""What every part of the emulator stands on: the clock, the database, requests and answers, errors."""
