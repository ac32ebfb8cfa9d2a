"""Writing YAML: the usual order of keys, mechanical fixes, whole files from what is at the service."""
