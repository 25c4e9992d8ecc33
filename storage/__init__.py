"""What is kept, and the one home of SQLAlchemy and Alembic."""
