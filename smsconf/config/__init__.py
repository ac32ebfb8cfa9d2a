"""YAML files of a project → desired resources, with a place for every word.

Read in this order: ``reader`` (text → data with places), ``model`` (the file format), ``project`` (files and
environments), ``desired`` (data → resources). It does not talk to the service and judges no wording.
"""

from smsconf.config.project import Project, load_project
from smsconf.config.provider import EmulatorProvider, HuaweiCloudProvider, Provider
from smsconf.config.schema import json_schema, schema_text

__all__ = [
    "EmulatorProvider",
    "HuaweiCloudProvider",
    "Project",
    "Provider",
    "json_schema",
    "load_project",
    "schema_text",
]
