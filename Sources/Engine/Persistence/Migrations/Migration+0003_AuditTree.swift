extension Migration {
    /// All nodes of the audit log's tree in one table, leaves and inner ones, by one number each: a proof reads what it
    /// needs by one look into one index, and what is appended goes to the end.
    static let m0003AuditTree = Migration(
        number: 3, name: "audit-tree",
        text: """
            CREATE TABLE audit_tree (
                position {integer} PRIMARY KEY,
                hash {bytes} NOT NULL
            ) {strict};
            INSERT INTO audit_tree (position, hash) SELECT 2 * seq, hash FROM audit_leaves;
            INSERT INTO audit_tree (position, hash)
                SELECT ((2 * idx + 1) << CAST(level AS INTEGER)) - 1, hash FROM audit_nodes;
            DROP TABLE audit_nodes;
            ALTER TABLE audit_leaves DROP COLUMN hash;
            """)
}
