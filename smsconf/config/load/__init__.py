"""From the files of a project to desired resources: include, merge, overlay, resolve, with every place."""
