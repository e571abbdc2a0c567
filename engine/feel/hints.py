"""What to say where the text stops being FEEL: the commonest mistakes of people who know other languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.feel.lexer import Token

_COMPARISONS: Final = frozenset(("=", "!=", "<", "<=", ">", ">="))
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}

# A word after a complete value, where an operator was due.
_WORDS: Final = {
    "is": "= compares: x = null",
    "equals": "= compares",
    "eq": "= compares",
    "like": "write matches(text, pattern)",
    "contains": "write contains(text, part) or list contains(list, item)",
    "mod": "write modulo(a, b)",
    "div": "write floor(a / b)",
    "xor": "write a != b",
    "?": "write if … then … else …",
    "where": "filter with brackets: items[condition]",
    "unless": "write if not(…) then …",
}
_CAPITALS: Final = frozenset(
    ("and", "or", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies")
)


def found(token: Token) -> str:
    """How a message calls `token`."""
    return "the end of the expression" if token.kind == "end" else f"{token.text}"


def for_missing_value(tokens: Sequence[Token], at: int) -> str:
    """The hint where a value was due and the token `at` begins none."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if token.text == "'":
        return 'a string stands in double quotation marks: "…"'
    if token.text == "=" and before is not None and before.text in ("<", ">", "!"):
        return f"write {before.text}= without a space"
    if token.text in _COMPARISONS and before is not None:
        if before.text in ("and", "or"):
            return "repeat what is compared (x >= 1 and x < 5), or write x in [1..5)"
        return "a comparison needs a value on its left"
    if token.text == "..":
        return "a range stands in brackets: [1..5], (0..1]"
    if token.text == "%":
        return "write 20% without a space"
    if token.text in ("then", "else", "return", "satisfies"):
        return f"something is missing before {token.text}"
    if token.text in ("and", "or"):
        return f"{token.text} stands between two conditions"
    if token.text in ("in", "between"):
        return f"{token.text} needs a value on its left"
    if token.text in _CLOSERS and before is not None and before.text == ",":
        return "take out the comma before it"
    if token.text in _CLOSERS and _unopened(tokens, at):
        return f"no {_CLOSERS[token.text]} opens it"
    if token.text in ("*", "/", "**", "+"):
        return f"{token.text} stands between two values"
    return ""


def for_leftover(tokens: Sequence[Token], at: int) -> str:
    """The hint where a complete expression goes on with the token `at`."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else token
    if token.text == "," and before is not None and before.kind == after.kind == "number":
        return f"a decimal point, not a comma: write {before.text}.{after.text}"
    if token.text in _CLOSERS:
        return f"no {_CLOSERS[token.text]} opens it"
    if token.text == "..":
        return "a range stands in brackets: [1..5], (0..1]"
    if token.text == "[" and after.text in _COMPARISONS:
        return f"a filter names the item: [item {after.text} …]"
    if token.text in ("else", "then"):
        return "write if … then … else …"
    if token.text in ("return", "satisfies"):
        return "write for x in list return … or every x in list satisfies …"
    if token.text == ":":
        return "a name and a colon stand in { } or in the arguments of a call"
    if token.text == ",":
        return "several values stand in [ ]"
    if token.kind == "word":
        return _for_leftover_word(tokens, at)
    if token.kind in ("number", "string") or token.text in ("@", "{"):
        if before is not None and before.text.endswith("%"):
            return "20% is a number; the remainder of a division is modulo(a, b)"
        return "an operator is missing before it"
    return ""


def _for_leftover_word(tokens: Sequence[Token], at: int) -> str:
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if token.text.lower() in _CAPITALS and token.text.lower() != token.text:
        return f"write {token.text.lower()} in small letters"
    if token.text == "not" and tokens[at + 1].text == "in":
        return "write not(x in …)"
    if before is not None and before.text == "not":
        return "not takes parentheses: not(…)"
    if token.text in _WORDS:
        return _WORDS[token.text]
    if before is not None and before.kind == "word":
        return "an operator is missing, or a name has no such second word"
    return "an operator is missing before it"


def _unopened(tokens: Sequence[Token], at: int) -> bool:
    depth = 0
    for token in tokens[:at]:
        depth += (token.text in _CLOSERS.values()) - (token.text in _CLOSERS)
    return depth <= 0
