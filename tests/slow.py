"""What ``make quick`` and ``make coverage`` leave out, each with the reason; ``make test`` runs all of it."""

from __future__ import annotations

# folder, file or test of a file, below tests/ → why it takes long
SLOW = {
    "machine": "random lives, and deaths of the real program",
    "conformance/test_survival.py": "servers are killed, and crowds of processes share a file",
    "conformance/test_sending_survival.py": "servers are killed, and two share a file",
    "conformance/test_pushing.py": "waits for pushes that hang",
    "cloud/test_hostile.py": "a hostile service behind sockets",
    "scenarios/test_accounts.py": "several accounts, each set up anew",
    "scenarios/test_bulk_runs.py": "many processes, long lists, and waiting for a time",
    "scenarios/test_bulk_shared.py": "many processes, and a database that is stopped",
    "scenarios/test_ci_examples.py": "whole pipelines, a dozen programs each",
    "scenarios/test_environments.py": "several environments, each set up anew",
    "scenarios/test_foreign_text.py": "every command in every format",
    "scenarios/test_golden.py": "every command there is",
    "scenarios/test_guide.py": "all the way from an empty folder to the first message, twice",
    "scenarios/test_language.py": "the whole story again, in Chinese",
    "scenarios/test_lost_answers.py": "waits for answers that never come",
    "scenarios/test_network.py": "a served emulator and a hostile service behind sockets",
    "scenarios/test_receipts.py": "measures memory on long lists",
    "scenarios/test_receive.py": "a server process that is killed, drained and flooded",
    "scenarios/test_receive_connections.py": "a server process and connections that idle",
    "scenarios/test_send_answers.py": "waits for answers that come late or never",
    "scenarios/test_signals.py": "processes that get signals at every moment",
    "scenarios/test_terminal.py": "the real program at a pseudo-terminal",
    "scenarios/test_wait.py": "a program that waits",
    "scenarios/test_watch.py": "a program that waits",
    "lint/test_fuzz.py": "searches for texts that break a rule",
    "render/test_comment.py": "thousands of changes in one comment",
    "render/plan/test_markdown.py::test_two_thousand_changes_fit_into_one_comment": "thousands of changes",
    "cloud/http/test_redact.py::test_any_secret_in_any_text_is_masked": "searches for a form that is missed",
    "cloud/http/test_redact.py::test_hostile_text_costs_no_time": "measures time on long texts",
    "messaging/lists/test_workbook.py::test_reader_takes_little_memory": "measures memory on a long list",
    "scenarios/test_hostile_checkout.py": "thousands of files, patterns and entries",
}

# the same → what tracing would change
UNTRACED = {
    "machine": "random lives, and deaths of the real program, which write nothing down",
    "cloud/http/test_redact.py::test_hostile_text_costs_no_time": "time",
    "cloud/read/test_attribute_cache.py::test_large_cache_loads_at_once": "time",
    "cloud/test_hostile.py::test_bad_answer_is_a_clear_error_in_bounds": "time",
    "config/load/test_project.py::test_loading_five_thousand_templates_is_quick": "time",
    "conformance/test_survival.py::test_full_disk_at_the_start_is_one_line": "the room on the disk",
    "messaging/lists/test_workbook.py::test_reader_takes_little_memory": "memory",
    "messaging/test_masking.py::test_long_text_is_masked_in_time_that_grows_with_its_length": "time",
    "scenarios/test_receipts.py::test_memory_does_not_grow_with_the_rows": "memory, and time",
}


def why(table: dict[str, str], name: str) -> str | None:
    """Return the reason that a table has for the test of a node id (below tests/), if it has one."""
    path, _, test = name.partition("::")
    places = (path.partition("/")[0], path, f"{path}::{test.partition('[')[0]}")
    return next((table[place] for place in places if place in table), None)
