/// What a number shall be: a plain limit, or so many times a reference of the same run.
struct Goal: Sendable, Hashable {
    enum Direction: String, Sendable {
        case atLeast = "at_least"
        case atMost = "at_most"
    }

    let direction: Direction
    let number: Double
    /// The name of the reference that `number` multiplies; nil where `number` stands by itself.
    let reference: String?

    static func atLeast(_ number: Double, times reference: String? = nil) -> Goal {
        Goal(direction: .atLeast, number: number, reference: reference)
    }

    static func atMost(_ number: Double, times reference: String? = nil) -> Goal {
        Goal(direction: .atMost, number: number, reference: reference)
    }

    /// The limit in the measurement's unit; nil where the reference was not measured.
    func limit(_ references: [Reference]) -> Double? {
        guard let reference else { return number }
        return references.first { $0.name == reference }?.value.map { $0 * number }
    }

    func isMet(by value: Double, _ references: [Reference]) -> Bool? {
        limit(references).map { direction == .atLeast ? value >= $0 : value <= $0 }
    }
}

/// A limit or a peer that was measured in the same run, in the unit of what it is held against.
struct Reference: Sendable, Hashable {
    let name: String
    /// Nil where it could not be measured.
    let value: Double?
    /// Why it could not.
    let skipped: String?

    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
        skipped = nil
    }

    init(_ name: String, skipped: String) {
        self.name = name
        value = nil
        self.skipped = skipped
    }
}
