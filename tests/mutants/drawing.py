"""Every mutant of a file: one small fault each, as a change of its syntax tree.

Nothing is run here, and no file is written. Left as they are: docstrings, annotations, decorators, imports,
``__slots__``, and what people read (``_`` and its like, and what ``format`` puts into it).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_MESSAGES = {"_", "N_", "told", "ngettext", "format"}
_OPERATORS = (
    *((ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)),
    *((ast.Add, ast.Sub), (ast.BitOr, ast.BitAnd), (ast.Mult, ast.Div), (ast.And, ast.Or)),
)
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
_ATTRIBUTES = (
    *(("templates", "signatures"), ("live", "candidate"), ("name", "renamed_from"), ("steps", "needs")),
    *(("created", "created_elsewhere"), ("create_time", "update_time"), ("approved", "rejected")),
    *(("app_key", "remote_id"), ("reason", "awaits"), ("winners", "losers"), ("notes", "fields")),
)
_TRUE = ast.Constant(value=True)

Change = tuple[str, ast.AST]  # what it is, and what comes in the place
Node = ast.expr | ast.stmt | ast.comprehension


def _both_ways(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


_SWAPPED, _RENAMED = map(_both_ways, (_OPERATORS, _ATTRIBUTES))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: ``new`` comes where ``old`` stands, in a field of ``parent`` or at ``index`` of it.

    ``first`` is the line in which its function begins, 0 outside of any.
    """

    path: Path
    function: str
    first: int
    what: str
    parent: ast.AST
    field: str
    index: int | None
    old: Node
    new: ast.AST

    @property
    def label(self) -> str:
        """Where, what, and of what."""
        shown = self.old.test if isinstance(self.old, ast.If) else self.old
        of = " ".join(ast.unparse(shown).split())
        line = (self.old.target if isinstance(self.old, ast.comprehension) else self.old).lineno
        return f"{self.path.relative_to(ROOT)}:{line} {self.function} {self.what} | {of[:100]}"

    def compile(self, tree: ast.Module) -> CodeType:
        """Put the change into its tree, for good, and compile that."""
        if isinstance(self.old, ast.expr | ast.stmt):
            ast.copy_location(self.new, self.old)
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec")


class Finder:
    """Finds every mutant of one file; ``enums`` are the members of each enumeration of the code."""

    def __init__(self, path: Path, tree: ast.Module, enums: dict[str, list[str]]) -> None:
        self._path = path
        self._tree = tree
        self._enums = enums

    def mutants(self) -> Iterator[Mutant]:
        """Yield them in the order of the file."""
        yield from self._below(self._tree, "(module)", 0, set())

    def _below(self, parent: ast.AST, function: str, first: int, known: set[str]) -> Iterator[Mutant]:
        spared = {"annotation", "returns", "decorator_list", "bases"}
        if isinstance(parent, ast.Call) and _called(parent) in _MESSAGES:
            spared |= {"args", "keywords"}
        if isinstance(parent, ast.FunctionDef):
            function, arguments = parent.name, ast.walk(parent.args)
            known = {one.arg for one in arguments if isinstance(one, ast.arg)}
            first = min([parent.lineno, *(one.lineno for one in parent.decorator_list)])
        for field, value in ast.iter_fields(parent):
            for index, old in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if field in spared or not isinstance(old, ast.AST) or _spared(old):
                    continue
                if isinstance(old, Node):
                    for what, new in self._changes(old, function, known):
                        yield Mutant(self._path, function, first, what, parent, field, index, old, new)
                yield from self._below(old, function, first, known)

    def _changes(self, old: Node, function: str, known: set[str]) -> Iterator[Change]:
        if isinstance(old, ast.expr):
            yield from _of_value(old)
            yield from _of_parts(old)
            yield from self._of_name(old)
        elif isinstance(old, ast.stmt):
            yield from _of_statement(old)
            if isinstance(old, ast.Assign) and function != "(module)":
                yield from _of_assignment(old, known)
        else:
            for number, test in enumerate(old.ifs):
                for what, instead in (("filter always", _TRUE), ("negate filter", _negated(test))):
                    ifs = [*old.ifs[:number], instead, *old.ifs[number + 1 :]]
                    yield what, ast.comprehension(old.target, old.iter, ifs, old.is_async)

    def _of_name(self, old: ast.expr) -> Iterator[Change]:
        match old:
            case ast.Attribute(value=ast.Name(id=name), attr=member) if member in self._enums.get(name, ()):
                members = self._enums[name]
                other = members[(members.index(member) + 1) % len(members)]
                yield "swap enum", ast.Attribute(old.value, other, ast.Load())
            case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name in _RENAMED:
                yield f"swap attribute {name}", ast.Attribute(value, _RENAMED[name], ast.Load())


def _of_value(old: ast.expr) -> Iterator[Change]:
    match old:
        case ast.Constant(value=bool()):
            yield "flip bool", ast.Constant(not old.value)
        case ast.Constant(value=int() as number):
            yield "off by one +", ast.Constant(number + 1)
            yield "off by one -", ast.Constant(number - 1)
        case ast.Compare(left=left, ops=[op], comparators=right):
            yield "change comparison", ast.Compare(left, [_SWAPPED[type(op)]()], right)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "drop not", operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SWAPPED:
            yield "swap operator", ast.BinOp(left, _SWAPPED[type(op)](), right)
        case ast.IfExp(body=body, orelse=other):
            yield "ifexp always", body
            yield "ifexp never", other


def _of_parts(old: ast.expr) -> Iterator[Change]:
    match old:
        case ast.BoolOp(op=op, values=values):
            yield "swap and/or", ast.BoolOp(_SWAPPED[type(op)](), values)
            for gone, rest in _without_each(values):
                yield f"drop operand `{_short(gone)}`", rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.Tuple(elts=parts, ctx=ast.Load()) | ast.List(elts=parts, ctx=ast.Load()):
            for gone, rest in _without_each(parts):
                yield f"delete element `{_short(gone)}`", type(old)(rest, ast.Load())
        case ast.Set(elts=parts) if len(parts) > 1:
            for gone, rest in _without_each(parts):
                yield f"delete element `{_short(gone)}`", ast.Set(rest)
        case ast.Dict(keys=keys, values=values):
            for (gone, value), rest in _without_each([*zip(keys, values, strict=True)]):
                others = [key for key, _ in rest], [one for _, one in rest]
                yield f"delete key `{_short(gone or value)}`", ast.Dict(*others)
        case ast.Call(func=called, args=args, keywords=keywords):
            for gone, rest in _without_each(keywords if _called(old) not in _MESSAGES else []):
                yield f"drop keyword `{_short(gone)}`", ast.Call(called, args, rest)
            if isinstance(called, ast.Name) and called.id in _CALLS:
                name = _CALLS[called.id]
                kept = [] if name == "list" else keywords
                yield f"{called.id} to {name}", ast.Call(ast.Name(name, ast.Load()), args, kept)


def _of_statement(old: ast.stmt) -> Iterator[Change]:
    match old:
        case ast.If(test=test, body=body, orelse=other):
            yield "if always", ast.If(_TRUE, body, other)
            yield "if never", ast.If(ast.Constant(value=False), body, other)
            yield "negate if", ast.If(_negated(test), body, other)
        case ast.Return(value=value) if value and ast.unparse(value) != "None":
            yield "return None", ast.Return(ast.Constant(value=None))
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            yield f"delete {type(old).__name__.lower()}", ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield "delete call", ast.Pass()
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):  # what yields stays a generator
            yield "delete yield", ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load())))
        case ast.AugAssign(target=target, value=value):
            yield "delete aug-assign", ast.Pass()
            yield "aug-assign to assign", ast.Assign([target], value)


def _of_assignment(old: ast.Assign, known: set[str]) -> Iterator[Change]:
    """Delete one that is not the first of its name; without that one there would only be an error."""
    names = {one.id for target in old.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    if names <= known or not isinstance(old.targets[0], ast.Name | ast.Tuple):
        yield "delete assignment", ast.Pass()
    known |= names


def _spared(node: ast.AST) -> bool:
    """Tell whether a node and all below it stay as they are."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.Assert():
            return True  # the assertions of the code are there for the type checker
        case ast.Assign(targets=[ast.Name(id=name)], value=value):  # ``Entry = Mapping[str, Any]`` is a type
            alias = name[:1].isupper() and not name.isupper() and isinstance(value, ast.Subscript | ast.BinOp)
            return alias or name == "__slots__"
    return False


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", None) or getattr(call.func, "attr", ""))


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:60]


def _without_each(parts: Sequence[Any]) -> Iterator[tuple[Any, list[Any]]]:
    for number, gone in enumerate(parts):
        yield gone, [*parts[:number], *parts[number + 1 :]]


def find_enums(folder: Path) -> dict[str, list[str]]:
    """Return the members of every enumeration with more than one, by its name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
                assigned = (one.targets[0] for one in node.body if isinstance(one, ast.Assign))
                found[node.name] = [one.id for one in assigned if isinstance(one, ast.Name)]
    return {name: members for name, members in found.items() if len(members) > 1}
