import StrictJSON

/// What a runner writes down of an event.
enum JSONEvent {
    static func pullRequest(_ number: Int64, head: String, base: String) throws -> JSONValue {
        [
            "action": "synchronize",
            "pull_request": [
                "number": .integer(number), "head": ["sha": .string(head)], "base": ["sha": .string(base)],
            ],
        ]
    }
}
