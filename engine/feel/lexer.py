"""Text to tokens.

A name of FEEL may hold spaces and operators where its scope declares it so; the lexer knows no scopes. It cuts
names into their words, and the parser joins them (`engine.feel.names`).
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from engine.feel.errors import FeelLimitError, FeelSyntaxError, Problem, Span
from engine.feel.limits import MAX_TEXT_LENGTH

Kind = Literal["number", "string", "word", "symbol", "end"]

_NAME_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_PART: Final = _NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE: Final = "\t\n\u000b\u000c\r \u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"

_TOKEN: Final = re.compile(
    rf"""
      (?P<space>[{_SPACE}]+ | //[^\n\r]* | /\*(?s:.*?)\*/)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?)
    | (?P<word>\? | [{_NAME_START}][{_NAME_PART}]*)
    | (?P<string>"(?:[^"\\\n\r]|\\[^\n\r])*")
    | (?P<symbol>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{{}},:.@'])
    """,
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt'\"\\]))")
_PLAIN_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}

# What other languages and keyboards have; the longest first.
_FOREIGN: Final = {
    "===": "= compares; === is not FEEL",
    "!==": "write !=",
    "&&": "write and",
    "||": "write or",
    "<>": "write !=",
    "≠": "write !=",
    "≤": "write <=",
    "≥": "write >=",
    "×": "write *",
    "÷": "write /",
    "–": "write - (the hyphen)",
    "—": "write - (the hyphen)",
    "−": "write - (the hyphen)",
    "“": 'write straight quotation marks: "…"',
    "”": 'write straight quotation marks: "…"',
    "„": 'write straight quotation marks: "…"',
    "‘": 'write straight quotation marks: "…"',
    "’": 'write straight quotation marks: "…"',
    "…": "write .. (two dots) for a range",
    "!": "write not(…)",
    "&": "write and; + joins strings",
    "|": "write or",
    "^": "write **",
    "%": "write 20% without a space for a share, modulo(a, b) for a remainder",
    ";": "write , between items",
    "~": "write matches(text, pattern)",
    "`": 'write "…" for a string, and names without quotation marks',
    "$": "names have letters, digits and _",
    "#": "names have letters, digits and _; a comment begins with //",
}


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: what it is.
        text: the piece itself.
        span: where it stands.
    """

    kind: Kind
    text: str
    span: Span


def tokenize(text: str) -> list[Token]:
    """Cut `text` into tokens, comments and white space left out, an ``end`` token last.

    Raises:
        FeelSyntaxError: a character that FEEL does not have, a string or comment that does not end.
        FeelLimitError: the text is longer than `MAX_TEXT_LENGTH`.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise FeelLimitError(
            "MAX_TEXT_LENGTH", f"the expression is longer than {MAX_TEXT_LENGTH:,} characters"
        )
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FeelSyntaxError(text, _stray(text, position))
        start, position = match.span()
        group = match.lastgroup
        if group == "symbol" and text.startswith("/*", start):
            place = Span(start, start + 2)
            raise FeelSyntaxError(text, Problem(place, "the comment has no end", "close it with */"))
        if group == "word":
            tokens.append(Token("word", match.group(), Span(start, position)))
        elif group == "symbol":
            _refuse_foreign(text, start, tokens)
            tokens.append(Token("symbol", match.group(), Span(start, position)))
        elif group == "number":
            tokens.append(Token("number", match.group(), Span(start, position)))
        elif group == "string":
            tokens.append(Token("string", match.group(), Span(start, position)))
    tokens.append(Token("end", "", Span(len(text), len(text))))
    return tokens


def words(name: str) -> tuple[str, ...]:
    """The texts of the tokens that `name` is cut into; empty where it cannot stand in an expression unquoted."""
    result: list[str] = []
    position = 0
    while position < len(name):
        match = _TOKEN.match(name, position)
        if match is None or match.lastgroup == "string":
            return ()
        if match.lastgroup != "space":
            result.append(match.group())
        position = match.end()
    return tuple(result)


def unquote(text: str, token: Token) -> str:
    """The string that a string token stands for.

    Raises:
        FeelSyntaxError: an escape stands for no character.
    """

    def character(match: re.Match[str]) -> str:
        short, long, plain = match.groups()
        if plain:
            return _PLAIN_ESCAPES[plain]
        code = int(short or long, 16)
        if code > 0x10FFFF:
            place = Span(token.span.start + 1 + match.start(), token.span.start + 1 + match.end())
            raise FeelSyntaxError(
                text, Problem(place, "this escape stands for no character", "the last is \\U10FFFF")
            )
        return chr(code)

    body = token.text[1:-1]
    if "\\" not in body:
        return body
    result = _ESCAPE.sub(character, body)
    try:
        # An escape outside the first plane may be written as its two surrogates.
        return result.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FeelSyntaxError(
            text,
            Problem(token.span, "half of a character: a surrogate without its other half", "write \\UXXXXXX"),
        ) from None


def _refuse_foreign(text: str, start: int, before: list[Token]) -> None:
    """Refuse what looks like FEEL but is another language's operator."""
    pair = text[start : start + 2]
    if pair == "==":
        width = 3 if text.startswith("===", start) else 2
        raise FeelSyntaxError(
            text,
            Problem(Span(start, start + width), f"{text[start : start + width]} is not FEEL", "= compares"),
        )
    if pair == "<>" and (not before or before[-1].text != "function"):
        raise FeelSyntaxError(text, Problem(Span(start, start + 2), "<> is not FEEL", "write !="))
    if pair == "=>":
        raise FeelSyntaxError(text, Problem(Span(start, start + 2), "=> is not FEEL", "write >="))
    if pair == "=<":
        raise FeelSyntaxError(text, Problem(Span(start, start + 2), "=< is not FEEL", "write <="))
    if pair == "!=" and text.startswith("!==", start):
        raise FeelSyntaxError(text, Problem(Span(start, start + 3), "!== is not FEEL", "write !="))
    if pair[:1] == "'" and text.find("'", start + 1) > 0 and (not before or before[-1].kind != "word"):
        end = text.index("'", start + 1) + 1
        raise FeelSyntaxError(
            text,
            Problem(
                Span(start, end),
                "a string stands in double quotation marks",
                f'write "{text[start + 1 : end - 1]}"',
            ),
        )


def _stray(text: str, position: int) -> Problem:
    """The problem with a character that begins no token."""
    if text[position] == '"':
        end = len(text)
        for newline in "\n\r":
            at = text.find(newline, position)
            end = min(end, at if at >= 0 else end)
        return Problem(Span(position, end), "the string has no end", 'close it with " on the same line')
    for foreign, hint in _FOREIGN.items():
        if text.startswith(foreign, position):
            return Problem(Span(position, position + len(foreign)), f"{foreign} is not FEEL", hint)
    return Problem(Span(position, position + 1), f"{text[position]!r} has no meaning in FEEL", "take it out")
