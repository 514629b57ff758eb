import Foundation
import StrictJSON

/// Measurements as JSON lines, the newest last.
struct ResultFile {
    let url: URL

    init(_ path: String) { url = URL(filePath: path) }

    func append(_ measurement: Measurement, at: Date = Date()) throws {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
        guard case .object(var object) = measurement.json else { return }
        object["at"] = .string(at.formatted(.iso8601))
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((JSONValue.object(object).compactText + "\n").utf8))
    }

    /// The newest of each workload, measure and size, in the order in which they were first measured.
    func latest() throws -> [Measurement] {
        guard FileManager.default.fileExists(atPath: url.path) else { return [] }
        var order: [String] = []
        var latest: [String: Measurement] = [:]
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            guard let measurement = Measurement(try JSONValue.parsed(line)) else { continue }
            let key = "\(measurement.workload)|\(measurement.measure)|\(measurement.size ?? 0)"
            if latest.updateValue(measurement, forKey: key) == nil { order.append(key) }
        }
        return order.compactMap { latest[$0] }
    }
}

extension JSONValue {
    fileprivate static func parsed(_ line: Substring) throws -> JSONValue { try JSONParser.parse(line.utf8) }
}
