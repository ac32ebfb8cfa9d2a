"""Each limit of the service once: what hangs together does."""

from __future__ import annotations

import pytest

from smsconf.model import limits
from smsconf.model.resources import VariableType


@pytest.mark.parametrize("kind", VariableType)
def test_every_attribute_has_a_longest_value(kind: VariableType) -> None:
    """Those the vendor says nothing about have the assumed one."""
    known = limits.VALUES.get(kind, limits.OTHER_VALUE)
    assert 0 < known.shortest <= known.longest == limits.longest_value(kind)


def test_values_are_those_of_attributes() -> None:
    """No limit is of a word that is none."""
    assert set(limits.VALUES) <= set(VariableType)


def test_narrow_limits_are_inside_the_wide_ones() -> None:
    """What one page allows less of is a part of what the service takes."""
    assert limits.SIGNATURE_NAME.shortest < limits.SIGNATURE_NAME_STRICT < limits.SIGNATURE_NAME.longest
    assert limits.TEMPLATE_NAME_CONSOLE < limits.TEMPLATE_NAME
    assert limits.CODE.longest == limits.CODE_ABROAD.longest
