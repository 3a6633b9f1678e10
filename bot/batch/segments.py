"""`python -m bot segments`: which customers are alike, and what sets each group apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.batch.frames import read_frame, shown
from bot.batch.options import AsCsv, AsJson, Column, Seed
from bot.batch.reading import InputError, column_names
from bot.batch.tables import (
    SLOW,
    CsvFile,
    cleaning_as_json,
    named,
    remark,
    taken_ids,
    tell_cleaning,
    write_beside,
    write_json,
)  # fmt: skip
from bot.batch.writing import form_of, write

if TYPE_CHECKING:
    import pandas as pd

    from analytics.groups import Group, Grouping, Trait

COLUMNS = ("customer", "segment", "name")
NO_GROUPS = "no clear groups"
NO_GROUP = "in no group"
EVERYBODY = "average"

SIGNALS = {
    "recent": "came lately", "lapsed": "long gone", "new": "new", "long_known": "long known",
    "quiet": "comes seldom", "frequent": "comes often", "small": "spends little",
    "big": "spends much", "small_purchases": "small purchases", "big_purchases": "big purchases",
    "self_served": "needs no help", "needs_help": "needs help", "keeps": "returns nothing",
    "returns": "returns much", "unhappy": "unhappy", "happy": "happy",
}  # fmt: skip
ACTIONS = {
    "care": "Write to them yourself and ask what went wrong.",
    "win_back": "Win them back: a personal offer for coming back.",
    "remind": "Send one friendly reminder, then let them be.",
    "reward": "Thank them: early access or something extra.",
    "welcome": "Welcome them and show what else there is.",
    "invite": "Invite them to the next purchase.",
    "tailor": "Write a post just for them: {name}.",
    "none": "Nothing special: your usual posts are for them.",
}

Purchases = Annotated[
    bool,
    typer.Option(
        "--purchases", help="FILE has a purchase a row, in the columns customer, at and value."
    ),
]
How = Annotated[
    Literal["auto", "kmeans", "dbscan", "hdbscan", "gmm"],
    typer.Option("--method", help="auto is K-means where it finds clear groups."),
]
K = Annotated[
    int | None,
    typer.Option("--k", min=2, max=100, help="So many groups, clear or not.", show_default=False),
]
Summary = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.json",
        help="Write what was found and how sure it is: k, silhouette, stability, traits, actions.",
        show_default=False,
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE.png", help="Draw the groups.", show_default=False),
]


def segments(
    file: CsvFile,
    *,
    purchases: Purchases = False,
    method: How = "auto",
    k: K = None,
    summary: Summary = None,
    plot: Plot = None,
    column: Column = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    seed: Seed = 0,
) -> None:
    """Group customers who are alike, name each group and suggest what to do about it.

    Any columns will do; "no clear groups" is a possible answer, with segment 0.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)
    if k is not None and method in {"dbscan", "hdbscan"}:
        raise InputError(f"--method {method} finds the number of groups itself: leave --k out.")
    headers = column_names(column or [], ["customer", "at", "value"] if purchases else ["customer"])
    if purchases:
        ids, table, described = _of_purchases(file, headers)
    else:
        ids, table, described = *_of_customers(file, headers), None
    if len(ids) >= SLOW:
        remark(f"Looking for groups among {len(ids):,} customers …")
    from analytics.frames import NotEnoughDataError  # noqa: PLC0415  # pandas and sklearn
    from analytics.groups import group_customers  # noqa: PLC0415

    try:
        found = group_customers(
            table,
            described=described,
            method=None if method == "auto" else method,
            k=k,
            random_state=seed,
        )
    except NotEnoughDataError as error:
        raise InputError(f"{shown(file)}: {error}") from error
    tell_cleaning(found.cleaning.remarks)
    if not found.cleaning.columns:
        raise InputError(f"{shown(file)}: no column tells anything of the customers.")
    names = [_name(group) for group in found.groups]
    if summary:
        write_json(summary, _summary(found, names))
    if plot:
        _draw(found, table, names, plot)
    remark(_verdict(found))
    labels = found.clustering.labels.tolist() if names else [-1] * len(ids)
    nobody = NO_GROUP if names else NO_GROUPS
    rows = (
        (each, label + 1, names[label] if label >= 0 else nobody)
        for each, label in zip(ids, labels, strict=True)
    )
    write(COLUMNS, rows, form)


def _of_customers(file: str, headers: dict[str, str]) -> tuple[list[str], pd.DataFrame]:
    from analytics.cleaning import without_duplicates  # noqa: PLC0415  # pandas

    table = read_frame(file, headers, list(headers), as_text=["customer"])
    table, remarks = without_duplicates(table, "customer" if "customer" in table else None)
    tell_cleaning(remarks)
    ids = taken_ids(table, shown(file), ["customer"])
    return ids.tolist(), table.drop(columns="customer", errors="ignore")


def _of_purchases(
    file: str, headers: dict[str, str]
) -> tuple[list[str], pd.DataFrame, pd.DataFrame]:
    """Give the customers, what they are grouped by, and what more is known of them."""
    needed = ["customer", "at", "value"]
    table = read_frame(file, headers, needed, as_text=["customer", "at"])[needed]
    from analytics.columns import is_missing  # noqa: PLC0415  # pandas
    from analytics.frames import FrameError  # noqa: PLC0415
    from analytics.moments import read_moments  # noqa: PLC0415
    from analytics.purchases import RFM, purchase_features  # noqa: PLC0415

    nobody = is_missing(table["customer"])
    if nobody.all():
        raise InputError(f"{shown(file)}: no row names its customer.")
    if nobody.any():
        remark(f"customer: rows left out that name none: {nobody.sum():,}.")
        table = table[~nobody]
    moments = read_moments(table["at"])
    if moments.values.isna().any():
        line = moments.values.index[int(moments.values.isna().to_numpy().argmax())]
        raise InputError(
            f"{shown(file)}, line {line}: {table['at'].loc[line]} is no date; "
            "write it as 2026-01-31 or 2026-01-31 18:00."
        )
    if moments.guessed:
        remark(f"at: {moments.guessed} was read with the day first.")
    try:
        features = purchase_features(table.assign(at=moments.values))
    except FrameError as error:
        line = table.index[(error.row or 1) - 1]
        problem = str(error).partition(": ")[2]
        raise InputError(f"{shown(file)}, line {line}, column {error.column}: {problem}") from error
    return features["customer"].tolist(), features[list(RFM)], features.drop(columns="customer")


def _name(group: Group) -> str:
    """Name a group by as many traits as it takes to tell it from the others, but two if it can."""
    return ", ".join(map(_trait, group.traits[: max(2, group.n_telling)])) or EVERYBODY


def _trait(trait: Trait) -> str:
    if trait.signal in SIGNALS:
        return SIGNALS[trait.signal]
    if trait.feature.value is not None:
        return f"{'' if trait.is_high else 'hardly '}{named(trait.feature)}"
    if trait.feature.kind == "moment":
        return f"{'late' if trait.is_high else 'early'} {named(trait.feature)}"
    return f"{'high' if trait.is_high else 'low'} {named(trait.feature)}"


def _verdict(found: Grouping) -> str:
    clusters = found.clustering
    if clusters.silhouette is None or clusters.stability is None:
        return f"{found.n_customers:,} customers: {NO_GROUPS}."
    worth = f"silhouette {clusters.silhouette:.2f}, stability {clusters.stability:.2f}"
    if not clusters.clear:
        return f"{found.n_customers:,} customers: {NO_GROUPS} ({clusters.method}, {worth})."
    return f"{found.n_customers:,} customers in {clusters.k} groups ({clusters.method}, {worth})."


def _summary(found: Grouping, names: list[str]) -> dict[str, Any]:
    from analytics.clusters import gap_k  # noqa: PLC0415  # sklearn

    clusters = found.clustering
    return {
        "method": clusters.method,
        "clear": clusters.clear,
        "k": len(names),
        "silhouette": clusters.silhouette,
        "stability": clusters.stability,
        "davies_bouldin": clusters.davies_bouldin,
        "within_distance": clusters.within,
        "silhouette_of_structureless_clouds": clusters.baseline_silhouette,
        "k_of_gap_statistic": gap_k(clusters.tried),
        "radius": clusters.radius,
        "n_customers": found.n_customers,
        "n_in_no_group": int((clusters.labels < 0).sum()) if names else found.n_customers,
        "tried": [
            {"k": t.k, "silhouette": t.silhouette, "gap": t.gap, "gap_error": t.gap_error,
             "bic": t.bic}
            for t in clusters.tried
        ],
        "cleaning": cleaning_as_json(found.cleaning.remarks),
        "segments": [
            {
                "segment": number,
                "name": name,
                "size": group.size,
                "share": group.share,
                "traits": [
                    {"trait": _trait(t), "feature": named(t.feature), "effect": t.effect,
                     "own": t.own, "usual": t.usual}
                    for t in group.traits
                ],
                "action": ACTIONS[group.action].format(name=name),
            }
            for number, (group, name) in enumerate(zip(found.groups, names, strict=True), 1)
        ],
    }  # fmt: skip


def _draw(found: Grouping, table: pd.DataFrame, names: list[str], path: Path) -> None:
    """Draw up to 3,000 customers on the two axes along which all differ most."""
    import numpy as np  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415  # a third of a second

    from analytics.cleaning import scaled  # noqa: PLC0415

    drawn = np.random.default_rng(0).permutation(len(table))[:3000]
    points = scaled(found.cleaning, table.iloc[drawn])
    points = np.column_stack([points - points.mean(axis=0), np.zeros(len(points))])
    flat = points @ np.linalg.svd(points, full_matrices=False)[2][:2].T
    labels = found.clustering.labels[drawn] if names else np.full(len(drawn), -1)
    figure = Figure(figsize=(6, 6), dpi=130, layout="constrained")
    axes = figure.subplots()
    for label in np.unique(labels).tolist():
        members = labels == label
        text = f"{label + 1}: {names[label]}" if label >= 0 else NO_GROUP if names else NO_GROUPS
        axes.scatter(flat[members, 0], flat[members, 1], s=9, alpha=0.6, linewidths=0, label=text,
                     color="0.6" if label < 0 else f"C{label % 10}")  # fmt: skip
    axes.set(xticks=[], yticks=[], title=_verdict(found))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), markerscale=2, frameon=False)
    write_beside(path, figure.savefig)
