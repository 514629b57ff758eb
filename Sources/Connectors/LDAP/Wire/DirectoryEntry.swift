/// One entry as a search returned it.
struct DirectoryEntry: Sendable {
    /// As the server writes it.
    let dn: String
    /// By attribute description in lower case, options included: `member;range=0-1499`.
    var attributes: [String: [[UInt8]]]

    func values(_ attribute: String) -> [[UInt8]] { attributes[attribute.lowercased()] ?? [] }

    /// All values that are text.
    func texts(_ attribute: String) -> [String] {
        values(attribute).compactMap { String(validating: $0, as: UTF8.self) }
    }

    /// The first value that is text and not empty.
    func text(_ attribute: String) -> String? { texts(attribute).first { !$0.isEmpty } }
}
