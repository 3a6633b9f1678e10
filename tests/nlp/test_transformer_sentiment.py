"""The tiny models have random weights: what is tested is the way from labels to probabilities."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlp.model import ModelError, TransformerSentiment

torch = pytest.importorskip("torch")


def save_tiny_model(folder: Path, labels: list[str], bias: list[float] | None = None) -> str:
    """Save a one-layer BERT whose bias decides what it says, and its tokenizer."""
    from transformers import (  # noqa: PLC0415
        BertConfig,
        BertForSequenceClassification,
        BertTokenizer,
    )

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "好", "坏"]
    folder.mkdir(exist_ok=True)
    words = folder / "vocab.txt"
    words.write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(vocab=str(words)).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    if bias is not None:
        model.classifier.bias.data = torch.tensor(bias)
    model.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    ("labels", "loudest", "expected"),
    [
        (["negative", "neutral", "positive"], 0, "negative"),
        (["POSITIVE", "NEGATIVE"], 0, "positive"),
        (["POS", "NEU", "NEG"], 2, "negative"),
        (["LABEL_0", "LABEL_1", "LABEL_2"], 1, "neutral"),
        (["LABEL_0", "LABEL_1"], 1, "positive"),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], 1, "negative"),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], 2, "neutral"),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], 4, "positive"),
        (["negative (stars 1, 2 and 3)", "positive (stars 4 and 5)"], 1, "positive"),
    ],
)
def test_usual_label_names_are_understood(
    tmp_path: Path, labels: list[str], loudest: int, expected: str
) -> None:
    bias = [10.0 if index == loudest else 0.0 for index in range(len(labels))]

    felt = TransformerSentiment(save_tiny_model(tmp_path, labels, bias))("good", "en")

    assert felt.label == expected
    assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)


def test_no_clear_best_is_unsure(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, ["negative", "neutral", "positive"], [0.0, 0.0, 0.0])

    assert TransformerSentiment(folder, sure_from=0.9)("bad", "en").label == "unsure"


@pytest.mark.parametrize("message", ["", "\ud800\0", "好 " * 10_000, "👍"])
def test_any_message_is_judged(tmp_path: Path, message: str) -> None:
    model = TransformerSentiment(save_tiny_model(tmp_path, ["negative", "neutral", "positive"]))

    felt = model(message, "zh")

    assert felt.negative + felt.neutral + felt.positive == pytest.approx(1)


def test_messages_together_are_judged_as_one_by_one(tmp_path: Path) -> None:
    model = TransformerSentiment(save_tiny_model(tmp_path, ["negative", "neutral", "positive"]))
    messages = ["bad bad bad", "", "good", "好 " * 100]

    together = model.many([(message, "en") for message in messages])

    assert [felt.negative for felt in together] == pytest.approx(
        [model(message, "en").negative for message in messages], abs=1e-6
    )


def test_two_threads_share_one_model(tmp_path: Path) -> None:
    model = TransformerSentiment(save_tiny_model(tmp_path, ["negative", "neutral", "positive"]))
    messages = ["good " * n for n in range(1, 20)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda message: model(message, "en"), messages * 5))

    one_by_one = [model(message, "en").negative for message in messages] * 5
    assert [felt.negative for felt in together] == pytest.approx(one_by_one)


def test_labels_that_are_no_sentiment_are_listed(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, ["joy", "anger"])

    with pytest.raises(ModelError, match="no sentiment: joy, anger"):
        TransformerSentiment(folder)


def test_a_model_with_one_side_only_is_refused(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, ["neutral", "positive"])

    with pytest.raises(ModelError, match="lacks negative or positive"):
        TransformerSentiment(folder)


def test_a_model_without_a_trained_classifier_is_refused(tmp_path: Path) -> None:
    from transformers import BertModel  # noqa: PLC0415

    folder = save_tiny_model(tmp_path, ["negative", "positive"])
    BertModel.from_pretrained(folder).save_pretrained(folder)

    with pytest.raises(ModelError, match="it lacks classifier"):
        TransformerSentiment(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing-here cannot be loaded"):
        TransformerSentiment(str(tmp_path / "nothing-here"))


def test_broken_weights_are_named(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, ["negative", "positive"])
    (tmp_path / "model.safetensors").write_bytes(b"not weights")

    with pytest.raises(ModelError, match="cannot be loaded"):
        TransformerSentiment(folder)
