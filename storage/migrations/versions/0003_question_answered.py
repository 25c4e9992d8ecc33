"""Which week's question a post answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("posts", sa.Column("answers", sa.Integer(), server_default="0", nullable=False))
