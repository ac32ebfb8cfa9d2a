"""What all makers of resources share: references, files, and fields of the same name."""

from __future__ import annotations

from pathlib import Path

from smsconf.config.format.console_model import RegistrationEntry
from smsconf.config.load.declarations import Declared, resource
from smsconf.config.problems import Problems
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Source
from smsconf.model.address import Address, Kind
from smsconf.model.resources import Registration

TEXT = "apps:\n  shop: {region: cn}\n  broken: 1\ntemplates:\n  t: {app: shp, licence: ../a.png}\n"
AT = Address(Kind.TEMPLATE, "t")


def declared(folder: Path) -> Declared:
    block, problems = read_yaml(Source("f", TEXT))
    assert block is not None
    assert not problems
    return Declared(block, folder, Problems())


def test_fields_of_the_same_name_are_copied_and_others_win() -> None:
    """A resource has the fields of its entry, lists as tuples, and what is given beside them."""
    entry = RegistrationEntry(sender="SHOP", links=["https://a.example"])
    address = Address(Kind.REGISTRATION, "singapore")
    made = resource(Registration, entry, address=address, country="Singapore", sender="OTHER")
    assert made == Registration(address, "Singapore", "OTHER", None, ("https://a.example",))


def test_reference_to_a_broken_entry_is_not_at_fault(tmp_path: Path) -> None:
    """Only a key that nobody wrote is, with the one that was probably meant."""
    given = declared(tmp_path)
    assert given.knows(Kind.APP, "broken", AT, "app")
    assert not given.problems.any
    assert not given.knows(Kind.APP, "shp", AT, "app")
    [found] = given.problems
    assert (found.code, str(found.place), found.fix) == ("SMS401", "f:5:12", "write shop")


def test_file_outside_of_the_project_is_a_problem_at_its_place(tmp_path: Path) -> None:
    """Nothing is read, and the place is that of the path."""
    given = declared(tmp_path)
    assert given.file(AT, "licence", "../a.png") is None
    [found] = given.problems
    assert (found.code, str(found.place), given.files) == ("SMS031", "f:5:26", {})
