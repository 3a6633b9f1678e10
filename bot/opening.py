"""When the shop is open: as the owner has said in chat, or else as the settings say."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database

from bot.settings import Settings, SettingsError
from bot.store import choices
from nlp.hours import Hours, HoursError

NOW, BEFORE = "hours", "hours_before"  # choices; the second is for taking the first back


@dataclass(frozen=True, slots=True)
class Opening:
    """What the owner has told about when they are there.

    Attributes
    ----------
    text : str
        The weekly hours, in words that may or may not be understood.
    closed : tuple of (str, str)
        First and last days, in ISO format, of when it is closed for once.
    country, region : str
        Codes of ISO 3166; whose public holidays are kept.
    """

    text: str
    closed: tuple[tuple[str, str], ...] = ()
    country: str = ""
    region: str = ""

    def hours(self, settings: Settings) -> Hours:
        """Understand it.

        Raises
        ------
        HoursError
            If a part is not understood.
        """
        clauses = [self.text, *(f"{first} - {last} off" for first, last in self.closed)]
        return Hours.parse("; ".join(clauses), settings.timezone, self.country, self.region)

    def understood(self, settings: Settings) -> Hours | None:
        """Understand it, or give None where it is only words to be passed on.

        Raises
        ------
        SettingsError
            If there is no such country or region.
        """
        try:
            return self.hours(settings)
        except HoursError as error:
            if error.problem in {"country", "subdivision"}:
                raise SettingsError(f"SHOP_COUNTRY or SHOP_REGION is wrong: {error}.") from error
            return None

    def without_past(self, today: dt.date) -> Opening:
        """Leave out the days that are over."""
        coming = tuple(days for days in self.closed if days[1] >= today.isoformat())
        return replace(self, closed=coming)

    def mark(self) -> int:
        """Give a number that changes with what is told."""
        return zlib.crc32(_json(self).encode())


def told(db: Database, settings: Settings) -> Opening:
    """Give what the owner has told last."""
    chosen = choices.get(db, NOW)
    if chosen:
        return _opening(chosen)
    text = settings.shop.get("hours", "")
    return Opening(text, (), settings.shop_country, settings.shop_region)


def tell(db: Database, opening: Opening) -> None:
    """Take over what the owner tells, and remember what it was before.

    To tell the same again changes nothing, so that it may be repeated.
    """
    if choices.get(db, NOW) == _json(opening):
        return
    with db.atomic():
        choices.put(db, BEFORE, choices.get(db, NOW) or "")
        choices.put(db, NOW, _json(opening))


def take_back(db: Database, mark: int) -> bool:
    """Put back what was told before; False if it has changed since `mark` was current."""
    now, before = choices.get(db, NOW), choices.get(db, BEFORE)
    if now is None or before is None or _opening(now).mark() != mark:
        return False
    with db.atomic():
        choices.drop(db, BEFORE)
        choices.drop(db, NOW)  # then the settings say so again
        if before:
            choices.put(db, NOW, before)
    return True


def forget_past(db: Database, today: dt.date) -> bool:
    """Forget the closed days that are over; say whether there were any."""
    chosen = choices.get(db, NOW)
    if chosen is None or _opening(chosen) == _opening(chosen).without_past(today):
        return False
    choices.put(db, NOW, _json(_opening(chosen).without_past(today)))
    return True


def _json(opening: Opening) -> str:
    return json.dumps(asdict(opening), ensure_ascii=False)


def _opening(written: str) -> Opening:
    given = json.loads(written)
    return Opening(**given | {"closed": tuple((first, last) for first, last in given["closed"])})
