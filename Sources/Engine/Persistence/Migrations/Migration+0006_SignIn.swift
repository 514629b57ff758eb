extension Migration {
    /// Who is signed in, tokens that are taken once, and links for the first sign-in. Of what opens a door only digests are
    /// kept: whoever reads the tables cannot walk through.
    static let m0006SignIn = Migration(
        number: 6, name: "sign-in",
        text: """
            CREATE TABLE sessions (
                id {text} PRIMARY KEY,
                person {text} NOT NULL,
                proof {text} NOT NULL CHECK (proof IN ('session', 'bootstrap')),
                created_at {integer} NOT NULL,
                expires_at {integer} NOT NULL,
                seen_at {integer} NOT NULL,
                ended_at {integer}
            ) {strict};
            CREATE INDEX sessions_by_person ON sessions (person) WHERE ended_at IS NULL;
            CREATE INDEX sessions_by_expiry ON sessions (expires_at);

            CREATE TABLE spent_tokens (
                id {text} PRIMARY KEY,
                expires_at {integer} NOT NULL
            ) {strict};
            CREATE INDEX spent_tokens_by_expiry ON spent_tokens (expires_at);

            CREATE TABLE bootstrap_links (
                id {text} PRIMARY KEY,
                person {text} NOT NULL,
                expires_at {integer} NOT NULL,
                used_at {integer}
            ) {strict};
            """)
}
