import AccessModel

/// RFC 3986, as much of it as tells a reference from other text.
enum URIReference {
    static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        let marks = Array("-._~:/?#[]@!$&'()*+,;=".utf8)
        var digits = 0
        for byte in bytes {
            if digits > 0 {
                guard byte.isHexDigit else { return false }
                digits -= 1
            } else if byte == UInt8(ascii: "%") {
                digits = 2
            } else if !(byte.isLetter || byte.isDigit || marks.contains(byte)) {
                return false
            }
        }
        return digits == 0 && !bytes.isEmpty
    }
}

extension UInt8 {
    var isHexDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(self)
    }
}
