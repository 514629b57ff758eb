extension Migration {
    /// What people are to be told, and each way on which it is told.
    static let m0005Notices = Migration(
        number: 5, name: "notices",
        text: """
            CREATE TABLE notices (
                id {text} PRIMARY KEY,
                kind {text} NOT NULL,
                about {text} NOT NULL,
                at {integer} NOT NULL,
                due_at {integer} NOT NULL,
                urgent {integer} NOT NULL,
                routed {integer} NOT NULL,
                recipients {text} NOT NULL,
                data {text} NOT NULL
            ) {strict};
            CREATE INDEX notices_to_route ON notices (due_at) WHERE routed = 0;
            CREATE INDEX notices_by_about ON notices (about, kind) WHERE routed = 0;

            CREATE TABLE notice_deliveries (
                notice {text} NOT NULL REFERENCES notices (id),
                channel {text} NOT NULL,
                recipient {text} NOT NULL,
                state {text} NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
                attempts {integer} NOT NULL,
                next_attempt_at {integer},
                give_up_at {integer} NOT NULL,
                urgent {integer} NOT NULL,
                problem {text},
                PRIMARY KEY (notice, channel, recipient)
            ) {strict};
            CREATE INDEX notice_deliveries_due ON notice_deliveries (next_attempt_at) WHERE state = 'waiting';
            """)
}
