/// A line break that YAML heeds while people, and the tools by which they review a change, see one line: what follows it in a
/// comment would grant access that nobody was shown.
struct HiddenLineBreak {
    /// Of its first byte.
    let offset: Int
    let name: String

    /// - Parameter bytes: Valid UTF-8.
    static func first(in bytes: UnsafeBufferPointer<UInt8>) -> HiddenLineBreak? {
        func holds(_ byte: UInt8, at index: Int) -> Bool { index < bytes.count && bytes[index] == byte }
        for index in bytes.indices {
            switch bytes[index] {
            case 0x0D where !holds(0x0A, at: index + 1):
                return HiddenLineBreak(offset: index, name: "a carriage return without a line feed")
            case 0xC2 where holds(0x85, at: index + 1):
                return HiddenLineBreak(offset: index, name: "U+0085, the next line")
            case 0xE2 where holds(0x80, at: index + 1) && holds(0xA8, at: index + 2):
                return HiddenLineBreak(offset: index, name: "U+2028, a line separator")
            case 0xE2 where holds(0x80, at: index + 1) && holds(0xA9, at: index + 2):
                return HiddenLineBreak(offset: index, name: "U+2029, a paragraph separator")
            default: continue
            }
        }
        return nil
    }
}
