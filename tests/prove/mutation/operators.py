"""The changes that make mutants of a module."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

NOT_RUN: Final = {"annotation", "returns", "decorator_list"}

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
}


@frozen(kw_only=True)
class Mutant:
    name: str
    """The place and the change, the same as long as that place of the code is."""
    where: str
    """The outermost function, such as `Situation.parting`; empty in no function."""
    line: int


@frozen(kw_only=True)
class _Place:
    parent: ast.AST
    field: str
    at: int | None
    node: ast.AST
    where: str

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def mutants_of(tree: ast.Module) -> Iterator[Mutant]:
    """Change *tree*, yield what was changed, change it back, and so on."""
    seen: Counter[str] = Counter()
    for place in list(_places(tree, "")):
        for other in _alternatives(place):
            before, after = _said(place.node), _said(other)
            name = f"{place.where}: {before} -> {after}"
            seen[name] += 1
            ast.copy_location(other, place.node)
            place.put(ast.fix_missing_locations(other))
            yield Mutant(
                name=name if seen[name] == 1 else f"{name} #{seen[name]}",
                where=place.where,
                line=getattr(place.node, "lineno", 0),
            )
            place.put(place.node)


def _places(node: ast.AST, where: str, depth: int = 0) -> Iterator[_Place]:
    """Yield what can be changed. What is logged, and said, is none of it, nor are the
    members of enumerations, which cannot be changed in place."""
    if isinstance(node, ast.ClassDef) and any("Enum" in _said(b) for b in node.bases):
        node = ast.Module(
            body=[one for one in node.body if not isinstance(one, ast.Assign)],
            type_ignores=[],
        )
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for at, child in enumerate(children):
            if not isinstance(child, ast.AST) or field in NOT_RUN or _is_told(child):
                continue
            place = at if isinstance(value, list) else None
            yield _Place(parent=node, field=field, at=place, node=child, where=where)
            yield from _places(child, *_inside(child, where, depth))


def _inside(node: ast.AST, where: str, depth: int) -> tuple[str, int]:
    if isinstance(node, ast.ClassDef) and not depth:
        return f"{where}.{node.name}".lstrip("."), depth
    if isinstance(node, ast.FunctionDef):
        return (where if depth else f"{where}.{node.name}".lstrip(".")), depth + 1
    return where, depth


def _is_told(node: ast.AST) -> bool:
    logs = isinstance(node, ast.Expr) and ast.unparse(node).startswith("log.")
    return logs or isinstance(node, ast.JoinedStr)


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _alternatives(place: _Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.stmt):
        yield from _other_statements(node)
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield from _joined(node)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp():
            yield from _reckoned(node)
        case ast.Constant(value=value):
            yield from _constants(value)
        case _:
            pass
    if place.field in ("test", "ifs") and not isinstance(
        node, ast.Compare | ast.BoolOp | ast.UnaryOp
    ):
        yield ast.UnaryOp(op=ast.Not(), operand=_expression(node))


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=value) if not _is_none(value):
            yield ast.Return(value=ast.Constant(value=None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case (
            ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom())
            | ast.Assign(targets=[ast.Attribute() | ast.Subscript()])
            | ast.AugAssign()
            | ast.Raise()
            | ast.Delete()
        ):
            yield ast.Pass()
        case _:
            pass


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            yield ast.Compare(left=node.left, ops=ops, comparators=node.comparators)


def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield ast.BoolOp(op=swapped, values=node.values)
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)


def _reckoned(node: ast.BinOp) -> Iterator[ast.AST]:
    """Other arithmetic; of sets, and of types, only one side."""
    if isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield from (node.left, node.right)
    elif other := ARITHMETIC.get(type(node.op)):
        yield ast.BinOp(left=node.left, op=other(), right=node.right)
        if isinstance(node.op, ast.Sub):
            yield node.left


def _constants(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value=value + 1)
        if value == 1:
            yield ast.Constant(value=0)


def _is_none(value: ast.AST | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _expression(node: ast.AST) -> ast.expr:
    if not isinstance(node, ast.expr):
        raise TypeError(f"no condition: {ast.dump(node)}")
    return node
