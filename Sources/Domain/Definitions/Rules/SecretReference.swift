import AccessModel

/// How a secret is named in the files, which never hold its value.
enum SecretReference {
    /// `env:NAME`, `file:PATH`, `vault:PATH`, `aws-sm:NAME`, in printable ASCII without spaces.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let rest = bytes[(colon + 1)...]
        guard !rest.isEmpty, rest.count <= 1_024, rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        let scheme = bytes[..<colon]
        if scheme.elementsEqual("env".utf8) {
            return rest.first?.isDigit == false
                && rest.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        }
        return ["file", "vault", "aws-sm"].contains { scheme.elementsEqual($0.utf8) }
    }

    /// Whether a setting of this name holds a secret.
    static func isSecretName(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "passphrase", "secret", "token", "api_key", "apikey", "private_key", "access_key"]
            .contains { name.hasSuffix($0) }
    }
}
