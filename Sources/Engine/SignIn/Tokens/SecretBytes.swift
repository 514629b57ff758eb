/// Bytes that nobody can guess, from the system's generator.
public enum SecretBytes {
    /// 32 of them, new every time.
    public static func make() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
