/// Places in a string, counted in code points from 0.
extension CELString {
    static func outOfRange(_ index: Int64) -> CELError {
        CELError(.indexOutOfRange, "index out of range: \(index)")
    }

    /// The offset in bytes of the code point `index`, or the end for their number; nil beyond.
    static func offset(of index: Int64, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard index >= 0, index <= Int64(bytes.count) else { return nil }
        var left = index
        var offset = 0
        while left > 0 {
            guard offset < bytes.count else { return nil }
            offset += max(1, UTF8Decoding.length(bytes[offset]))
            left -= 1
        }
        return offset
    }

    /// The number of code points in the first bytes.
    private static func count(_ bytes: UnsafeBufferPointer<UInt8>, upTo end: Int) -> Int64 {
        var count: Int64 = 0
        for offset in 0..<end where bytes[offset] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// A part of a string's bytes that begins and ends between code points.
    init(part bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.init(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
    }

    /// `charAt`: the code point at `index`, and nothing for the index behind the last.
    public func character(at index: Int64) throws(CELError) -> CELString {
        try withBytes { bytes throws(CELError) in
            guard let offset = Self.offset(of: index, in: bytes) else { throw Self.outOfRange(index) }
            guard offset < bytes.count else { return CELString("") }
            return CELString(part: bytes, offset..<offset + max(1, UTF8Decoding.length(bytes[offset])))
        }
    }

    /// `substring`: from `start` to before `end`, or to the end of the string.
    public func substring(from start: Int64, to end: Int64? = nil) throws(CELError) -> CELString {
        if let end, start > end {
            throw CELError(.indexOutOfRange, "invalid substring range. start: \(start), end: \(end)")
        }
        return try withBytes { bytes throws(CELError) in
            guard let low = Self.offset(of: start, in: bytes) else { throw Self.outOfRange(start) }
            guard let end else { return CELString(part: bytes, low..<bytes.count) }
            guard let high = Self.offset(of: end, in: bytes) else { throw Self.outOfRange(end) }
            return CELString(part: bytes, low..<high)
        }
    }

    /// `indexOf`: where `other` first begins at or after `start`, or -1. Fails when `start` is not a place in the
    /// string.
    public func index(of other: CELString, from start: Int64 = 0) throws(CELError) -> Int64 {
        try withBytes { bytes throws(CELError) in
            guard let offset = Self.offset(of: start, in: bytes) else { throw Self.outOfRange(start) }
            guard let found = ByteSearch.first(other, in: bytes, from: offset) else { return -1 }
            return Self.count(bytes, upTo: found)
        }
    }

    /// `lastIndexOf`: where `other` begins last, at or before `start` if given, or -1. Fails when `start` is not a
    /// place in the string.
    public func lastIndex(of other: CELString, from start: Int64? = nil) throws(CELError) -> Int64 {
        try withBytes { bytes throws(CELError) in
            var limit = bytes.count
            if let start {
                guard let offset = Self.offset(of: start, in: bytes) else { throw Self.outOfRange(start) }
                limit = offset
            }
            // Read backwards, the last occurrence is the first one.
            let end = min(bytes.count, limit + other.utf8.count)
            let reversed = Array(bytes[..<end].reversed())
            let search = ByteSearch(Array(other.utf8.reversed()))
            guard let found = reversed.withUnsafeBufferPointer({ search.first(in: $0, from: 0) }) else { return -1 }
            return Self.count(bytes, upTo: end - found - other.utf8.count)
        }
    }
}
