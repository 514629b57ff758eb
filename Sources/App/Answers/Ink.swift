/// Whether text is coloured, and how.
public struct Ink: Hashable, Sendable {
    /// Never by itself: what is asked may be a pipe, or on the other side of a network.
    public static let plain = Ink(usesColor: false)

    public let usesColor: Bool

    public init(usesColor: Bool) { self.usesColor = usesColor }

    public enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    public func styled(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
