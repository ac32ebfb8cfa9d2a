"""Carrying out a plan: changes in order, their steps, and how each ended."""
