/// A string of CEL: Unicode code points, held as UTF-8.
///
/// Two of them are equal when their bytes are; order is by code point, which for UTF-8 is the order of the bytes.
/// Nothing is ever normalized, so `é` as one code point and as two differ.
public struct CELString: Sendable {
    public let text: String

    public init(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
    }

    /// Nil when `bytes` is not well-formed UTF-8.
    public init?(validating bytes: some Sequence<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.text = text
    }

    public var utf8: String.UTF8View { text.utf8 }
    public var scalars: String.UnicodeScalarView { text.unicodeScalars }

    /// The number of code points.
    public var count: Int {
        withBytes { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }

    /// What `body` makes of the bytes, which it must not keep.
    @inline(__always)
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome = text.utf8.withContiguousStorageIfAvailable { bytes -> Swift.Result<Result, Failure> in
            do throws(Failure) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        // Made contiguous when it was taken in, so that the bytes are always at hand.
        guard let outcome else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        return try outcome.get()
    }
}

extension CELString: Hashable, Comparable {
    @inline(__always)
    public static func == (left: CELString, right: CELString) -> Bool {
        guard left.text.utf8.count == right.text.utf8.count else { return false }
        return left.withBytes { left in right.withBytes { right in sameBytes(left, right) } }
    }

    public static func < (left: CELString, right: CELString) -> Bool {
        left.withBytes { left in right.withBytes { right in left.lexicographicallyPrecedes(right) } }
    }

    public func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Eight bytes at a time; both are of one length.
    @inline(__always)
    private static func sameBytes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        let (left, right) = (UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
        var offset = 0
        while offset + 8 <= left.count {
            let (a, b) = (
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            )
            if a != b { return false }
            offset += 8
        }
        while offset < left.count {
            if left[offset] != right[offset] { return false }
            offset += 1
        }
        return true
    }
}

extension CELString: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { text }
}
