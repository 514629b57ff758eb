extension Migration {
    /// What SCIM clients push: who they are, the resources that each of them made, and the members of groups, each a row of
    /// its own. `search` is what filters look into: texts folded, lists as arrays, the primary value first.
    static let m0007SCIM = Migration(
        number: 7, name: "scim",
        text: """
            CREATE TABLE scim_clients (
                name {text} PRIMARY KEY,
                token_hash {text} NOT NULL,
                person_id {text} NOT NULL CHECK (person_id IN ('id', 'employeeNumber')),
                leaver {text} NOT NULL CHECK (leaver IN ('left', 'suspended')),
                created_at {integer} NOT NULL,
                revoked_at {integer},
                last_used_at {integer}
            ) {strict};
            CREATE UNIQUE INDEX scim_clients_by_token ON scim_clients (token_hash);

            CREATE TABLE scim_resources (
                seq {integer} PRIMARY KEY,
                id {text} NOT NULL,
                client {text} NOT NULL REFERENCES scim_clients (name),
                kind {text} NOT NULL CHECK (kind IN ('User', 'Group')),
                user_name {text},
                display_name {text},
                external_id {text},
                active {integer},
                person {text},
                version {integer} NOT NULL,
                created_at {integer} NOT NULL,
                modified_at {integer} NOT NULL,
                deleted_at {integer},
                body {text} NOT NULL,
                search {text} NOT NULL
            ) {strict};
            CREATE UNIQUE INDEX scim_resources_by_id ON scim_resources (id);
            CREATE UNIQUE INDEX scim_resources_by_user_name ON scim_resources (client, user_name)
                WHERE deleted_at IS NULL;
            CREATE UNIQUE INDEX scim_resources_by_person ON scim_resources (person)
                WHERE deleted_at IS NULL AND person IS NOT NULL;
            CREATE INDEX scim_resources_of_person ON scim_resources (person, client) WHERE person IS NOT NULL;
            CREATE INDEX scim_resources_in_order ON scim_resources (client, kind, seq) WHERE deleted_at IS NULL;
            CREATE INDEX scim_groups_by_name ON scim_resources (client, display_name, seq)
                WHERE deleted_at IS NULL AND kind = 'Group';
            CREATE INDEX scim_resources_by_external_id ON scim_resources (client, external_id, seq)
                WHERE deleted_at IS NULL AND external_id IS NOT NULL;

            CREATE TABLE scim_members (
                group_id {text} NOT NULL,
                member {text} NOT NULL,
                client {text} NOT NULL,
                PRIMARY KEY (group_id, member)
            ) {strict};
            CREATE INDEX scim_members_by_member ON scim_members (client, member);
            """)
}
