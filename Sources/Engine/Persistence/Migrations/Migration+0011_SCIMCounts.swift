extension Migration {
    /// How many resources each client has of each kind, so that a list says so without counting them.
    static let m0011SCIMCounts = Migration(
        number: 11, name: "scim-counts",
        text: """
            CREATE TABLE scim_counts (
                client {text} NOT NULL,
                kind {text} NOT NULL,
                resources {integer} NOT NULL,
                PRIMARY KEY (client, kind)
            ) {strict};
            INSERT INTO scim_counts (client, kind, resources)
                SELECT client, kind, count(*) FROM scim_resources WHERE deleted_at IS NULL GROUP BY client, kind;
            """)
}
