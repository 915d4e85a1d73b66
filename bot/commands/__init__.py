"""A file for each family of commands; whatever is here is registered."""

import importlib
import pkgutil


def load() -> None:
    """Import every module of this package, so that its commands are declared."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
