"""``python -m tests.conformance.fidelity`` prints the table; ``make fidelity`` keeps it."""

import sys

from tests.conformance.fidelity.document import document

sys.stdout.write(document())
