/// Text from outside on its way to a reader, where a line break or an escape would lie about who wrote it.
public enum LogText {
    /// Of one line, cut where it is long: for a log.
    public static func visible(_ text: String) -> String { visible(text.unicodeScalars.prefix(500)) { _ in true } }

    /// Its lines as they are, and whole: for the words of an answer.
    public static func visibleLines(_ text: String) -> String { visible(text.unicodeScalars) { $0 != "\n" } }

    private static func visible(
        _ scalars: some Sequence<Unicode.Scalar>, _ escapes: (Unicode.Scalar) -> Bool
    ) -> String {
        var visible = ""
        for scalar in scalars {
            let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
            let turnsAround = scalar.properties.generalCategory == .format
            let isShown = isPlain && !turnsAround || !escapes(scalar)
            visible += isShown ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return visible
    }
}
