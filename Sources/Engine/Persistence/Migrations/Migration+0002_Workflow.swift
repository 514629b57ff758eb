extension Migration {
    /// Cases on their way, their steps, what waits for a time, and who works on what.
    static let m0002Workflow = Migration(
        number: 2, name: "workflow",
        text: """
            CREATE TABLE cases (
                id {text} PRIMARY KEY,
                kind {text} NOT NULL,
                identity {text},
                state {text} NOT NULL,
                caused_at {integer} NOT NULL,
                opened_at {integer} NOT NULL,
                opened_by {text} NOT NULL,
                updated_at {integer} NOT NULL,
                source {text} NOT NULL,
                plan_hash {text} NOT NULL,
                stalled {integer} NOT NULL DEFAULT 0
            ) {strict};
            CREATE INDEX cases_by_identity ON cases (identity, opened_at) WHERE identity IS NOT NULL;
            CREATE INDEX cases_by_state ON cases (state, opened_at);
            CREATE INDEX cases_stalled ON cases (opened_at) WHERE stalled = 1;

            CREATE TABLE case_transitions (
                case_id {text} NOT NULL REFERENCES cases (id),
                seq {integer} NOT NULL,
                state {text} NOT NULL,
                at {integer} NOT NULL,
                PRIMARY KEY (case_id, seq)
            ) {strict};

            CREATE TABLE steps (
                case_id {text} NOT NULL REFERENCES cases (id),
                seq {integer} NOT NULL,
                target {text} NOT NULL,
                lane {text} NOT NULL,
                stage {integer} NOT NULL,
                op {text} NOT NULL,
                fact_key {text} NOT NULL,
                identity {text},
                change {text} NOT NULL,
                after_seqs {text} NOT NULL DEFAULT '[]',
                state {text} NOT NULL,
                attempts {integer} NOT NULL DEFAULT 0,
                next_attempt_at {integer},
                idempotency_key {text} NOT NULL,
                lease_owner {text},
                lease_until {integer},
                fence {integer} NOT NULL DEFAULT 0,
                receipt {text},
                error {text},
                verified_at {integer},
                updated_at {integer} NOT NULL,
                PRIMARY KEY (case_id, seq)
            ) {strict};
            CREATE INDEX steps_due ON steps (state, target, lane, next_attempt_at)
                WHERE state NOT IN ('verified', 'skipped', 'cancelled');
            CREATE INDEX steps_of_open_case ON steps (case_id, state, target, lane, stage)
                WHERE state NOT IN ('verified', 'skipped', 'cancelled');
            CREATE INDEX steps_by_fact ON steps (target, fact_key);
            CREATE INDEX steps_by_grantee ON steps (identity) WHERE lane = 'grant' AND identity IS NOT NULL;

            CREATE TABLE step_waits (
                case_id {text} NOT NULL,
                seq {integer} NOT NULL,
                on_case {text} NOT NULL,
                on_seq {integer} NOT NULL,
                PRIMARY KEY (case_id, seq, on_case, on_seq),
                FOREIGN KEY (case_id, seq) REFERENCES steps (case_id, seq),
                FOREIGN KEY (on_case, on_seq) REFERENCES steps (case_id, seq)
            ) {strict};
            CREATE INDEX step_waits_by_on ON step_waits (on_case, on_seq);

            CREATE TABLE timers (
                id {text} PRIMARY KEY,
                fire_at {integer} NOT NULL,
                kind {text} NOT NULL,
                payload {text} NOT NULL
            ) {strict};
            CREATE INDEX timers_by_time ON timers (fire_at);

            CREATE TABLE leases (
                name {text} PRIMARY KEY,
                owner {text} NOT NULL,
                fence {integer} NOT NULL,
                until_at {integer} NOT NULL
            ) {strict};
            """)
}
