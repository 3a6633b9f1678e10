"""Public holidays, by the `holidays` package, which is loaded when a country is first named."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_LANGUAGES = {"en": "en_US", "zh": "zh_CN"}


def countries() -> Mapping[str, list[str]]:
    """Return the codes of regions by the code of their country."""
    from holidays import list_supported_countries  # noqa: PLC0415 - 0.1 s

    return list_supported_countries()


@lru_cache(maxsize=64)
def holidays_of(
    year: int, country: str, subdivision: str, language: str = "en"
) -> Mapping[dt.date, str]:
    """Return the names of a year's public holidays, in a language where it has them, by day."""
    from holidays import country_holidays, list_localized_countries  # noqa: PLC0415

    wanted = _LANGUAGES.get(language)
    known = list_localized_countries().get(country, [])
    found = country_holidays(
        country,
        subdiv=subdivision or None,
        years=year,
        language=wanted if wanted in known else None,
    )
    return MappingProxyType(dict(found.items()))
