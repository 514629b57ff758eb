extension Migration {
    /// What was said of the organisation's repository at its forge, and what was proposed there.
    static let m0010Forge = Migration(
        number: 10, name: "forge",
        text: """
            CREATE TABLE request_answers (
                repository {text} NOT NULL,
                request {integer} NOT NULL,
                head {text} NOT NULL,
                outcome {text} NOT NULL,
                answered_at {integer} NOT NULL,
                PRIMARY KEY (repository, request)
            ) {strict};

            CREATE TABLE departure_requests (
                repository {text} NOT NULL,
                person {text} NOT NULL,
                departed_at {integer} NOT NULL,
                state {text} NOT NULL,
                branch {text} NOT NULL,
                request {integer},
                told_at {integer} NOT NULL,
                PRIMARY KEY (repository, person, departed_at)
            ) {strict};
            """)
}
