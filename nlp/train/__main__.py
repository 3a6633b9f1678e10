"""`python -m nlp.train`: train what ships in `nlp/models`."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from nlp.train.tweets import DataError

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

Data = Annotated[Path, typer.Option(help="The folder that holds the data sets.")]
Out = Annotated[Path, typer.Option(help="Where the trained files go.")]

Tuned = Literal["clinc150", "banking77"]

MODELS = Path(__file__).parent.parent / "models"


@app.callback()
def main() -> None:
    """Train what ships in `nlp/models`."""


@app.command()
def sentiment(
    data: Data,
    out: Out = MODELS,
) -> None:
    """Train how English and Chinese messages feel: about an hour on a CPU."""
    from nlp.train import chinese, english  # noqa: PLC0415 - torch and scikit-learn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        reviews = progress.add_task("Chinese", total=None)
        try:
            chinese.train(
                data,
                out,
                stepped=lambda done, total: progress.update(reviews, completed=done, total=total),
            )
            tweets = progress.add_task("English", total=None)
            english.train(
                data,
                out,
                stepped=lambda done, total: progress.update(tweets, completed=done, total=total),
            )
        except DataError as error:
            progress.stop()
            typer.echo(error, err=True)
            raise typer.Exit(2) from error


@app.command()
def match(
    data: Data,
    out: Out = MODELS,
    tuned_on: Annotated[
        Tuned, typer.Option(help="What ships is tuned on clinc150; the other shows it unseen.")
    ] = "clinc150",
    seed: Annotated[int, typer.Option(help="Of everything that is random.")] = 0,
) -> None:
    """Train how taught answers are found: about ten minutes on a CPU."""
    from nlp.train import matching  # noqa: PLC0415 - torch and scikit-learn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        steps = progress.add_task("Questions", total=None)
        try:
            matching.train(
                data,
                out,
                tuned_on=tuned_on,
                seed=seed,
                stepped=lambda done, total: progress.update(steps, completed=done, total=total),
            )
        except DataError as error:
            progress.stop()
            typer.echo(error, err=True)
            raise typer.Exit(2) from error


if __name__ == "__main__":
    app()
