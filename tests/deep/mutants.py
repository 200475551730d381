"""Wrong versions of our own code, made one at a time: what a careless change could look like.

Start at :func:`sites_of`: every place of a file where one thing can be changed. A change is small and named: a
comparison turned, a condition denied, a constant moved, a statement left out. Docstrings, annotations, assertions and
sentences for people are left alone: no rule hangs on them.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OTHER_WAY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_SAYING = re.compile(r"_?(cannot|malformed|refused?|refuse_address)")
"""Our functions that refuse: what comes after their first argument, a code or what was expected, is told to people."""
_TOLD = ("description", "epilog", "help", "metavar", "prog", "title")
"""What argparse tells people."""
_NAME_LIKE = re.compile(r"[\w:@./-]{1,40}")


class Site(NamedTuple):
    """One change of one file: the ``number``-th, in the order of the tree. ``lines`` are those of its statement."""

    number: int
    line: int
    lines: tuple[int, ...]
    change: str
    before: str
    after: str


Make = Callable[[], Callable[[], None]]
"""Makes a change in the tree, and gives what undoes it."""


def sites_of(source: str) -> list[Site]:
    """Every change that can be made, each told by the statement before and after it."""
    return [site for site, _ in _changes(source)]


def mutant(source: str, number: int) -> str:
    """The source with that one change."""
    return next(text for site, text in _changes(source, only=number))


def _changes(source: str, only: int | None = None) -> Iterator[tuple[Site, str]]:
    tree = ast.parse(source)
    for number, (statement, node, change, make) in enumerate(_places(tree)):
        if only is None or number == only:
            before = ast.unparse(statement).partition("\n")[0]
            undo = make()
            after = ast.unparse(statement).partition("\n")[0]
            whole = ast.unparse(tree) if only is not None else ""
            undo()
            line = getattr(node, "lineno", statement.lineno)
            yield Site(number, line, _lines_of(statement), change, before, after), whole


def _lines_of(statement: ast.stmt) -> tuple[int, ...]:
    """Without those of the statements inside it."""
    inside = [body[0].lineno for _, body in _bodies(statement)]
    end = max(min(inside, default=(statement.end_lineno or statement.lineno) + 1), statement.lineno + 1)
    return tuple(range(statement.lineno, end))


def _places(tree: ast.Module) -> Iterator[tuple[ast.stmt, ast.AST, str, Make]]:
    for holder, body in _bodies(tree):
        for statement in body:
            if _is_left_alone(statement, holder):
                continue
            yield from _inside(statement)
            if replaced := _without(statement):
                yield (
                    statement,
                    statement,
                    f"{type(statement).__name__.lower()} left out",
                    _becoming(statement, replaced),
                )


def _bodies(tree: ast.AST) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                yield node, body


def _is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_left_alone(statement: ast.stmt, holder: ast.AST) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal | ast.Assert):
        return True
    if _is_for_types_only(statement) or _is_for_types_only(holder):
        return True
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)  # a docstring, or `…`


def _inside(statement: ast.stmt) -> Iterator[tuple[ast.stmt, ast.AST, str, Make]]:
    for node in _expressions(statement):
        if isinstance(node, ast.Compare):
            for at, operator in enumerate(node.ops):
                turned = _TURNED[type(operator)]()
                yield (
                    statement,
                    node,
                    "comparison turned",
                    _setting(node, "ops", [*node.ops[:at], turned, *node.ops[at + 1 :]]),
                )
        elif isinstance(node, ast.BoolOp):
            other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield statement, node, "and, or", _setting(node, "op", other)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield statement, node, "not dropped", _becoming(node, node.operand)
        elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER_WAY:
            yield statement, node, "operator turned", _setting(node, "op", _OTHER_WAY[type(node.op)]())
        elif isinstance(node, ast.Constant) and (other_value := _another(node.value)) is not None:
            yield statement, node, "constant changed", _setting(node, "value", other_value)
        if isinstance(node, ast.IfExp) and not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield statement, node, "condition denied", _setting(node, "test", _denied(node.test))
    if isinstance(statement, ast.If | ast.While) and not isinstance(statement.test, ast.Compare | ast.UnaryOp):
        yield statement, statement.test, "condition denied", _setting(statement, "test", _denied(statement.test))


def _expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """What the statement itself computes: no statement inside it, no annotation, no text for people."""
    waiting: list[Any] = [statement]
    while waiting:
        node = waiting.pop()
        if node is not statement:
            if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case | ast.JoinedStr) or _is_a_type(node):
                continue
            yield node
        told = _told_to_people(node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_comment", "decorator_list", "bases"):
                continue
            inside = value if isinstance(value, list) else [value]
            waiting += [item for item in inside if isinstance(item, ast.AST) and item not in told]


def _told_to_people(node: ast.AST) -> list[ast.AST]:
    """Of what a call is given, the sentences: the words of a refusal, a line of help."""
    if not isinstance(node, ast.Call):
        return []
    told: list[ast.AST] = [keyword for keyword in node.keywords if keyword.arg in _TOLD]
    return told + (list(node.args[1:]) if _SAYING.fullmatch(_name_of(node)) else [])


def _name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", "") or getattr(call.func, "id", ""))


def _is_a_type(node: ast.AST) -> bool:
    held = node.value if isinstance(node, ast.Subscript) else node.func if isinstance(node, ast.Call) else None
    return isinstance(held, ast.Name) and held.id in ("Literal", "TypeVar", "cast")


def _another(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and _NAME_LIKE.fullmatch(value):
        return f"{value}x"
    if isinstance(value, bytes) and value:
        return value + b"x"
    return None


def _denied(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), copy.copy(test)), test)


def _without(statement: ast.stmt) -> ast.AST | None:
    """What stands where the statement stood; None where leaving it out would only be a missing name."""
    match statement:
        case ast.Return(value=value) if value is not None and not _is_none(value):
            return ast.copy_location(ast.Return(ast.copy_location(ast.Constant(None), value)), statement)
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() | ast.Await()):
            return None
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Break() | ast.Continue() | ast.Delete():
            return ast.copy_location(ast.Pass(), statement)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return ast.copy_location(ast.Pass(), statement)
    return None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _setting(node: ast.AST, name: str, value: Any) -> Make:
    def make() -> Callable[[], None]:
        before = getattr(node, name)
        setattr(node, name, value)
        return lambda: setattr(node, name, before)

    return make


def _becoming(node: ast.AST, other: ast.AST) -> Make:
    """The node turned into another kind of node where it stands, so that whoever holds it need not be found."""

    def make() -> Callable[[], None]:
        kind, fields = node.__class__, dict(node.__dict__)
        node.__dict__.clear()
        node.__dict__.update(copy.copy(other).__dict__ if other is not node else fields)
        node.__class__ = other.__class__

        def undo() -> None:
            node.__class__ = kind
            node.__dict__.clear()
            node.__dict__.update(fields)

        return undo

    return make
