"""Both homes of the store, for what is matched and followed in either."""

from tests.store.conftest import open_store

__all__ = ["open_store"]
