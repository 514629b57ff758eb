import TestSupport
import Testing

extension Rehearsal {
    /// Mountainlab with three keys, of Marta, Lucia and Javi, of which two have to sign.
    static func withSealingKeys() async throws -> Rehearsal {
        let office = try await Rehearsal.applied()
        var lines = ""
        for person in ["marta", "lucia", "javi"] {
            let made = try await office.json(
                "break-glass", "key", "--for", "\(person)@mountainlab.io", "--out", office.path("\(person).key"))
            lines += "      \(person)@mountainlab.io: \(try #require(made["key"]?.string))\n"
        }
        try office.edit("mountainlab/platform.yaml") { text in
            text.replacing(
                "  review_within: 24h\n", with: "  review_within: 24h\n  sealed:\n    threshold: 2\n    keys:\n\(lines)"
            )
        }
        try await office.expect(0, "apply", "mountainlab", "--yes")
        return office
    }

    func sign(_ file: String, by people: String...) async throws {
        for person in people {
            try await expect(0, "break-glass", "sign", path(file), "--key", path("\(person).key"))
        }
    }
}
