"""The `listener` command; `python -m listener` is the same."""

from listener.cli.main import main

if __name__ == "__main__":
    main()
