import ConnectorKit

/// The name of a role: at most 63 bytes, which the server would cut it to without an error, and no NUL.
enum RoleName {
    static let longest = 63

    static func fits(_ name: String) -> Bool { name.utf8.count <= longest && !name.utf8.contains(0) && !name.isEmpty }

    /// - Throws: `invalid` for a name that no role can have.
    static func check(_ name: String, _ operation: String) throws(ConnectorError) {
        guard !fits(name) else { return }
        let message =
            name.utf8.contains(0)
            ? "a name with a NUL in it cannot be a role's"
            : "a role's name has 1 to \(longest) bytes, and this one has \(name.utf8.count)"
        throw ConnectorError(code: .invalid, operation: operation, message: message)
    }
}
