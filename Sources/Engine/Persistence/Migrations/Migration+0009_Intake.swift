extension Migration {
    /// What came in by webhook, and what is looked up of people so that one event costs what it touches.
    static let m0009Intake = Migration(
        number: 9, name: "intake",
        text: """
            CREATE TABLE webhook_receipts (
                source {text} NOT NULL,
                id {text} NOT NULL,
                received_at {integer} NOT NULL,
                digest {text} NOT NULL,
                answer {text} NOT NULL,
                PRIMARY KEY (source, id)
            ) {strict};
            CREATE INDEX webhook_receipts_by_time ON webhook_receipts (received_at);

            CREATE TABLE people_held_events (
                source {text} NOT NULL,
                id {text} NOT NULL,
                digest {text} NOT NULL,
                hold {text} NOT NULL REFERENCES holds (id),
                PRIMARY KEY (source, id)
            ) {strict};

            CREATE INDEX people_events_leavers ON people_events (received_at, person) WHERE type = 'left';

            CREATE TABLE people_addresses (
                address {text} NOT NULL,
                person {text} NOT NULL,
                PRIMARY KEY (address, person)
            ) {strict};

            CREATE TABLE people_presence (
                person {text} PRIMARY KEY,
                rules {text} NOT NULL,
                is_active {integer} NOT NULL,
                since {integer} NOT NULL,
                until {integer}
            ) {strict};

            CREATE TABLE people_unindexed (
                person {text} PRIMARY KEY
            ) {strict};
            INSERT INTO people_unindexed (person)
                SELECT person FROM people_rows UNION SELECT person FROM people_events
                UNION SELECT person FROM people_releases;
            """)
}
