import AccessModel

/// Single values of the installation.
public struct SettingsStore {
    /// What a setting is called.
    public struct Name: Hashable, Sendable {
        public let text: String

        public init(_ text: String) { self.text = text }

        /// Who this installation is, for its log's origin.
        public static let installation = Name("installation")
        /// The origin line of checkpoints.
        public static let origin = Name("origin")
        /// The revision of the definitions in force.
        public static let definitions = Name("definitions.current")
        /// The latest time that was ever relied upon.
        public static let clock = Name("clock.high-water")
        /// When everything in a target was first seen.
        public static func firstObserved(_ target: Slug) -> Name { Name("observed.first.\(target)") }
        /// How often something that decisions rest on has changed, decisions themselves included.
        public static let generation = Name("generation")
        /// How often that was something heard of people.
        public static let told = Name("generation.told")
        /// When everything in a target was last seen.
        public static func observed(_ target: Slug) -> Name { Name("observed.\(target)") }
    }

    private let session: any SQLSession

    public init(_ session: any SQLSession) { self.session = session }

    public func value(_ name: Name) throws -> String? {
        try session.query("SELECT value FROM settings WHERE name = $1", [.text(name.text)]).first?.text(0)
    }

    public func set(_ name: Name, to value: String) throws {
        try session.execute(
            """
            INSERT INTO settings (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, [.text(name.text), .text(value)])
    }

    public func remove(_ name: Name) throws {
        try session.execute("DELETE FROM settings WHERE name = $1", [.text(name.text)])
    }

    public func instant(_ name: Name) throws -> Instant? {
        guard let text = try value(name) else { return nil }
        guard let milliseconds = Int64(text) else {
            throw PersistenceError(
                code: .corrupt, operation: "read the setting `\(name.text)`", message: "expected milliseconds")
        }
        return Instant(milliseconds: milliseconds)
    }

    public func set(_ name: Name, to instant: Instant) throws { try set(name, to: String(instant.milliseconds)) }

    /// The latest of `now` and every time that was handed in before, so that a clock that jumps back reopens no
    /// window. It is written down.
    public func advanceClock(to now: Instant) throws -> Instant {
        guard let highest = try instant(.clock), highest >= now else {
            try set(.clock, to: now)
            return now
        }
        return highest
    }

    /// What decisions rest on, at this moment.
    public func decisionGrounds() throws -> DecisionGrounds {
        var values: [String: String] = [:]
        try session.forEachRow(
            "SELECT name, value FROM settings WHERE name IN ($1, $2)",
            [.text(Name.generation.text), .text(Name.definitions.text)]
        ) { row in values[try row.text(0)] = try row.text(1) }
        return DecisionGrounds(
            generation: values[Name.generation.text] ?? "0", revision: values[Name.definitions.text])
    }

    /// How often something that decisions rest on has changed.
    public func generation() throws -> Int64 { try value(.generation).flatMap { Int64($0) } ?? 0 }

    /// What has changed so far, by whose doing.
    public struct Changes: Hashable, Sendable {
        /// Decisions, and everything else but what was heard of people.
        public let decided: Int64
        /// What was heard of people.
        public let told: Int64

        public init(decided: Int64, told: Int64) {
            self.decided = decided
            self.told = told
        }
    }

    public func changes() throws -> Changes {
        let told = try value(.told).flatMap { Int64($0) } ?? 0
        return Changes(decided: try generation() - told, told: told)
    }

    /// Counts one more change of what decisions rest on.
    public func advanceGeneration() throws { try count(.generation) }

    /// The same for something that was heard of people.
    public func advanceGenerationByHearing() throws {
        try count(.generation)
        try count(.told)
    }

    private func count(_ name: Name) throws {
        try session.execute(
            """
            INSERT INTO settings (name, value) VALUES ($1, '1') ON CONFLICT (name)
            DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)
            """, [.text(name.text)])
    }

    /// The same, if nothing has changed since it was `seen`. False: something has, and what was decided on it is stale.
    /// Of two who decide on the same generation only one is told true.
    public func advanceGeneration(from seen: Int64) throws -> Bool {
        try session.execute(
            "INSERT INTO settings (name, value) VALUES ($1, '0') ON CONFLICT (name) DO NOTHING",
            [.text(Name.generation.text)])
        let changed = try session.execute(
            "UPDATE settings SET value = $2 WHERE name = $1 AND value = $3",
            [.text(Name.generation.text), .text(String(seen + 1)), .text(String(seen))])
        return changed == 1
    }
}

/// Names all that decisions rest on but the clock: where two are equal, so is what was read under them.
public struct DecisionGrounds: Hashable, Sendable {
    let generation: String
    /// Of the definitions in force; nil before the first.
    public let revision: String?
}
