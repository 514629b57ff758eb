import AccessModel

/// A password that nobody is told: Active Directory opens no account without one. Its owner has it reset.
enum GeneratedPassword {
    /// 40 characters from the system's random source, of all four kinds that a policy may ask for.
    static func make() -> SecretText {
        var source = SystemRandomNumberGenerator()
        return make(using: &source)
    }

    static func make(using source: inout some RandomNumberGenerator) -> SecretText {
        let kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!%*+-./:=?@_~"].map(
            Array.init)
        let all = kinds.flatMap(\.self)
        var characters = kinds.compactMap { $0.randomElement(using: &source) }
        while characters.count < 40 { characters += [all.randomElement(using: &source)].compactMap(\.self) }
        characters.shuffle(using: &source)
        return SecretText(String(characters))
    }

    /// In quotes, UTF-16, little-endian: as `unicodePwd` is written.
    static func encoded(_ password: SecretText) -> [UInt8] {
        "\"\(password.reveal())\"".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }
}
