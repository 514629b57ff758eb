/// Lines of `text/event-stream` into the data of events, as the HTML standard reads them ("Interpreting an event stream").
///
/// By that no line is wrong: a comment, a field of a name that is not known, and one of a name alone are to be passed over, so
/// that a server may say more than a client knows. Whether the data is what was asked for is for whoever gets it to say.
struct EventStream {
    private var data: [UInt8] = []
    private var hasData = false
    private var isFirst = true

    /// - Parameter line: Without its line feed.
    /// - Returns: The data of the event that the line ends; nil where it ends none, or one without data.
    mutating func take(_ line: [UInt8]) -> [UInt8]? {
        var line = line[...]
        // One byte order mark may stand before everything.
        if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirst = false
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard !line.isEmpty else { return end() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        // A comment has no name at all. `event`, `id` and `retry` are for who connects again, which nobody does here.
        guard line[..<colon].elementsEqual("data".utf8) else { return nil }
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        hasData = true
        data += value
        return nil
    }

    /// An event that the stream breaks off within is none.
    private mutating func end() -> [UInt8]? {
        defer {
            data = []
            hasData = false
        }
        return data.isEmpty ? nil : data
    }
}
