"""Makes Feast's protocol importable without Feast itself, which takes long to import and is not needed for it."""
import importlib.util
import sys
import types

feast = types.ModuleType("feast")
feast.__path__ = list(importlib.util.find_spec("feast").submodule_search_locations)
sys.modules["feast"] = feast
