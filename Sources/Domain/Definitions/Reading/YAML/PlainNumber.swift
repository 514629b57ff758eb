/// Numbers as YAML 1.2 writes them in decimal; no octal, no hexadecimal, no sexagesimal, no leading zero.
enum PlainNumber {
    static func integer(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        guard isWhole(digits) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// `12`, `0.5`; finite, without an exponent.
    static func decimal(_ bytes: ArraySlice<UInt8>) -> Double? {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, digits.count <= 32, isWhole(parts[0]),
            parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy { (0x30...0x39).contains($0) })
        else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    private static func isWhole(_ digits: ArraySlice<UInt8>) -> Bool {
        guard let first = digits.first, digits.count <= 32, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        return first != 0x30 || digits.count == 1
    }
}
