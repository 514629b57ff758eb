/// Looks for one sequence of bytes in others, in time linear in both.
struct ByteSearch: Sendable {
    let needle: [UInt8]
    /// For each length of a matched beginning, the longest that is also its end; empty for a short needle, where
    /// starting over is cheaper.
    private let borders: [Int]

    private static let short = 16

    /// Where `needle` first occurs in `bytes`. A short one is looked for without being copied.
    static func first(_ needle: CELString, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        needle.withBytes { needle in
            needle.count > short
                ? ByteSearch(Array(needle)).first(in: bytes, from: start) : scan(needle, in: bytes, from: start)
        }
    }

    init(_ needle: [UInt8]) {
        self.needle = needle
        borders = needle.count > Self.short ? Self.borders(of: needle) : []
    }

    private static func borders(of needle: [UInt8]) -> [Int] {
        var borders = [0, 0]
        var length = 0
        for index in 1..<needle.count {
            while length > 0, needle[index] != needle[length] { length = borders[length] }
            if needle[index] == needle[length] { length += 1 }
            borders.append(length)
        }
        return borders
    }

    /// Where the first occurrence at or after `start` begins.
    func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard borders.isEmpty else { return firstWithBorders(in: bytes, from: start) }
        return needle.withUnsafeBufferPointer { Self.scan($0, in: bytes, from: start) }
    }

    private static func scan(
        _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let head = needle.first else { return start <= bytes.count ? start : nil }
        var position = start
        while position + needle.count <= bytes.count {
            if bytes[position] == head, isHere(needle, in: bytes, at: position) { return position }
            position += 1
        }
        return nil
    }

    private func firstWithBorders(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var length = 0
        var position = start
        while position < bytes.count {
            while length > 0, bytes[position] != needle[length] { length = borders[length] }
            if bytes[position] == needle[length] { length += 1 }
            position += 1
            if length == needle.count { return position - length }
        }
        return nil
    }

    func isPrefix(of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        needle.count <= bytes.count && isHere(in: bytes, at: 0)
    }

    func isSuffix(of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        needle.count <= bytes.count && isHere(in: bytes, at: bytes.count - needle.count)
    }

    private func isHere(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        needle.withUnsafeBufferPointer { Self.isHere($0, in: bytes, at: position) }
    }

    /// Whether `needle` stands at `position`, where there is room for it.
    @inline(__always)
    private static func isHere(
        _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> Bool {
        for index in needle.indices where bytes[position + index] != needle[index] { return false }
        return true
    }
}
