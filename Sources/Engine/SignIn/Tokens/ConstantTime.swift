import Crypto

/// Comparison whose time says nothing about where two secrets differ.
enum ConstantTime {
    static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }

    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        // Of digests, so that not even the lengths are compared in the open.
        let (left, right) = (SHA256.hash(data: left), SHA256.hash(data: right))
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
