"""Our own exit codes: a table for people.

``CODE | what it means | what to do``.
"""

from __future__ import annotations

from typing import Final

EXITS: Final = """
exit 0 | done; nothing wrong | nothing
exit 1 | an error: usage, no project to read, no credentials, no answer; "no" at the prompt | read the message on stderr
exit 2 | plan --detailed-exitcode: apply would send at least one request | run smsconf apply
exit 3 | validate, lint: errors found (with --strict warnings too) | correct them
exit 4 | refused with nothing sent: a guard, a stale plan, an incomplete read | read the refusal; allow the amount, plan again, or grant the right
exit 5 | applied in part: something failed, was blocked, refused or unknown after something was sent | run smsconf plan: it starts from what is there now
exit 6 | reviews still pending | wait, then run the same command again
exit 7 | a review was rejected | read the reviewer's words with smsconf status, change the text, apply
exit 130 | interrupted; what was in flight was finished and reported | run the same command again
"""
