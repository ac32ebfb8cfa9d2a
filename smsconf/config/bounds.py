"""How much a project may hold: beyond, it is refused with a place, however it is spread over files.

Whatever opens a pull request can ask for it; at these limits a project still loads in seconds. Bounds of a
single pattern are in ``patterns``, those of depth and aliases in ``reader``. Nothing is counted here.
"""

MAX_YAML = 8 * 1024 * 1024  # bytes of one YAML file
MAX_PROJECT = 64 * 1024 * 1024  # bytes of all YAML files of a project
MAX_UPLOAD = (
    12 * 1024 * 1024
)  # API Gateway refuses larger bodies with 413; a limit of the API itself is UNKNOWN

MOST_FILES = 10_000  # YAML files of a project
MOST_INCLUDES = 10_000  # paths and patterns under include
MOST_PATTERN = 1000  # characters of one of them
MOST_PARTS = 32  # parts of one of them
MOST_LOOKED_AT = 500_000  # names that all patterns together are compared with

MOST_ENTRIES = 20_000  # of one section, templates for example
MOST_WORDS = 1000  # under lint.forbidden
LONGEST_WORD = 100  # characters of one of them
