"""The rules and templates that every owner starts with, for their settings to complete."""

from importlib import resources

from nlp.rules import Rule, load_rules
from nlp.templates import Templates, load_templates


def starter_templates() -> Templates:
    """Load the starter templates, in English and Chinese."""
    return load_templates(_read("templates.toml"), "nlp/starter/templates.toml")


def starter_rules(templates: Templates) -> tuple[Rule, ...]:
    """Load the starter rules, which need (at least) the starter templates' names."""
    return load_rules(_read("rules.toml"), "nlp/starter/rules.toml", templates)


def _read(name: str) -> str:
    return resources.files("nlp.starter").joinpath(name).read_text("utf-8")
