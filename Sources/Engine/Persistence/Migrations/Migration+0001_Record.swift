extension Migration {
    /// What is known, what was seen, and the log of it all. Times are milliseconds since 1970, JSON is text.
    static let m0001Record = Migration(
        number: 1, name: "record",
        text: """
            CREATE TABLE settings (
                name {text} PRIMARY KEY,
                value {text} NOT NULL
            ) {strict};

            CREATE TABLE audit_leaves (
                seq {integer} PRIMARY KEY,
                at {integer} NOT NULL,
                type {text} NOT NULL,
                actor {text} NOT NULL,
                subject {text},
                case_id {text},
                leaf {text} NOT NULL,
                hash {bytes} NOT NULL
            ) {strict};
            CREATE INDEX audit_leaves_by_subject ON audit_leaves (subject, seq) WHERE subject IS NOT NULL;
            CREATE INDEX audit_leaves_by_case ON audit_leaves (case_id, seq) WHERE case_id IS NOT NULL;
            CREATE INDEX audit_leaves_by_type ON audit_leaves (type, seq);

            CREATE TABLE audit_nodes (
                level {integer} NOT NULL,
                idx {integer} NOT NULL,
                hash {bytes} NOT NULL,
                PRIMARY KEY (level, idx)
            ) {strict};

            CREATE TABLE audit_checkpoints (
                size {integer} PRIMARY KEY,
                sealed_at {integer} NOT NULL,
                note {text} NOT NULL
            ) {strict};

            CREATE TABLE people_snapshots (
                id {text} PRIMARY KEY,
                as_of {integer} NOT NULL,
                imported_at {integer} NOT NULL,
                people {integer} NOT NULL,
                digest {text} NOT NULL
            ) {strict};
            CREATE INDEX people_snapshots_by_as_of ON people_snapshots (as_of);

            CREATE TABLE people_rows (
                person {text} NOT NULL,
                stated_from {integer} NOT NULL,
                stated_until {integer} NOT NULL,
                imported_at {integer} NOT NULL,
                body {text} NOT NULL,
                PRIMARY KEY (person, stated_from, imported_at)
            ) {strict};

            CREATE TABLE people_events (
                source {text} NOT NULL,
                id {text} NOT NULL,
                person {text} NOT NULL,
                type {text} NOT NULL,
                effective {integer} NOT NULL,
                stated_at {integer} NOT NULL,
                received_at {integer} NOT NULL,
                digest {text} NOT NULL,
                body {text} NOT NULL,
                PRIMARY KEY (source, id)
            ) {strict};
            CREATE INDEX people_events_by_person ON people_events (person, effective);
            CREATE INDEX people_events_by_effective ON people_events (effective);

            CREATE TABLE people_releases (
                person {text} NOT NULL,
                released_at {integer} NOT NULL,
                actor {text} NOT NULL,
                body {text} NOT NULL,
                PRIMARY KEY (person, released_at)
            ) {strict};

            CREATE TABLE definitions (
                revision {text} PRIMARY KEY,
                applied_at {integer} NOT NULL,
                actor {text} NOT NULL
            ) {strict};
            CREATE INDEX definitions_by_applied_at ON definitions (applied_at);

            CREATE TABLE definition_contents (
                digest {text} PRIMARY KEY,
                content {bytes} NOT NULL
            ) {strict};

            CREATE TABLE definition_files (
                revision {text} NOT NULL REFERENCES definitions (revision),
                path {text} NOT NULL,
                digest {text} NOT NULL REFERENCES definition_contents (digest),
                PRIMARY KEY (revision, path)
            ) {strict};

            CREATE TABLE definition_applications (
                applied_at {integer} NOT NULL,
                revision {text} NOT NULL REFERENCES definitions (revision),
                actor {text} NOT NULL,
                PRIMARY KEY (applied_at, revision)
            ) {strict};

            CREATE TABLE bindings (
                tenant {text} NOT NULL,
                list {text} NOT NULL,
                address {text} NOT NULL,
                person {text} NOT NULL,
                first_seen {integer} NOT NULL,
                forgotten_at {integer},
                PRIMARY KEY (tenant, list, address, first_seen)
            ) {strict};
            CREATE UNIQUE INDEX bindings_open ON bindings (tenant, list, address) WHERE forgotten_at IS NULL;

            CREATE TABLE confirmations (
                person {text} NOT NULL,
                tenant {text} NOT NULL,
                confirmed_at {integer} NOT NULL,
                actor {text} NOT NULL,
                PRIMARY KEY (person, tenant, confirmed_at)
            ) {strict};

            CREATE TABLE ownership (
                target {text} NOT NULL,
                kind {text} NOT NULL,
                name {text} NOT NULL,
                PRIMARY KEY (target, kind, name)
            ) {strict};

            CREATE TABLE disabled_since (
                target {text} NOT NULL,
                person {text} NOT NULL,
                since {integer} NOT NULL,
                PRIMARY KEY (target, person)
            ) {strict};

            CREATE TABLE holdings (
                id {integer} PRIMARY KEY,
                target {text} NOT NULL,
                fact_key {text} NOT NULL,
                kind {text} NOT NULL,
                group_slug {text},
                identity {text},
                fact {text} NOT NULL,
                causes {text} NOT NULL,
                from_at {integer} NOT NULL,
                until_at {integer}
            ) {strict};
            CREATE UNIQUE INDEX holdings_open ON holdings (target, fact_key) WHERE until_at IS NULL;
            CREATE INDEX holdings_by_group ON holdings (group_slug, from_at) WHERE group_slug IS NOT NULL;
            CREATE INDEX holdings_by_identity ON holdings (identity, from_at) WHERE identity IS NOT NULL;

            CREATE TABLE holds (
                id {text} PRIMARY KEY,
                kind {text} NOT NULL,
                opened_at {integer} NOT NULL,
                opened_by {text} NOT NULL,
                state {text} NOT NULL CHECK (state IN ('open', 'approved', 'rejected')),
                decided_by {text},
                decided_at {integer},
                body {text} NOT NULL
            ) {strict};
            CREATE INDEX holds_by_state ON holds (state, opened_at);

            CREATE TABLE removals (
                scope {text} NOT NULL,
                person {text} NOT NULL,
                removed_at {integer} NOT NULL,
                memberships {integer} NOT NULL,
                PRIMARY KEY (scope, person, removed_at)
            ) {strict};
            CREATE INDEX removals_by_time ON removals (scope, removed_at);
            """)
}
