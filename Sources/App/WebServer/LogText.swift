/// Text from outside on its way into a log, where a line break or an escape would lie about who wrote it.
public enum LogText {
    public static func visible(_ text: String) -> String {
        var visible = ""
        for scalar in text.unicodeScalars.prefix(500) {
            let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
            let turnsAround = scalar.properties.generalCategory == .format
            visible += isPlain && !turnsAround ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return visible
    }
}
