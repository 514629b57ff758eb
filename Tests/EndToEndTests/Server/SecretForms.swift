import Foundation

/// The shapes in which a secret may have been written down: as it is, in base64 wherever it stands in what was encoded, in
/// hexadecimal, in an address.
struct SecretForms {
    let forms: [String: [UInt8]]

    init(_ secret: String) {
        let bytes = Array(secret.utf8)
        var forms = ["raw": bytes]
        Self.add(bytes, as: "", to: &forms)
        // What is handed over in base64 is kept decoded by whoever uses it.
        if secret.utf8.count >= 32, let decoded = Data(base64Encoded: secret) {
            forms["decoded"] = Array(decoded)
            Self.add(Array(decoded), as: "decoded, ", to: &forms)
        }
        self.forms = forms
    }

    private static func add(_ bytes: [UInt8], as prefix: String, to forms: inout [String: [UInt8]]) {
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        forms[prefix + "hex"] = Array(hex.utf8)
        forms[prefix + "hex in capitals"] = Array(hex.uppercased().utf8)
        for offset in 0..<3 {
            let text = base64(bytes, behind: offset)
            forms["\(prefix)base64 behind \(offset)"] = Array(text.utf8)
            let other = text.replacing("+", with: "-").replacing("/", with: "_")
            forms["\(prefix)base64url behind \(offset)"] = Array(other.utf8)
        }
        guard let text = String(bytes: bytes, encoding: .utf8),
            let escaped = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        else { return }
        forms[prefix + "in an address"] = Array(escaped.utf8)
        let reserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        forms[prefix + "in a form"] = text.addingPercentEncoding(withAllowedCharacters: reserved).map { Array($0.utf8) }
    }

    /// The letters that depend on the bytes alone, where so many others stand before them.
    static func base64(_ bytes: [UInt8], behind offset: Int) -> String {
        let whole = Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString()
        let after = [0, 3, 2][(offset + bytes.count) % 3]
        return String(whole.dropFirst([0, 2, 3][offset]).dropLast(after))
    }

    /// In which of them it stands in a place.
    func found(in place: Data) -> [String] {
        forms.filter { place.range(of: Data($0.value)) != nil }.keys.sorted()
    }
}
