"""The register as it was first released.

Plain SQL that SQLite and PostgreSQL both read. Instants and days are text in one spelling, which sorts as time does.
Two tables are append only, and the database itself says so.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """
    CREATE TABLE answered_requests (
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        digest TEXT NOT NULL,
        result TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (scope, key)
    )
    """,
    """
    CREATE TABLE audit (
        number INTEGER NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        structure TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (number)
    )
    """,
    "CREATE INDEX audit_by_structure ON audit (structure, number)",
    "CREATE INDEX audit_by_subject ON audit (subject)",
    """
    CREATE TABLE structures (
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        department TEXT NOT NULL,
        siret TEXT NOT NULL,
        issues_as TEXT NOT NULL,
        url TEXT NOT NULL,
        email TEXT NOT NULL,
        created_at TEXT NOT NULL,
        closed_at TEXT,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE people (
        id TEXT NOT NULL,
        structure TEXT NOT NULL,
        opaque TEXT NOT NULL,
        name TEXT,
        email TEXT,
        secret_digest TEXT,
        created_at TEXT NOT NULL,
        erased_at TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(structure) REFERENCES structures (id),
        UNIQUE (opaque),
        UNIQUE (secret_digest)
    )
    """,
    "CREATE INDEX people_by_structure ON people (structure, created_at, id)",
    """
    CREATE TABLE profiles (
        id TEXT NOT NULL,
        structure TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        public_pem TEXT NOT NULL,
        created_at TEXT NOT NULL,
        status TEXT NOT NULL,
        since TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(structure) REFERENCES structures (id)
    )
    """,
    "CREATE INDEX profiles_by_structure ON profiles (structure)",
    """
    CREATE TABLE structure_facts (
        id TEXT NOT NULL,
        structure TEXT NOT NULL,
        attribute TEXT NOT NULL,
        value TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(structure) REFERENCES structures (id)
    )
    """,
    "CREATE INDEX structure_facts_by_structure ON structure_facts (structure, attribute, since)",
    """
    CREATE TABLE staff (
        id TEXT NOT NULL,
        account TEXT NOT NULL,
        structure TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT,
        function TEXT NOT NULL,
        permissions TEXT NOT NULL,
        person TEXT,
        joined_at TEXT NOT NULL,
        left_at TEXT,
        PRIMARY KEY (id),
        CONSTRAINT one_place_per_structure UNIQUE (account, structure),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(person) REFERENCES people (id)
    )
    """,
    "CREATE INDEX staff_by_email ON staff (email)",
    "CREATE INDEX staff_by_structure ON staff (structure)",
    """
    CREATE TABLE api_tokens (
        id TEXT NOT NULL,
        digest TEXT NOT NULL,
        structure TEXT NOT NULL,
        staff TEXT,
        label TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        revoked_at TEXT,
        PRIMARY KEY (id),
        UNIQUE (digest),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(staff) REFERENCES staff (id)
    )
    """,
    """
    CREATE TABLE batches (
        id TEXT NOT NULL,
        structure TEXT NOT NULL,
        slug TEXT NOT NULL,
        version TEXT NOT NULL,
        decided_on TEXT NOT NULL,
        grid TEXT NOT NULL,
        results TEXT NOT NULL,
        issued_as TEXT NOT NULL,
        planned_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        secret TEXT NOT NULL,
        second_structure TEXT,
        confirmed_by TEXT,
        confirmed_at TEXT,
        profile TEXT,
        state TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(planned_by) REFERENCES staff (id),
        FOREIGN KEY(second_structure) REFERENCES structures (id),
        FOREIGN KEY(confirmed_by) REFERENCES staff (id),
        FOREIGN KEY(profile) REFERENCES profiles (id)
    )
    """,
    "CREATE INDEX batches_by_state ON batches (state)",
    "CREATE INDEX batches_by_structure ON batches (structure, created_at)",
    """
    CREATE TABLE observations (
        id TEXT NOT NULL,
        person TEXT NOT NULL,
        structure TEXT NOT NULL,
        slug TEXT NOT NULL,
        version TEXT NOT NULL,
        criterion TEXT NOT NULL,
        "on" TEXT NOT NULL,
        way TEXT NOT NULL,
        kind TEXT NOT NULL,
        function TEXT NOT NULL,
        note TEXT NOT NULL,
        noted_by TEXT NOT NULL,
        noted_at TEXT NOT NULL,
        withdrawn_at TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(person) REFERENCES people (id),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(noted_by) REFERENCES staff (id)
    )
    """,
    "CREATE INDEX observations_by_person ON observations (person, slug)",
    """
    CREATE TABLE proposals (
        id TEXT NOT NULL,
        person TEXT NOT NULL,
        structure TEXT NOT NULL,
        slug TEXT NOT NULL,
        version TEXT NOT NULL,
        results TEXT NOT NULL,
        prerequisites TEXT NOT NULL,
        proposed_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        second_structure TEXT,
        issued_as TEXT NOT NULL,
        name_in_badge BOOLEAN NOT NULL,
        word TEXT,
        word_comment TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(person) REFERENCES people (id),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(proposed_by) REFERENCES staff (id),
        FOREIGN KEY(second_structure) REFERENCES structures (id)
    )
    """,
    "CREATE INDEX proposals_by_person ON proposals (person)",
    "CREATE INDEX proposals_by_second ON proposals (second_structure, state)",
    "CREATE INDEX proposals_by_structure ON proposals (structure, state, created_at)",
    """
    CREATE TABLE batch_rows (
        id TEXT NOT NULL,
        batch TEXT NOT NULL,
        position INTEGER NOT NULL,
        ref TEXT NOT NULL,
        person TEXT,
        newcomer TEXT,
        exceptions TEXT NOT NULL,
        name_in_badge BOOLEAN NOT NULL,
        award TEXT NOT NULL,
        state TEXT NOT NULL,
        problems TEXT NOT NULL,
        claimed_until TEXT,
        PRIMARY KEY (id),
        CONSTRAINT each_row_once UNIQUE (batch, ref),
        FOREIGN KEY(batch) REFERENCES batches (id),
        FOREIGN KEY(person) REFERENCES people (id),
        UNIQUE (award)
    )
    """,
    "CREATE INDEX batch_rows_in_order ON batch_rows (batch, state, position)",
    """
    CREATE TABLE second_looks (
        id TEXT NOT NULL,
        proposal TEXT,
        batch TEXT,
        number INTEGER NOT NULL,
        by TEXT NOT NULL,
        confirms BOOLEAN NOT NULL,
        comment TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT looks_at_a_proposal_in_order UNIQUE (proposal, number),
        CONSTRAINT looks_at_a_batch_in_order UNIQUE (batch, number),
        FOREIGN KEY(proposal) REFERENCES proposals (id),
        FOREIGN KEY(batch) REFERENCES batches (id),
        FOREIGN KEY(by) REFERENCES staff (id)
    )
    """,
    """
    CREATE TABLE awards (
        uuid TEXT NOT NULL,
        structure TEXT NOT NULL,
        profile TEXT NOT NULL,
        slug TEXT NOT NULL,
        version TEXT NOT NULL,
        person TEXT,
        code TEXT NOT NULL,
        token_digest TEXT NOT NULL,
        commitment TEXT NOT NULL,
        issued_on TEXT NOT NULL,
        expires TEXT,
        stored_at TEXT NOT NULL,
        proposal TEXT,
        batch_row TEXT,
        replaces TEXT,
        PRIMARY KEY (uuid),
        FOREIGN KEY(structure) REFERENCES structures (id),
        FOREIGN KEY(profile) REFERENCES profiles (id),
        FOREIGN KEY(person) REFERENCES people (id),
        UNIQUE (code),
        FOREIGN KEY(proposal) REFERENCES proposals (id),
        FOREIGN KEY(batch_row) REFERENCES batch_rows (id),
        FOREIGN KEY(replaces) REFERENCES awards (uuid)
    )
    """,
    "CREATE INDEX awards_by_day ON awards (stored_at, uuid)",
    "CREATE INDEX awards_by_person ON awards (person, slug)",
    "CREATE INDEX awards_by_structure ON awards (structure, issued_on, uuid)",
    "CREATE UNIQUE INDEX one_award_per_batch_row ON awards (batch_row) WHERE batch_row IS NOT NULL",
    "CREATE UNIQUE INDEX one_award_per_proposal ON awards (proposal) WHERE proposal IS NOT NULL",
    "CREATE UNIQUE INDEX one_award_per_replaces ON awards (replaces) WHERE replaces IS NOT NULL",
    """
    CREATE TABLE award_files (
        uuid TEXT NOT NULL,
        salt TEXT NOT NULL,
        facts TEXT NOT NULL,
        token TEXT NOT NULL,
        PRIMARY KEY (uuid),
        FOREIGN KEY(uuid) REFERENCES awards (uuid)
    )
    """,
    """
    CREATE TABLE hosted_twins (
        award TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        PRIMARY KEY (award),
        FOREIGN KEY(award) REFERENCES awards (uuid)
    )
    """,
    """
    CREATE TABLE revocations (
        award TEXT NOT NULL,
        profile TEXT NOT NULL,
        number INTEGER NOT NULL,
        code TEXT NOT NULL,
        replaced_by TEXT,
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (award),
        CONSTRAINT revocations_in_order UNIQUE (profile, number),
        FOREIGN KEY(award) REFERENCES awards (uuid),
        FOREIGN KEY(profile) REFERENCES profiles (id),
        FOREIGN KEY(replaced_by) REFERENCES awards (uuid)
    )
    """,
)

APPEND_ONLY = ("audit", "revocations")


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_append_only_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
