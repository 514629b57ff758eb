extension String {
    /// In backticks for a message: cut at 80 characters, and nothing in it that moves a terminal or hides a letter.
    var quoted: String {
        var shown = "`"
        for scalar in unicodeScalars.prefix(80) {
            let isPlain = (0x20...0x7E).contains(scalar.value) || scalar.properties.isAlphabetic
            shown += isPlain && scalar != "`" ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return shown + (unicodeScalars.count > 80 ? "...`" : "`")
    }

    /// Has no control character but what `allowsLines` lets pass.
    func isPrintable(allowsLines: Bool) -> Bool {
        unicodeScalars.allSatisfy { scalar in
            if allowsLines, scalar == "\n" || scalar == "\t" { return true }
            return switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
