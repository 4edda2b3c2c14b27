"""A module and a function of names that the built-in rules know."""


def validate_snippet_syntax(code, filename):
    return bool(code and filename), None
