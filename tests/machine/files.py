"""The files of a random life: a project as its user edits it, written as YAML and read by the product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from smsconf.config import load_project

TEXTS = ("您的订单已发货。", "您的订单已由本店发货。", "您的订单{day}今天发货。")
TYPES = ("alphanumeric", "datetime")
COUNTRIES = (["Singapore"], ["Singapore", "Brazil"], ["Brazil"])
BRANDS = {"brand": "示例商城", "rebranded": "示例百货"}
OUTLET, PARTNER = "outlet", "示例奥莱"  # an app and its signature that others manage
MAINLAND = ("shipped", "refund", "anyone")
KEYS = (*MAINLAND, "hello")

Entry = dict[str, Any]


class Files:
    """Four templates of three apps and what they hang on; a template may leave and come back."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder = folder
        self.away: dict[str, Entry] = {}
        self.protected: set[str] = set()
        self.mark = True
        self.site = site
        self.apps: dict[str, Entry] = {"abroad": {"region": "intl"}}
        self.signatures: dict[str, Entry] = {}
        self.templates: dict[str, Entry] = {
            "hello": {"app": "abroad", "content": TEXTS[0], "countries": COUNTRIES[0]}
        }
        self._written = ""
        if site == "europe":  # it has no mainland messages
            return
        self.apps |= {"shop": {"region": "cn"}, OUTLET: {"region": "cn", "external": True}}
        self.signatures = {
            "brand": {"app": "shop", "name": BRANDS["brand"], "type": "notification"},
            "partner": {"app": OUTLET, "name": PARTNER, "type": "notification", "external": True},
        }
        for key in MAINLAND:
            self.templates[key] = {"app": "shop", "content": TEXTS[0]}
        self.templates["anyone"] |= {"universal": True, "type": "notification"}
        for key in ("shipped", "refund"):
            self.templates[key]["signature"] = "brand"

    @property
    def brand(self) -> str:
        """The key of the signature in force."""
        return next(key for key in self.signatures if key in BRANDS)

    def edit(self, key: str, **fields: Any) -> None:
        """Change a template, wherever it is; ``None`` takes a field out."""
        for place in (self.templates, self.away):
            if key in place:
                place[key] = given(place[key] | fields)

    def edit_signature(self, **fields: Any) -> None:
        """Change the signature in force."""
        self.signatures[self.brand] = given(self.signatures[self.brand] | fields)

    def of(self, key: str) -> Entry:
        """A template, declared or not; empty where the site has none of that key."""
        return self.templates.get(key) or self.away.get(key) or {}

    def leave_or_come_back(self, key: str) -> None:
        """Take a template out of the files, or put it in again; one stays."""
        if key in self.templates and len(self.templates) > 1:
            self.away[key] = self.templates.pop(key)
        elif key in self.away:
            self.templates[key] = self.away.pop(key)

    def rename_the_app(self) -> None:
        old = self.apps["shop"].get("name", "shop")
        self.apps["shop"] |= {"name": "shop" if old == "store" else "store", "renamed_from": old}

    def take_another_signature(self) -> None:
        """A new signature replaces the old one, and the templates of its app move to it."""
        old = self.signatures.pop(self.brand)
        key = next(key for key, name in BRANDS.items() if name != old["name"])
        replaces = {"name": old["name"], "type": old["type"]}
        entry = {"app": "shop", "name": BRANDS[key], "type": "notification", "replaces": replaces}
        self.signatures[key] = entry
        for one in ("shipped", "refund"):
            if self.of(one).get("app") == "shop":
                self.edit(one, signature=key)

    def move(self, key: str) -> None:
        """Let a template move to the other app, with that app's signature."""
        leaving = self.of(key)["app"] == "shop"
        signature = None if key == "anyone" else "partner" if leaving else self.brand
        self.edit(key, app=OUTLET if leaving else "shop", signature=signature)

    def read(self) -> Any:
        """Write the files, if something changed, and read them as every command does."""
        project = {
            "version": 1,
            "provider": {"emulator": {"database": "emulator.db", "site": self.site}},
            "apps": self.apps,
            "signatures": self.signatures,
            "templates": self.templates,
            "protect": sorted(f"template.{key}" for key in self.protected),
            "mark": self.mark,
        }
        text = yaml.safe_dump(project, allow_unicode=True)
        if text != self._written:
            (self.folder / "smsconf.yaml").write_text(text, "utf-8")
            self._read, self._written = load_project(self.folder, None), text
        assert not self._read.diagnostics, self._read.diagnostics
        return self._read


def given(entry: Entry) -> Entry:
    """Leave out what is not said."""
    return {name: value for name, value in entry.items() if value is not None}
