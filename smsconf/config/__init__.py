"""YAML files of a project → desired resources, with a place for every word.

Read in this order: ``yaml.reader`` (text → data with places), ``format.project_model`` (the file format),
``load.project`` (files and environments), ``load.desired`` (data → resources). It does not talk to the
service and judges no wording.
"""

from smsconf.config.format.provider import EmulatorProvider, HuaweiCloudProvider, Provider
from smsconf.config.format.schema import json_schema, schema_text
from smsconf.config.load.project import Project, load_project

__all__ = [
    "EmulatorProvider",
    "HuaweiCloudProvider",
    "Project",
    "Provider",
    "json_schema",
    "load_project",
    "schema_text",
]
