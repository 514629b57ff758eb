extension Migration {
    /// What was answered to a request that may be sent again; and whether those who asked for access, or took it, proved
    /// who they are.
    static let m0008API = Migration(
        number: 8, name: "api",
        text: """
            CREATE TABLE idempotency_keys (
                caller {text} NOT NULL,
                idempotency_key {text} NOT NULL,
                digest {text} NOT NULL,
                begun_at {integer} NOT NULL,
                status {integer},
                answer {text},
                PRIMARY KEY (caller, idempotency_key)
            ) {strict};
            CREATE INDEX idempotency_keys_by_time ON idempotency_keys (begun_at);

            ALTER TABLE access_requests ADD COLUMN asserted {integer} NOT NULL DEFAULT 1;
            ALTER TABLE breakglass ADD COLUMN asserted {integer} NOT NULL DEFAULT 1;
            """)
}
