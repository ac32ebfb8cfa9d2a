"""The ground that all entries of the file format stand on: the base model, and the words for simple values.

It knows no section. What a value must look like is said here once, with the fix that people are given.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt
from pydantic_core import PydanticCustomError

from smsconf.config.bounds import LONGEST_WORD, MOST_WORDS
from smsconf.language import N_
from smsconf.model.address import KEY_PATTERN
from smsconf.patterns import BadPattern, read_pattern

T = TypeVar("T")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _refuse_nothing(value: object) -> object:
    if value is None:
        raise PydanticCustomError("nothing_given", N_("expected a value"))
    return value


def _refused(what: str, fix: str) -> PydanticCustomError:
    """Make an error whose fix reaches the user; both are plain texts."""
    return PydanticCustomError("bad_form", "{what}", {"what": what, "fix": fix})


def _pattern(value: str) -> str:
    try:
        read_pattern(value)
    except BadPattern as error:
        raise PydanticCustomError(
            "bad_pattern",
            N_("not a regular expression of RE2"),
            {
                "reason": str(error),
                "fix": N_("leave out back-references and look-around, and repeat less"),
            },
        ) from error
    return value


def _words(value: list[str]) -> list[str]:
    if len(value) > MOST_WORDS:
        raise _refused(N_("more than 1,000 words"), N_("keep those that matter"))
    if any(len(word) > LONGEST_WORD for word in value):
        raise _refused(N_("a word of more than 100 characters"), N_("write words, not texts"))
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        good = False
    if not good:
        raise _refused(N_("not a web address"), N_("write it as https://HOST/PATH"))
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise _refused(
            N_("not an IP address or network"), N_("write it as 192.0.2.7 or 192.0.2.0/24")
        ) from error
    return value


def _day(value: str) -> str:
    try:
        good = bool(_DATE.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        good = False
    if not good:
        raise _refused(N_("not a date"), N_("write it as 2026-10-01"))
    return value


def _moment(value: str) -> str:
    fix = N_("write it as 2026-12-01T10:00:00+08:00")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise _refused(N_("not a date and time"), fix) from error
    if found.tzinfo is None:
        raise _refused(
            N_("a time without an offset from UTC"), N_("add the offset at its end, such as +08:00")
        )
    return value


# A key that may be left out, but not be written without a value: `name:` is a forgotten value.
Maybe: TypeAlias = Annotated[T | None, BeforeValidator(_refuse_nothing)]
Key: TypeAlias = Annotated[str, Field(pattern=KEY_PATTERN)]
Site: TypeAlias = Literal["china", "international", "europe"]
Count: TypeAlias = Annotated[StrictInt, Field(gt=0)]
Word: TypeAlias = Annotated[str, Field(min_length=1)]
Words: TypeAlias = Annotated[list[Word], AfterValidator(_words)]
Pattern: TypeAlias = Annotated[str, AfterValidator(_pattern)]
WebAddress: TypeAlias = Annotated[str, AfterValidator(_web_address)]
Network: TypeAlias = Annotated[str, AfterValidator(_network)]
Day: TypeAlias = Annotated[str, AfterValidator(_day)]
Moment: TypeAlias = Annotated[str, AfterValidator(_moment)]


def optional(description: str, default: object = None) -> Any:  # noqa: ANN401 - it stands for any type
    """Make a field that may be left out."""
    return Field(default, description=description)


class Entry(BaseModel):
    """A mapping of the file: no key but the known ones, and no change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Each:
    """The shape of a mapping whose keys people choose: every value has this ``shape``."""

    shape: Shape


Shape = type[Entry] | Each | None


def shape_of(annotation: object) -> Shape:
    """Find the entry that a field of the model holds, or holds many of by keys that people choose."""
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    if get_origin(annotation) is dict:
        inner = shape_of(get_args(annotation)[1])
        return Each(inner) if inner else None
    return next((shape for part in get_args(annotation) if (shape := shape_of(part))), None)


def inner_shape(shape: Shape, key: str) -> Shape:
    """Return the shape of what stands under a key."""
    if isinstance(shape, Each):
        return shape.shape
    known = shape.model_fields.get(key) if shape else None
    return shape_of(known.annotation) if known else None
