"""Themes that last from week to week: a key may stand in several weeks, and where each theme of each week lies is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("CREATE TABLE clusters_before AS SELECT week, key, rank, label, keywords, representatives FROM clusters")
    op.drop_table("clusters")
    op.create_table(
        "clusters",
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("keywords", sa.Text(), server_default="", nullable=False),
        sa.Column("representatives", sa.Text(), server_default="", nullable=False),
        sa.Column("split_from", sa.Text(), server_default="", nullable=False),
        sa.Column("merged", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("week", "key"),
    )
    columns = "week, key, rank, label, keywords, representatives"
    op.execute(f"INSERT INTO clusters ({columns}) SELECT {columns} FROM clusters_before")
    op.execute("DROP TABLE clusters_before")
    op.add_column("analyses", sa.Column("register", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "middles",
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("middle", sa.LargeBinary(), nullable=False),
        sa.Column("made_of", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("week", "key", "part"),
    )
