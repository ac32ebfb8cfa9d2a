"""Findings for other programs: GitHub's annotations, JUnit, SARIF."""
