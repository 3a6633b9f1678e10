import pytest

from nlp import eight_bits

torch = pytest.importorskip("torch")

NAME = "encoder.layer.0.output.dense"


def test_a_packed_matrix_multiplies_almost_as_before() -> None:
    torch.manual_seed(0)
    x, weight, bias = torch.randn(2, 3, 64) + 1, torch.randn(32, 64), torch.randn(32)
    packed = eight_bits.packed({f"{NAME}.weight": weight, f"{NAME}.bias": bias})

    ready = eight_bits.ready(packed)
    found = (
        eight_bits.linear(ready, NAME, x)
        if f"{NAME}.weight.scale" in ready  # only where the processor is made for it
        else torch.nn.functional.linear(x, ready[f"{NAME}.weight"], bias)
    )

    due = torch.nn.functional.linear(x, weight, bias)
    assert packed[f"{NAME}.weight"].dtype == torch.int8
    assert (found - due).norm() < 0.02 * due.norm()


def test_another_processor_gets_what_was_packed_as_float(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    weight = torch.randn(32, 64)

    ready = eight_bits.ready(eight_bits.packed({f"{NAME}.weight": weight}))

    assert list(ready) == [f"{NAME}.weight"]
    assert (ready[f"{NAME}.weight"] - weight).abs().max() < weight.abs().max() / 127


def test_rows_of_nothing_stay_nothing() -> None:
    zeros = {f"{NAME}.weight": torch.zeros(4, 8), f"{NAME}.bias": torch.zeros(4)}

    ready = eight_bits.ready(eight_bits.packed(zeros))

    if f"{NAME}.weight.scale" in ready:
        assert not eight_bits.linear(ready, NAME, torch.zeros(1, 2, 8)).any()
