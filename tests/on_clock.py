"""The command line with the clock that a file tells: `python -m tests.on_clock FILE VERB…`."""

import sys
from pathlib import Path

from listener.cli import main, opened
from tests.clocked import told_by

if __name__ == "__main__":
    opened.now = told_by(Path(sys.argv.pop(1)))
    main.main()
