import AccessModel
import ConnectorKit

/// A text as the vendor's own tools keep it: sections in brackets, `name = value` below them.
///
///     [default]
///     aws_access_key_id = AKIA...
///     aws_secret_access_key = ...
///
/// It is the target's `credential`, so nothing of it is ever part of an error.
struct SharedCredentials: CredentialSource {
    let text: SecretText
    let profile: String

    var name: String { "profile `\(profile)` of the target's credential" }

    func fetch() async throws(ConnectorError) -> AWSCredentials? { try parse() }

    func parse() throws(ConnectorError) -> AWSCredentials {
        let values = try section()
        guard let key = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw error("it has no `aws_access_key_id` or no `aws_secret_access_key`")
        }
        return AWSCredentials(
            accessKeyID: key, secretAccessKey: SecretText(secret),
            sessionToken: values["aws_session_token"].map { SecretText($0) })
    }

    private func section() throws(ConnectorError) -> [String: String] {
        var values: [String: String]?
        var isOurs = false
        for line in text.reveal().utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = Self.trimmed(line)
            guard let first = line.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "[") {
                guard line.hasSuffix("]") else { throw error("a section does not end with `]`") }
                let name = Self.trimmed(line.utf8.dropFirst().dropLast())
                isOurs = name == profile || name == "profile \(profile)"
                if isOurs { values = values ?? [:] }
                continue
            }
            guard let separator = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw error("a line is neither a section nor `name = value`")
            }
            guard isOurs else { continue }
            let value = Self.trimmed(line.utf8[line.utf8.index(after: separator)...])
            guard !value.isEmpty else { continue }
            values?[Self.trimmed(line.utf8[..<separator]).lowercased()] = value
        }
        guard let values else { throw error("it has no section of that name") }
        return values
    }

    private static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let head = bytes.drop(while: isSpace)
        return String(decoding: head.reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    }

    private func error(_ message: String) -> ConnectorError {
        ConnectorError(code: .configuration, operation: "read \(name)", message: message)
    }
}
