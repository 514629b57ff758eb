extension Migration {
    /// Just-in-time access: what was asked for and who agreed, the windows that came of it, and broken glass with its
    /// reviews. `places` are where a window's memberships were last to be: targets and fact keys.
    static let m0004Access = Migration(
        number: 4, name: "access",
        text: """
            CREATE TABLE access_requests (
                id {text} PRIMARY KEY,
                person {text} NOT NULL,
                grp {text} NOT NULL,
                reason {text} NOT NULL,
                duration {integer} NOT NULL,
                start_at {integer},
                extends {text},
                hash {text} NOT NULL,
                state {text} NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn', 'expired')),
                requested_at {integer} NOT NULL,
                requested_by {text} NOT NULL,
                expires_at {integer} NOT NULL,
                ruling {text} NOT NULL,
                decided_at {integer},
                decided_by {text},
                decision {text}
            ) {strict};
            CREATE INDEX access_requests_by_state ON access_requests (state, expires_at);
            CREATE INDEX access_requests_by_person ON access_requests (person, requested_at);
            CREATE INDEX access_requests_by_time ON access_requests (requested_at);

            CREATE TABLE access_approvals (
                request {text} NOT NULL REFERENCES access_requests (id),
                hash {text} NOT NULL,
                approver {text} NOT NULL,
                approved_at {integer} NOT NULL,
                PRIMARY KEY (request, hash, approver)
            ) {strict};

            CREATE TABLE access_windows (
                id {text} PRIMARY KEY,
                root {text} NOT NULL,
                request {text} REFERENCES access_requests (id),
                person {text} NOT NULL,
                grp {text} NOT NULL,
                reason {text} NOT NULL,
                approved_by {text} NOT NULL,
                emergency {integer} NOT NULL,
                asked_at {integer} NOT NULL,
                recorded_at {integer} NOT NULL,
                from_at {integer} NOT NULL,
                until_at {integer} NOT NULL,
                state {text} NOT NULL
                    CHECK (state IN ('scheduled', 'opening', 'open', 'closing', 'closed', 'lost')),
                places {text} NOT NULL,
                opened_at {integer},
                ended_at {integer},
                lost_at {integer},
                closed_at {integer}
            ) {strict};
            CREATE INDEX access_windows_unsettled ON access_windows (until_at) WHERE closed_at IS NULL;
            CREATE INDEX access_windows_by_person ON access_windows (person, from_at);
            CREATE INDEX access_windows_by_root ON access_windows (root);
            CREATE INDEX access_windows_by_request ON access_windows (request) WHERE request IS NOT NULL;
            CREATE INDEX access_windows_by_span ON access_windows (until_at, from_at);

            CREATE TABLE breakglass (
                id {text} PRIMARY KEY REFERENCES access_windows (id),
                person {text} NOT NULL,
                grp {text} NOT NULL,
                reason {text} NOT NULL,
                activated_at {integer} NOT NULL,
                activated_by {text} NOT NULL,
                informed {text} NOT NULL,
                review_by {integer} NOT NULL,
                reviewed_at {integer},
                reviewed_by {text},
                outcome {text} CHECK (outcome IN ('justified', 'misused')),
                note {text}
            ) {strict};
            CREATE INDEX breakglass_unreviewed ON breakglass (person, review_by) WHERE reviewed_at IS NULL;
            """)
}
