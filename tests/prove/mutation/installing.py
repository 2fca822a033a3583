"""Puts a changed module in the place of the one that everybody imported already.

Functions keep their identity and get other code, so whoever holds one, by whatever
name, runs the changed one; a changed constant is bound anew wherever it is known.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any


def install(tree: ast.Module, before: ast.Module, module: ModuleType) -> None:
    """Make *module*, and all who imported from it, do what *tree* says.

    *before* is its tree as it is. Raises whatever importing the changed module raises.
    """
    changed = ModuleType(module.__name__)
    changed.__file__ = module.__file__
    exec(compile(tree, str(module.__file__), "exec"), changed.__dict__)
    for old, new in _pairs(vars(module), vars(changed), module.__name__):
        if len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
            old.__code__ = new.__code__
            _give_defaults(old, new)
    same = True
    for was, becomes in zip(before.body, tree.body, strict=True):
        same = same and ast.dump(was) == ast.dump(becomes)
        if not same:  # later constants may be made of this one
            _bind_constant(becomes, module)


def _give_defaults(old: FunctionType, new: FunctionType) -> None:
    """Only those that differ: of a class of the module, each has its own."""
    if repr(old.__defaults__) != repr(new.__defaults__):
        old.__defaults__ = new.__defaults__
    if repr(old.__kwdefaults__) != repr(new.__kwdefaults__):
        old.__kwdefaults__ = new.__kwdefaults__


def _bind_constant(statement: ast.stmt, module: ModuleType) -> None:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not statement.value:
        return
    target = (
        statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    )
    if isinstance(target, ast.Name):
        code = compile(ast.Expression(statement.value), str(module.__file__), "eval")
        new = eval(code, vars(module))
        old = vars(module)[target.id]
        for known in [vars(one) for one in list(sys.modules.values())]:
            if known.get(target.id, None) is old:
                known[target.id] = new


def _pairs(
    old: Any, new: Any, module: str
) -> Iterator[tuple[FunctionType, FunctionType]]:
    for name, before in list(old.items()):
        after = new.get(name)
        yield from zip(_functions(before), _functions(after), strict=False)
        if isinstance(before, type) and before.__module__ == module:
            yield from _pairs(vars(before), vars(after), module)


def _functions(thing: Any) -> Iterator[FunctionType]:
    """Yield the function itself, however it was decorated."""
    wrapped = getattr(thing, "__wrapped__", None)
    if isinstance(thing, type):
        return
    if isinstance(thing, classmethod | staticmethod):
        yield from _functions(thing.__func__)
    elif wrapped is not None:
        yield from _functions(wrapped)
    elif isinstance(thing, FunctionType):
        yield thing
    elif isinstance(thing, property):
        yield from _functions(thing.fget)
    elif isinstance(thing, functools.cached_property):
        yield from _functions(thing.func)
