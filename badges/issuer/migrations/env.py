"""Alembic's entry: it runs on the connection that :func:`badges.issuer.migrations.upgrade` opened."""

from alembic import context

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1650549863)")  # two processes starting at once
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
