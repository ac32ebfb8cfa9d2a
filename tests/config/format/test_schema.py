"""schema.json: what the models generate, valid, and of one mind with the loader."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest

from smsconf.config import json_schema, load_project, schema_text
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import Block, Source

HOME = Path(__file__).parents[3]
SHOP = HOME / "examples" / "shop"
PROJECT_FILES = [one for one in sorted(HOME.glob("examples/**/*.yaml")) if "deploy" not in one.parts]
VALIDATOR = jsonschema_rs.validator_for(json_schema())


def data(text: str) -> Block:
    block, problems = read_yaml(Source("f.yaml", text))
    assert not problems
    assert block is not None
    return block


def test_schema_file_is_what_the_models_generate() -> None:
    """Refresh with: python -c "from smsconf.config import schema_text; print(schema_text(), end='')"."""
    assert (HOME / "schema.json").read_text(encoding="utf-8") == schema_text()


def test_schema_is_valid() -> None:
    """An independent validator takes it for a schema of draft 2020-12."""
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def test_every_key_is_described() -> None:
    """Editors show the description while typing."""
    for name, definition in json_schema()["$defs"].items():
        for key, value in definition.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


@pytest.mark.parametrize("path", PROJECT_FILES, ids=lambda path: path.name)
def test_examples_fit_the_schema(path: Path) -> None:
    """Root files, included files and overlays alike."""
    VALIDATOR.validate(data(path.read_text(encoding="utf-8")))


ROOT = "version: 1\nprovider: {emulator: {database: x}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "version: 2\n",
        ROOT + "foo: 1\n",
        ROOT + "provder: {}\n",
        ROOT + "project: /shop\n",
        ROOT + "project: my shop\n",
        ROOT + "store: files\n",
        "project: shop\n",
        ROOT + "apps: {shop: {region: eu}}\n",
        ROOT + "apps: {shop: {name: x}}\n",
        ROOT + "apps: {shop: {region: cn, name: null}}\n",
        ROOT + "apps: {Shop: {region: cn}}\n",
        ROOT + "apps: {shop: null}\n",
        ROOT + "templates: {a: {app: shop, content: 1}}\n",
        ROOT + "templates: {a: {app: shop, content: x, variables: {d: {type: txt}}}}\n",
        ROOT + "templates: {a: {app: shop, content: x, universal: yes}}\n",
        "apps: {shop: {region: eu}}\n",
        "apps: {shop: {regin: cn}}\n",
        "apps: {Shop: {}}\n",
        "templates: {a: {variables: {d: {type: txt}}}}\n",
        ROOT.replace("{emulator: {database: x}}", "{}"),
        "provider: {emulator: {}}\n",
        "include: [x]\n",
        "environments: {}\n",
    ],
)
def test_bad_files_do_not_fit_the_schema(text: str) -> None:
    """What the loader refuses by form, the schema refuses as well."""
    assert not VALIDATOR.is_valid(data(text))


@pytest.mark.parametrize(
    "text",
    [
        ROOT + "apps: {shop: {region: cn, reply_url: null}}\n",
        "apps: {shop: {region: null, name: x}, old: null}\ntemplates: null\nprovider: null\n",
        "templates: {a: {variables: {d: {max_length: 3}, e: null}, countries: null}}\n",
        "thresholds: {cn: {daily: {warn: null}}}\n",
    ],
)
def test_overlays_may_be_partial_and_null(text: str) -> None:
    """In a file without version null removes and nothing is required."""
    assert VALIDATOR.is_valid(data(text))


@pytest.mark.parametrize("environment", [None, "staging", "prod"])
def test_shop_loads_without_a_word(environment: str | None) -> None:
    """The example is right in every environment."""
    project = load_project(SHOP, environment)
    assert not project.diagnostics
    desired = project.desired
    assert len(desired.apps) == 2
    assert {signature.type.value for signature in desired.signatures.values()} == {
        "verification",
        "notification",
        "promotion",
    }
    assert len(desired.templates) >= 14
    database = f"emulator{'-' + environment if environment else ''}.db"
    assert getattr(project.provider, "database", Path()).name == database
