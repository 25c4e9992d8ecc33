"""Words in, words out, exit codes: a verb a file.

A verb is a command in `main.py`, which holds its words and options and nothing else, and a function `run` in
`listener/cli/VERB.py`, which is imported when the verb is called:

    @app.command()
    def tidy(ctx: typer.Context, week: Week = None) -> None:
        \"\"\"Tidy up one week.\"\"\"
        from listener.cli import tidy as verb

        verb.run(loaded(ctx), week=week)

`run` prints what happened and returns; what goes wrong is raised, and becomes one line and an exit code in `trouble.py`.
"""
