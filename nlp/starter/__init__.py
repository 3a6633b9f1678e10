"""The rules and templates that every owner starts with, for their settings to complete."""

from importlib import resources

from nlp.rules import Rule
from nlp.rules_file import load_rules
from nlp.templates import Templates
from nlp.templates_file import load_templates


def starter_templates() -> Templates:
    """Load the starter templates, in English and Chinese."""
    return load_templates(starter_text("templates.toml"), "nlp/starter/templates.toml")


def starter_rules(templates: Templates) -> tuple[Rule, ...]:
    """Load the starter rules, which need (at least) the starter templates' names."""
    return load_rules(starter_text("rules.toml"), "nlp/starter/rules.toml", templates)


def starter_text(name: str) -> str:
    """Return a starter file, rules.toml or templates.toml, for an owner to begin with."""
    return resources.files("nlp.starter").joinpath(name).read_text("utf-8")
