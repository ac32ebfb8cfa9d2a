"""YAML files of a project → desired resources, with a place for every word."""
