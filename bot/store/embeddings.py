"""Questions as points, kept so that none is embedded twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlite_utils import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def known(db: Database, model: str) -> dict[str, NDArray[np.float32]]:
    """Give every kept vector of a model, by the text it stands for."""
    import numpy as np  # noqa: PLC0415  # 20 MB that a bot without answers does not need

    rows = db.execute("select text, vector from embeddings where model = ?", [model])
    return {text: np.frombuffer(vector, "<f4") for text, vector in rows}


def keep(db: Database, model: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
    """Keep these vectors and no others: neither of forgotten questions nor of other models."""
    with db.atomic():
        db.execute(
            """
            delete from embeddings
            where model <> ? or text not in (select value from json_each(?))
            """,
            [model, json.dumps(list(vectors))],
        )
        db.conn.executemany(
            "insert or ignore into embeddings (model, text, vector) values (?, ?, ?)",
            [(model, text, vector.astype("<f4").tobytes()) for text, vector in vectors.items()],
        )
