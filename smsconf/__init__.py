"""Declarative configuration as code for Huawei Cloud Message & SMS."""

__version__ = "0.1.0"
