extension TenureAPI {
    private static let text = Schema.text(maximum: 65_536)
    private static let time = Schema.formatted(.dateTime)

    /// What answers hold, by the names that operations use. An answer may hold more.
    static let schemas: [(name: String, schema: Schema)] = [
        (
            "Version",
            .object([
                .required("name", text, "tenure"), .required("version", text, "the release"),
            ])
        ),
        (
            "Health", .object([.required("status", .words(["ok", "starting", "failing"]), "whether it can work")])
        ),
        (
            "Provider",
            .object([
                .required("issuer", .nullable(text), "exactly as its tokens have it"),
                .required("client_id", .nullable(text), "what a command line is called there"),
            ])
        ),
        (
            "Me",
            .object([
                .required("actor", text, "as records name the caller"),
                .required("person", .nullable(text), "a person's id; null for a pipeline"),
                .required("platform_admin", .boolean, "an admin of the sector platform"),
                .required("platform_member", .boolean, "sees everything"),
                .required("administers", .array(text), "tenants"), .required("tenants", .array(text), "tenants"),
            ])
        ),
        (
            "AccessTicket",
            .object([
                .required("id", text, "of the request, or of the broken glass"),
                .required("kind", .words(["request", "extension", "break-glass"]), "what it is"),
                .required("state", text, "the request's, and once approved the window's"),
                .required("person", text, "whom it is for"), .required("group", text, "tenant/tier/role"),
                .required("reason", text, "why"), .required("window", .nullable(.any), "the window that came of it"),
                .optional("hash", text, "of what is asked: what an approval is bound to"),
                .optional("needs", .array(.any), "who has to agree"),
            ])
        ),
        (
            "Person",
            .object([
                .required("id", text, "immutable"), .required("email", text, "the present address"),
                .required("name", text, "as shown"), .required("type", text, "employee, contractor, external, service"),
                .required("presence", text, "active, not_started, suspended, left, compromised, ended"),
            ])
        ),
        (
            "Explanation",
            .object([
                .required("person", text, "id"), .required("at", time, "the moment"),
                .required("facts", .array(.any), "what they have or should have, where, since when and why"),
                .required("windows", .array(.any), "their windows"),
            ])
        ),
        (
            "Holders",
            .object([
                .required("group", text, "as asked for"), .required("slugs", .array(text), "in targets"),
                .required("at", time, "the moment"), .required("members", .array(.any), "who, why and until when"),
            ])
        ),
        (
            "Group",
            .object([
                .required("path", text, "tenant/tier/role"), .required("notation", text, "Group(...)"),
                .required("slug", text, "in targets"),
            ])
        ),
        (
            "Case",
            .object([
                .required("id", text, "the case"), .required("kind", text, "what it is about"),
                .required("identity", .nullable(text), "whom it is about"), .required("state", text, "how far it is"),
                .required("stalled", .boolean, "whether a person is needed"), .required("caused_at", time, "from when"),
                .required("opened_at", time, "since when"),
            ])
        ),
        (
            "CaseDetail",
            .object([
                .required("id", text, "the case"), .required("state", text, "how far it is"),
                .required("timeline", .array(.any), "its states and when"),
                .required("changes", .array(.any), "each change, what it waits for and until when"),
            ])
        ),
        (
            "Hold",
            .object([
                .required("id", text, "the hold"), .required("kind", text, "what is held"),
                .required("state", text, "open, approved, rejected"),
            ])
        ),
        (
            "Target",
            .object([
                .required("name", text, "the target"), .required("connector", text, "what it is"),
                .required("covers", text, "the coordinates"), .required("mode", text, "enforce or report"),
            ])
        ),
        (
            "Record",
            .object([.required("seq", .integer(0...Int64.max), "its place"), .required("type", text, "what it is")])
        ),
        (
            "Plan",
            .object([
                .required("hash", text, "of its content"),
                .required("held", .boolean, "whether parts wait for a second person"),
                .required("changes", .array(.any), "in the order they are made"),
            ])
        ),
        (
            "Outcome",
            .object([
                .required("hash", text, "of the plan"), .required("complete", .boolean, "all done and read back"),
                .required("cases", .array(.any), "cases that were opened"),
                .required("holds", .array(text), "what waits"),
            ])
        ),
        (
            "Client",
            .object([
                .required("name", text, "the client"), .required("person_id", text, "which person a user is"),
                .required("leaver", text, "what becomes of who is set inactive"),
                .optional("token", text, "told once"),
            ])
        ),
        (
            "SealedGrant",
            .object([
                .required("grant", .any, "what it lets do"), .required("file", text, "the file that is signed"),
            ])
        ),
        (
            "FollowedDefinitions",
            .object([
                .required("commit", .nullable(text), "whose files were taken up last"),
                .required("signer", .nullable(text), "who signed it, where that is asked for"),
                .required("since", .nullable(time), "since when"),
                .optional("problem", .any, "why the branch's head is not followed"),
            ])
        ),
        (
            "Notice",
            .object([
                .required("id", text, "the notice"), .required("type", text, "what it tells"),
                .required("state", text, "planned, or how far it is"),
            ])
        ),
        ("Anything", .any),
    ]
}
