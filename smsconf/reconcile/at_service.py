"""What is worth knowing of an address beside its change: when the answer comes, what it costs, what to do.

Pure values; nothing here is decided upon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from smsconf.model.limits import longest_value
from smsconf.model.observed import ObservedSignature, ObservedTemplate
from smsconf.model.resources import Brackets, MessageType, Signature, Source, Template, Variable, VariableType
from smsconf.model.segments import Estimate
from smsconf.reconcile.change import Change
from smsconf.reconcile.forecast import Expectation


@dataclass(frozen=True, slots=True)
class Outlook:
    """One address as it will be.

    ``served`` are the parts of the messages of what is at the service, ``wanted`` those of what the files
    say; ``advice`` is the code of a rule and the order that follows from the reviewer's words.
    """

    expected: Expectation | None = None
    served: Estimate | None = None
    wanted: Estimate | None = None
    advice: tuple[str, str] | None = None


def observed_signatures(changes: Sequence[Change]) -> Mapping[str, Signature]:
    """Return remote id → the declared signature as the service has it, of all rows of a plan."""
    return {
        one.observed.remote_id: signature_at_service(one.desired, one.observed)
        for one in changes
        if isinstance(one.desired, Signature) and isinstance(one.observed, ObservedSignature)
    }


def signature_at_service(declared: Signature, observed: ObservedSignature) -> Signature:
    """Return a declared signature with what the service has in place of its own; unknown words stay."""
    found = replace(
        declared,
        name=observed.name,
        third_party=declared.third_party if observed.third_party is None else observed.third_party,
        qualification=observed.qualification,
        description=observed.description,
    )
    with suppress(ValueError):
        found = replace(found, type=MessageType(observed.type))
    with suppress(ValueError):
        found = replace(found, source=Source(observed.source or ""))
    return found


def template_at_service(declared: Template, observed: ObservedTemplate) -> Template | None:
    """Return a declared template with what the service has in place of its own; None if that was not read.

    The longest values are ours and at no service: those of the declared variables of the same number and
    type, else the longest that the type can have.
    """
    if observed.variables is None and "${" in observed.content:
        return None
    found = replace(
        declared,
        name=observed.name,
        content=observed.content,
        variables=tuple(_variables(declared, observed)),
        universal=declared.universal if observed.universal is None else observed.universal,
    )
    with suppress(ValueError):
        found = replace(found, brackets=Brackets(observed.brackets or ""))
    return found


_TYPES = {kind.value: kind for kind in VariableType}


def _variables(declared: Template, observed: ObservedTemplate) -> Iterator[Variable]:
    ours = dict(enumerate(declared.variables, 1))
    for one in sorted(observed.variables or (), key=lambda one: one.number):
        same = ours.get(one.number)
        if same and same.type.value == one.type:
            yield replace(same, name=str(one.number), description=one.description)
            continue
        kind = _TYPES.get(one.type, VariableType.LONGTEXT)
        yield Variable(str(one.number), kind, longest_value(kind), one.description)
