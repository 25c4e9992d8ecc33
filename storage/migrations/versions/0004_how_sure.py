"""How sure a score is, and who guessed the tones of a week that people work on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("scores", sa.Column("probability", sa.Float(), server_default="1", nullable=False))
    op.add_column("holds", sa.Column("scorer", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE holds SET scorer = 'vader-3.3.2/service-words-1'")
