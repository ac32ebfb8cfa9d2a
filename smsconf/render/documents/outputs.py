"""Which template ids and senders to use now → view (the JSON contract) → shell variables, YAML, a ConfigMap.

Decides nothing: ``reconcile.outputs`` says what serves. While nothing is live ``template_id`` is null. No
secret is in it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smsconf.language import _
from smsconf.model.address import Kind
from smsconf.model.errors import SmsconfError
from smsconf.model.observed import ObservedApp, ObservedSignature
from smsconf.reconcile.change import Change, rows_by_address
from smsconf.reconcile.outputs import Output, read_outputs
from smsconf.reconcile.plan import Plan
from smsconf.render.foreign_text import in_quotes, json_text

FORMAT_VERSION = "1.0"
View = dict[str, Any]

# what ends a line for some reader or hides one: the next would be another variable; and what a runner obeys
_NO_VALUE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|##[A-Za-z]*\\[")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ENV_FIELDS = ("template_id", "remote_name", "sender", "signature", "region", "variables", "variable_count")


def outputs_view(plan: Plan, signatures: Iterable[ObservedSignature]) -> View:
    """Return the document of ``outputs``.

    Args:
        plan: has the live version of each template.
        signatures: all that were observed; a live version may hang on one that is declared no more.
    """
    templates = read_outputs(plan.changes, signatures)
    return {
        "format_version": FORMAT_VERSION,
        "templates": {str(address): _template(output) for address, output in templates.items()},
        "apps": {
            str(address): _app(change)
            for address, change in rows_by_address(plan.changes).items()
            if change.kind is Kind.APP and change.desired
        },
    }


def without_live(view: Mapping[str, Any]) -> list[str]:
    """List the templates that nothing can be sent with yet."""
    return [address for address, row in view["templates"].items() if row["template_id"] is None]


def _app(change: Change) -> View:
    observed = change.observed if isinstance(change.observed, ObservedApp) else None
    return {
        "remote_name": change.remote_name,
        "app_id": observed.remote_id if observed else None,
        "region": observed.region if observed else getattr(change.desired, "region", None),
        "channel_num": observed.channel_num if observed else None,
        "status": observed.status if observed else None,
    }


def _template(output: Output) -> View:
    candidate = output.candidate
    return {
        "template_id": output.template_id,
        "remote_name": output.remote_name,
        "sender": output.sender,
        "signature": output.signature,
        "region": output.desired.region.value,
        "variables": None if output.names is None else list(output.names),
        "variable_count": output.count,
        "status": output.status,
        "candidate": {"remote_name": candidate.name, "status": candidate.status} if candidate else None,
    }


def variables_of(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the document as environment variables; what has no value, is not there or not live has none.

    The names of a template's variables are joined by commas, in the order of its values.

    Raises:
        SmsconfError: two addresses would have the same variable, or a value would be more than a value.
    """
    owners: dict[str, str] = {}
    found: dict[str, str] = {}
    for address, prefix, row, fields in _rows(view):
        other = owners.setdefault(prefix, address)
        if other != address:
            raise SmsconfError(
                _("{other} and {address} would both be {prefix}_ID").format(
                    other=other, address=address, prefix=prefix
                ),
                fix=_("rename one of the two keys, or use --format json"),
            )
        for field in fields:
            if row[field] is not None:
                value = ",".join(row[field]) if field == "variables" else str(row[field])
                _refuse_more(address, field, value)
                found[f"{prefix}_{'ID' if field.endswith('_id') else field.upper()}"] = value
    return found


def _refuse_more(address: str, field: str, value: str) -> None:
    """Refuse a value that an environment file, a shell or a runner could take for something else.

    Raises:
        SmsconfError: it has a line break, another control character or a command of a workflow in it.
    """
    if found := _NO_VALUE.search(value):
        raise SmsconfError(
            _("{address}: the {field} holds {text}, which no variable can").format(
                address=address, field=field, text=in_quotes(f'"{found[0]}"')
            ),
            why=_("where these lines are read, it could set another variable or be a command"),
            fix=_("change it at the service or in the files, or use --format json"),
        )


def _rows(view: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], tuple[str, ...]]]:
    for section, fields in (("templates", _ENV_FIELDS), ("apps", ("app_id", "remote_name", "channel_num"))):
        for address, row in view[section].items():
            if row[fields[0]] is not None:
                yield address, "SMSCONF_" + re.sub("[.-]", "_", address).upper(), row, fields


def env_text(view: Mapping[str, Any]) -> str:
    """Write the variables for a shell to read."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables_of(view).items())


def yaml_text(view: Mapping[str, Any]) -> str:
    """Write the document as YAML."""
    return "".join(_block(view, 0))


def configmap_text(view: Mapping[str, Any]) -> str:
    """Write a Kubernetes ConfigMap: the variables, and the whole document under ``outputs.json``."""
    return yaml_text(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "smsconf-outputs",
                "labels": {"app.kubernetes.io/managed-by": "smsconf"},
            },
            "data": {**variables_of(view), "outputs.json": json_text(view, indent=None)},
        }
    )


def in_ascii(text: str) -> str:
    """Write YAML of ours with escapes: what is not ASCII stands within double quotes in it."""
    return _FOREIGN.sub(lambda found: f"\\U{ord(found[0]):08x}", text)


def _block(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Write a mapping in block style; lists and scalars are JSON, which YAML reads as it is."""
    for key, one in value.items():
        start = f"{'  ' * depth}{_scalar(key)}:"
        if isinstance(one, Mapping) and one:
            yield f"{start}\n"
            yield from _block(one, depth + 1)
        else:
            yield f"{start} {_scalar(one)}\n"


def _scalar(value: object) -> str:
    """Write a value as JSON; keys that are plain words go without quotes."""
    return in_quotes(json.dumps(value, ensure_ascii=False))
