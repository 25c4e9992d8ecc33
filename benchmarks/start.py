"""`listener --help` against the same verbs with empty bodies: CPU time, one after the other, and the ratio of the medians.

    python -m benchmarks.start [ROUNDS]

Exit code 1 if the ratio is above 1.5
"""

import ast
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
GOAL = 1.5


def main(rounds: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(
            emptied((ROOT / "listener/cli/main.py").read_text(encoding="utf-8")), encoding="utf-8"
        )
        pairs = [
            (help_time("listener.cli.main", "main", ROOT), help_time("bare", "app", Path(folder))) for _ in range(rounds + 1)
        ]
    full, bare = (median(times) for times in zip(*pairs[1:], strict=True))  # the first round writes the byte code
    print(f"listener --help {full * 1000:.0f} ms, empty bodies {bare * 1000:.0f} ms, ratio {full / bare:.2f} (goal {GOAL})")
    return int(full / bare > GOAL)


def emptied(source: str) -> str:
    """The module with its options and help, without what it does and what it imports of ours."""
    tree = ast.parse(source)
    tree.body = [_emptied(one) for one in tree.body if not _is_ours(one)]
    return ast.unparse(tree)


def _is_ours(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) or (
        isinstance(statement, ast.ImportFrom) and str(statement.module).startswith("listener")
    )


def _emptied(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.FunctionDef):
        statement.body = [statement.body[0] if ast.get_docstring(statement) else ast.Pass()]
    return statement


def help_time(module: str, name: str, folder: Path) -> float:
    """CPU seconds of one process, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = f"from {module} import {name}; {name}()"
    env = os.environ | {"PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, "-c", code, "--help"], cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 20))
